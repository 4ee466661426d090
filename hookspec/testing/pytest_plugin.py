"""``pytest --serai-plugin NAME``: the conformance suite for an installed plugin. Costs nothing when not asked."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

_OPTION = "--serai-plugin"


def pytest_addoption(parser: "pytest.Parser") -> None:
    """Offer the option."""
    group = parser.getgroup("serai")
    group.addoption(
        _OPTION,
        action="append",
        default=[],
        metavar="NAME",
        help="check an installed provisioning plugin of Serai; alone, no other tests are run",
    )


def pytest_configure(config: "pytest.Config") -> None:
    """Where plugins are named and no files are, leave all other tests out."""
    named = config.getoption(_OPTION)
    if named and config.args_source is not config.ArgsSource.ARGS:
        config.args = []


def pytest_collection_modifyitems(
    session: "pytest.Session", config: "pytest.Config", items: "list[pytest.Item]"
) -> None:
    """Add the checks of the plugins that are named."""
    names: list[Any] = config.getoption(_OPTION)
    if names:
        from serai.hookspec.testing.conformance.items import collected

        items.extend(item for name in names for item in collected(session, name))
