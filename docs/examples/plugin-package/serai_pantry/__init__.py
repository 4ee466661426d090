"""A Serai plugin: Pantry, a small store of things over HTTP."""
