"""Images that machines are made from: making them, and checking what machines are."""

from collections.abc import Mapping, Sequence

from serai.hookspec import merging
from serai.hookspec.cluster import Cluster
from serai.hookspec.images import ImageArgument
from serai.hookspec.remote import Remote
from serai.hookspec.semantics import collect, notify


@collect(merging.image_arguments, pure=True)
def get_image_arguments(hadoop_version: str) -> Sequence[ImageArgument]:
    """Tell the arguments of the image generator.

    Not implementing it means there is no generator; ``[]`` means that it takes no arguments.

    Called: by the image commands.

    Args:
        hadoop_version: one of ``get_versions()``.

    Returns:
        Arguments.
    """


@notify()
def pack_image(hadoop_version: str, remote: Remote, test_only: bool, image_arguments: Mapping[str, str]) -> None:
    """Make an image ready for clusters, in place.

    Called: by the image commands.

    Args:
        hadoop_version: one of ``get_versions()``.
        remote: the image.
        test_only: only tell what is missing.
        image_arguments: values of ``get_image_arguments``.
    """


@notify()
def validate_images(cluster: Cluster, test_only: bool, image_arguments: Mapping[str, str]) -> None:
    """Check that machines are what the plugin needs; unless ``test_only``, mend what is not.

    Called: on new machines before they are configured, also those added by scaling.

    Args:
        cluster: the cluster.
        test_only: only check.
        image_arguments: values of ``get_image_arguments``; empty in a running engine.

    Raises:
        SeraiError: a machine does not fit.
    """
