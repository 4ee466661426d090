"""What frameworks with one leading process and many workers have in common: shape, machines, membership."""
