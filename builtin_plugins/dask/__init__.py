"""Dask: a scheduler and its workers."""
