"""Where Jupyter's files are on an instance, and the environment that tells Jupyter so."""

from attrs import frozen

from serai.hookspec.objects import Instance


@frozen
class JupyterPaths:
    """Paths on one instance.

    Attributes:
        conf: of configuration, the kernel's too.
        data: what Jupyter keeps for itself.
        run: of sockets and of records of kernels.
        notebooks: where users' notebooks are.
    """

    conf: str
    data: str
    run: str
    notebooks: str

    @property
    def server_config(self) -> str:
        """The server's configuration: the token is in it."""
        return f"{self.conf}/jupyter_server_config.json"

    @property
    def kernel(self) -> str:
        """How kernels are started. Under this name it takes the place of Jupyter's own."""
        return f"{self.conf}/share/kernels/python3/kernel.json"

    def environment(self, distribution: str) -> dict[str, str]:
        """Variables under which Jupyter finds itself and our configuration, and leaves the home directory alone.

        https://docs.jupyter.org/en/latest/use/jupyter-directories.html

        Args:
            distribution: the directory the distribution is in.
        """
        return {
            "PYTHONPATH": distribution,
            "PYTHONDONTWRITEBYTECODE": "",  # compiled modules are kept, whatever the machine says: it starts sooner
            "JUPYTER_CONFIG_DIR": self.conf,
            "JUPYTER_CONFIG_PATH": f"{distribution}/etc/jupyter",
            "JUPYTER_PATH": f"{self.conf}/share:{distribution}/share/jupyter",
            "JUPYTER_DATA_DIR": self.data,
            "JUPYTER_RUNTIME_DIR": self.run,
            "JUPYTERLAB_DIR": f"{distribution}/share/jupyter/lab",
            "JUPYTERLAB_SETTINGS_DIR": f"{self.data}/lab/user-settings",
            "JUPYTERLAB_WORKSPACES_DIR": f"{self.data}/lab/workspaces",
            "IPYTHONDIR": f"{self.data}/ipython",
        }


def jupyter_paths(instance: Instance) -> JupyterPaths:
    """The paths of an instance, which must be connected."""
    layout = instance.remote.layout
    return JupyterPaths(
        conf=f"{layout.conf}/jupyter",
        data=f"{layout.data}/jupyter",
        run=f"{layout.run}/jupyter",
        notebooks=f"{instance.storage_paths[0]}/notebooks",
    )
