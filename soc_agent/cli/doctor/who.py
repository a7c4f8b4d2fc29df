"""The user who would run the agent, and the world as that user meets it."""

import getpass
import grp
import json
import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

from soc_agent.cli.doctor import probe
from soc_agent.cli.install.needs import BIND_SERVICE, NET_RAW, READ_SEARCH, Needs
from soc_agent.errors import ConfigError
from soc_agent.model import Problem

_NUMBERS = {READ_SEARCH: 2, BIND_SERVICE: 10, NET_RAW: 13}
"""Capabilities by number (linux/capability.h)."""
_PATIENCE_S = 60

Question = tuple[str, str]
"""A kind that :func:`soc_agent.cli.doctor.probe.answer` knows, and what is asked about."""
Answer = tuple[int, str]
"""The number of the error, 0 for none, and the path at fault."""


class Who(Struct, frozen=True):
    """A user, with the groups and capabilities that the agent will have."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...] = ()
    capabilities: tuple[int, ...] = ()
    is_self: bool = True
    """Whether it is the user of this process, who need not change to look."""

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Put questions to the kernel as this user; the answers come in the same order."""
        if self.is_self or not questions:
            return [probe.answer(kind, what) for kind, what in questions]
        request = {
            "uid": self.uid,
            "gid": self.gid,
            "groups": self.groups,
            "capabilities": self.capabilities,
            "questions": questions,
        }
        done = subprocess.run(
            [sys.executable, "-I", probe.__file__],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE_S,
        )
        return [(number, path) for number, path in json.loads(done.stdout)]


def myself() -> Who:
    """Give the user of this process."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.geteuid())
    return Who(name, os.geteuid(), os.getegid())


def service_user(name: str, needs: Needs) -> Who:
    """Give a user with what ``soc-agent install`` gives the service for this configuration.

    :raises ConfigError: when there is no such user, or only root may look as another.
    """
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise ConfigError(Problem("doctor.no_user", values={"user": name})) from None
    if os.geteuid() not in (0, entry.pw_uid):
        raise ConfigError(Problem("doctor.not_root", values={"user": name}))
    if os.geteuid() == entry.pw_uid:
        return Who(name, entry.pw_uid, entry.pw_gid)
    groups = set(os.getgrouplist(name, entry.pw_gid))
    for group in needs.groups:
        with suppress(KeyError):
            groups.add(grp.getgrnam(group).gr_gid)
    capabilities = tuple(sorted(_NUMBERS[word] for word in needs.capabilities if word in _NUMBERS))
    return Who(name, entry.pw_uid, entry.pw_gid, tuple(sorted(groups)), capabilities, is_self=False)
