"""Plugins that ship with Serai; they import the contract only, as any other package would."""
