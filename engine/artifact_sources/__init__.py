"""The kinds of sources that artifacts come from, each with how a directory is filled from it."""
