"""Looks at files, ports and sockets as another user. A program of its own, of the standard library alone.

It begins as root, becomes that user with the capabilities named, and answers on standard output. So it sees what the
kernel would say to the agent, access control lists and mount options included, and not what modes seem to say.
"""

import ctypes
import errno
import json
import os
import socket
import stat
import sys
from collections.abc import Sequence

_PR_SET_KEEPCAPS = 8
_CAPABILITY_VERSION_3 = 0x20080522


def answer(kind: str, what: str) -> tuple[int, str]:
    """Give the number of the error (0: none) and the path at fault, for one question.

    Kinds: ``read`` a file, ``list`` a folder, ``write`` into a file or folder, ``packets`` (a raw socket), ``bind`` to
    ``udp:ADDRESS:PORT`` or ``tcp:ADDRESS:PORT``.
    """
    try:
        if kind == "packets":
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
        elif kind == "bind":
            _bind(what)
        elif kind == "write":
            return _write(what)
        else:
            _read(kind, what)
    except OSError as error:
        number = error.errno or errno.EIO
        return number, blocked(what) if number == errno.EACCES and kind in ("read", "list") else what
    return 0, ""


def blocked(path: str) -> str:
    """Give the first folder on the way to a path that may not be gone through; the path itself when all may."""
    parts = os.path.abspath(path).split("/")  # noqa: PTH100 - a path may hold any bytes
    for count in range(1, len(parts)):
        folder = "/".join(parts[:count]) or "/"
        if not os.access(folder, os.X_OK, effective_ids=True):
            return folder
    return path


def _read(kind: str, path: str) -> None:
    """Open what will be opened. A pipe or device is not touched: opening one can have effects."""
    mode = os.stat(path).st_mode  # noqa: PTH116 - as above
    if kind == "list":
        with os.scandir(path) as entries:
            next(entries, None)
    elif stat.S_ISREG(mode):
        os.close(os.open(path, os.O_RDONLY | os.O_NOFOLLOW if stat.S_ISLNK(mode) else os.O_RDONLY))


def _write(path: str) -> tuple[int, str]:
    """Ask the nearest that is there: a file that is not there yet is made in its folder."""
    while not os.path.lexists(path) and path != "/":
        path = os.path.dirname(path) or "/"  # noqa: PTH120 - as above
    wanted = os.W_OK | (os.X_OK if os.path.isdir(path) else 0)  # noqa: PTH112 - as above
    if os.access(path, wanted, effective_ids=True):
        return 0, ""
    return (errno.EROFS if os.statvfs(path).f_flag & os.ST_RDONLY else errno.EACCES), path


def _bind(what: str) -> None:
    transport, _, rest = what.partition(":")
    address, _, port = rest.rpartition(":")
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    family = socket.AF_INET if "." in address else socket.AF_INET6
    with socket.socket(family, kind) as trial:
        if kind == socket.SOCK_STREAM:
            # as a server does: a connection that just ended does not hold the port
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((address or "::", int(port)))
        if kind == socket.SOCK_STREAM:
            trial.listen(1)


def become(uid: int, gid: int, groups: Sequence[int], capabilities: Sequence[int]) -> None:
    """Become a user for good, with these capabilities and no others.

    :raises OSError: when that is not permitted.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups(list(groups))
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    mask = sum(1 << number for number in capabilities)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # effective, permitted, inheritable; first the lower halves, then the upper ones (capset(2))
    data = (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main() -> None:
    """Read one JSON object from standard input, write the answers as one list."""
    request = json.load(sys.stdin)
    become(request["uid"], request["gid"], request["groups"], request["capabilities"])
    json.dump([answer(kind, what) for kind, what in request["questions"]], sys.stdout)


if __name__ == "__main__":
    main()
