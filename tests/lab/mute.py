"""Takes connections on a TCP port, holds them, and says nothing. Argument: the port."""

import socket
import sys


def main(port: int) -> None:
    """Do so until killed."""
    held = []
    with socket.create_server(("", port), backlog=128) as listener:
        while True:
            held.append(listener.accept())


if __name__ == "__main__":
    main(int(sys.argv[1]))
