"""What runs on the machines, with nothing but Python: a keeper that knows the shelves, and shelves that hold things.

    server.py keeper ADDRESS PORT
    server.py shelf ADDRESS PORT KEEPER_URL DIRECTORY

People ask the keeper: PUT and GET /items/NAME. The plugin asks it, too: GET /shelves tells how many things each shelf
holds, POST /drain moves the things of some shelves to the others.
"""

import json
import re
import sys
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

BEAT = 0.5
"""Seconds between two signs of life of a shelf."""
SILENCE = 5.0
"""Seconds without any after which the keeper forgets it."""

_OPENER = build_opener(ProxyHandler({}))


def ask(url: str, method: str = "GET", data: bytes | None = None) -> bytes:
    """Ask another server of the pantry."""
    with _OPENER.open(Request(url, data=data, method=method), timeout=10) as answer:
        return bytes(answer.read())


class Shelf:
    """Holds things as files."""

    def __init__(self, directory: str) -> None:
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)

    def answer(self, method: str, path: str, body: bytes) -> bytes:
        """What to answer to a request; raises LookupError where there is nothing."""
        if path == "/items":
            return json.dumps([file.name for file in self.directory.iterdir() if file.suffix != ".new"]).encode()
        file = self.directory / item_of(path)
        if method == "PUT":
            new = file.with_name(f"{file.name}.{threading.get_ident()}.new")
            new.write_bytes(body)
            new.replace(file)
        elif not file.exists():
            raise LookupError(path)
        elif method == "DELETE":
            file.unlink()
        else:
            return file.read_bytes()
        return b""


class Keeper:
    """Knows the shelves that gave a sign of life, and where each thing is."""

    def __init__(self) -> None:
        self.seen: dict[str, float] = {}
        self.leaving: set[str] = set()
        self.moving = threading.RLock()  # nothing is put anywhere while things move

    def answer(self, method: str, path: str, body: bytes) -> bytes:
        """What to answer to a request; raises LookupError where there is nothing."""
        with self.moving:
            if path == "/shelves":
                return json.dumps({shelf: len(self.items(shelf)) for shelf in self.shelves()}).encode()
            if path.startswith("/shelves/"):
                return self.heard_of(path.removeprefix("/shelves/"), is_new=method == "POST")
            if path == "/drain":
                return json.dumps(self.drain(json.loads(body))).encode()
            return ask(f"http://{self.place(item_of(path))}{path}", method, body or None)

    def shelves(self) -> list[str]:
        """Those that gave a sign of life."""
        return [shelf for shelf, when in self.seen.items() if when > time.monotonic() - SILENCE]

    def heard_of(self, shelf: str, *, is_new: bool) -> bytes:
        """A sign of life; one that was drained is done with until it is started anew."""
        if is_new:
            self.leaving.discard(shelf)
        if shelf not in self.leaving:
            self.seen[shelf] = time.monotonic()
        return b""

    def items(self, shelf: str) -> list[str]:
        """What a shelf holds, as it says itself."""
        return list(json.loads(ask(f"http://{shelf}/items")))

    def place(self, item: str) -> str:
        """The shelf that holds a thing, else the one that is to."""
        holder = next((shelf for shelf in self.shelves() if item in self.items(shelf)), None)
        return holder or self.room_for(item)

    def room_for(self, item: str) -> str:
        """A shelf that stays: for each thing another, and the same as long as the shelves are."""
        if not (staying := [shelf for shelf in self.shelves() if shelf not in self.leaving]):
            raise LookupError("no shelf stays")
        return max(staying, key=lambda shelf: zlib.crc32(f"{shelf} {item}".encode()))

    def drain(self, shelves: list[str]) -> dict[str, int]:
        """Move everything on some shelves to others; how much is left on each."""
        self.leaving.update(shelves)
        try:
            for shelf in shelves:
                for item in self.items(shelf):
                    ask(f"http://{self.room_for(item)}/items/{item}", "PUT", ask(f"http://{shelf}/items/{item}"))
                    ask(f"http://{shelf}/items/{item}", "DELETE")
            left = {shelf: len(self.items(shelf)) for shelf in shelves}
            for shelf in shelves:
                self.seen.pop(shelf, None)
            return left
        except BaseException:  # they stay
            self.leaving.difference_update(shelves)
            raise


def item_of(path: str) -> str:
    """The name of the thing that a path is about."""
    if not (match := re.fullmatch(r"/items/([A-Za-z0-9_-]+)", path)):
        raise LookupError(path)
    return match[1]


def serve(address: str, port: int, role: Shelf | Keeper) -> None:
    """Answer requests, for ever."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, said = 200, role.answer(self.command, self.path, body)
            except LookupError as error:
                status, said = 404, str(error).encode()
            except (OSError, ValueError) as error:  # another server of the pantry does not answer, or not as it should
                status, said = 502, str(error).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_PUT = do_POST = do_DELETE = answer

    ThreadingHTTPServer((address, port), Handler).serve_forever()


def give_signs_of_life(shelf: str, keeper: str) -> None:
    """Tell the keeper of a shelf, for ever."""
    method = "POST"
    while True:
        try:
            ask(f"{keeper}/shelves/{shelf}", method)
            method = "PUT"
        except OSError as error:  # it is not there yet, or not any more
            print(f"{keeper}: {error}", file=sys.stderr, flush=True)
        time.sleep(BEAT)


def main() -> None:
    """Be what the arguments say."""
    role, address, port, *more = sys.argv[1:]
    if role == "shelf":
        keeper, directory = more
        threading.Thread(target=give_signs_of_life, args=(f"{address}:{port}", keeper), daemon=True).start()
        serve(address, int(port), Shelf(directory))
    serve(address, int(port), Keeper())


if __name__ == "__main__":
    main()
