"""Running operations: phase by phase, journalled, with events, fan-out and cancellation."""
