"""The two markers that tie a plugin to Serai, and the version of the contract they mark."""

from typing import Final

import pluggy

PROJECT: Final = "serai"
"""pluggy's project name: hooks of any other project are not ours."""

SPI_VERSION: Final = "1.0"
"""Version of the plugin contract. A plugin may declare the one it was written for as ``SERAI_SPI``."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
