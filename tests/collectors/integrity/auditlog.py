"""Records as auditd writes them."""

from collections.abc import Sequence

PARENT, CREATE, DELETE, NORMAL = "PARENT", "CREATE", "DELETE", "NORMAL"
WRITE, READ = "a2=241", "a2=80000"
"""Flags of openat: O_WRONLY with O_CREAT and O_TRUNC, and O_RDONLY with O_CLOEXEC."""


def records(
    serial: int,
    at: float,
    paths: Sequence[tuple[str, str]],
    *,
    call: int = 257,
    flags: str = WRITE,
    auid: int = 0,
    pid: int = 4242,
    exe: str = "/usr/bin/vim.basic",
    command: str = "vim x",
    cwd: str | None = "/",
    success: str = "yes",
    inode: int = 0,
    node: str = "",
) -> list[str]:
    """Give the records of one event: each path with what happened to it."""
    begin, stamp = (f"node={node} " if node else ""), f"msg=audit({at:.3f}:{serial})"
    more = f" inode={inode} dev=08:01" if inode else ""
    what = f"arch=c000003e syscall={call} success={success} exit=3 a0=ffffff9c {flags} items=2 ppid=1 pid={pid}"
    lines = [
        f'type=SYSCALL {stamp}: {what} auid={auid} uid=0 gid=0 ses=3 comm="x" exe="{exe}" key="etc"',
        *([f'type=CWD {stamp}: cwd="{cwd}"'] if cwd is not None else []),
        *(f'type=PATH {stamp}: item=0 name="{name}"{more} mode=0100644 nametype={kind}' for name, kind in paths),
        f"type=PROCTITLE {stamp}: proctitle={command.replace(' ', chr(0)).encode().hex().upper()}",
    ]
    return [f"{begin}{line}\n" for line in lines]
