"""Commands are begun as long as that is permitted, and not one longer."""

import pytest

from serai.engine.remote.pool import Pool
from serai.hookspec.errors import LeaseLost
from serai.hookspec.remote import LocalEndpoint


def test_who_may_not_act_any_more_begins_no_command(tmp_path):
    """Whatever it is: nothing reaches the machine."""
    lost = []

    def permit():
        if lost:
            raise LeaseLost("it is another's by now")

    endpoint = LocalEndpoint("worker-1", f"{tmp_path}/prefix")
    with Pool(permit=permit) as pool:
        remote = pool.get(endpoint)
        remote.run("touch", f"{tmp_path}/before")
        lost.append(1)
        for act in (
            lambda: remote.run("touch", f"{tmp_path}/after"),
            lambda: remote.put({f"{tmp_path}/prefix/file": "content"}),
            lambda: remote.http("http://127.0.0.1:9/"),
            lambda: remote.script(f"touch {tmp_path}/after"),
        ):
            with pytest.raises(LeaseLost):
                act()
    assert {path.name for path in tmp_path.iterdir()} == {"before", "prefix"}
    assert [path for path in (tmp_path / "prefix").rglob("*") if path.is_file()] == []
