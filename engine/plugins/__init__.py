"""Finding plugins, checking them, and calling their hooks through one typed method each."""
