"""A notebook without a browser: a kernel of a Jupyter server, driven as JupyterLab drives it."""

import json
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import websocket


class Kernel:
    """A kernel, for as long as the context lasts.

    Args:
        url: of the server.
        token: that lets users in.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = url, {"Authorization": f"token {token}"}
        self.id = ""

    def __enter__(self) -> Self:
        self.id = self._ask("POST", "/api/kernels", b"{}")["id"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ask("DELETE", f"/api/kernels/{self.id}")

    def run(self, code: str, timeout: float = 120) -> str:
        """Run a cell; gives what it printed. An error in it is an AssertionError with the kernel's traceback.

        https://jupyter-client.readthedocs.io/en/latest/messaging.html#execute
        """
        printed: list[str] = []
        with self._channel(timeout) as channel:
            asked = _execution(code)
            channel.send(json.dumps(asked))
            for message in _answers(channel, asked, time.monotonic() + timeout):
                content = message["content"]
                if message["msg_type"] == "stream" and content["name"] == "stdout":
                    printed.append(content["text"])
                assert message["msg_type"] != "error", "\n".join(content["traceback"])
        return "".join(printed)

    @contextmanager
    def _channel(self, timeout: float) -> Iterator[websocket.WebSocket]:
        address = f"{self._url.replace('http', 'ws', 1)}/api/kernels/{self.id}/channels"
        header = [f"{name}: {value}" for name, value in self._headers.items()]
        channel = websocket.create_connection(address, timeout=timeout, header=header)
        try:
            yield channel
        finally:
            channel.close()

    def _ask(self, method: str, path: str, data: bytes | None = None) -> Any:
        request = urllib.request.Request(self._url + path, data, self._headers, method=method)  # noqa: S310 - the test's own server
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            return json.loads(answer.read() or b"{}")


def _execution(code: str) -> dict[str, Any]:
    header = {"msg_id": uuid.uuid4().hex, "username": "", "session": uuid.uuid4().hex, "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": True}
    return {
        "channel": "shell",
        "header": {**header, "msg_type": "execute_request"},
        "parent_header": {},
        "metadata": {},
        "content": content,
    }


def _answers(channel: websocket.WebSocket, asked: dict[str, Any], deadline: float) -> Iterator[dict[str, Any]]:
    """What a kernel says of a cell, until it is idle again."""
    while time.monotonic() < deadline:
        message = json.loads(channel.recv())
        if message["parent_header"].get("msg_id") != asked["header"]["msg_id"]:
            continue
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return
        yield message
    raise AssertionError("the cell was not done in time")
