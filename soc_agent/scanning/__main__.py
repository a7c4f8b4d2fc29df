"""``python -m soc_agent.scanning N``: serves on the socket with the descriptor ``N``, which it inherited."""

import signal
import socket
import sys

from soc_agent.scanning.server import serve


def main() -> None:
    """Serve until the agent is gone."""
    # a terminal's Ctrl-C goes to the whole group: the agent ends this process when it is done
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as link:
        serve(link)


if __name__ == "__main__":
    main()
