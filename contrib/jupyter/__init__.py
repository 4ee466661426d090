"""Notebooks: JupyterLab on a cluster, its kernels wired to Spark where there is Spark."""
