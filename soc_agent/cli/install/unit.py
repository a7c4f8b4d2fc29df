"""The files of the service, line by line, each line with the key of the sentence that explains it.

What a directive does: systemd.exec(5), systemd.service(5), systemd.resource-control(5), sysusers.d(5), tmpfiles.d(5).
"""

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from soc_agent.cli.install.needs import HOMES, LOWEST_FREE_PORT, NET_RAW, TEMPORARY, Needs
from soc_agent.text import current_language, say

SERVICE = "soc-agent"
STATE, CACHE, LOGS = Path("/var/lib/soc-agent"), Path("/var/cache/soc-agent"), Path("/var/log/soc-agent")
CONFIG_FOLDER = Path("/etc/soc-agent")
UNIT_PATH = Path("/etc/systemd/system/soc-agent.service")
USERS_PATH = Path("/etc/sysusers.d/soc-agent.conf")
FOLDERS_PATH = Path("/etc/tmpfiles.d/soc-agent.conf")
CAPTURE_NICENESS = -10
"""What the process that captures packets asks for: they do not wait while rules keep the processor."""
_COMMENT_WIDTH = 110


class Line(Struct, frozen=True):
    """One line of a file. An empty ``why`` goes without an explanation: the line before explains it."""

    text: str
    why: str = ""
    values: dict[str, str] = {}


class Service(Struct, frozen=True):
    """What the service is made of."""

    program: tuple[str, ...]
    """The command, without what it is asked to do."""
    config: Path
    store: Path
    user: str
    memory_max: str
    cpu_quota: str
    needs: Needs
    interpreter: Path = Path("/usr")
    """Where the Python lies that the program runs on: an environment may stand on one in somebody's home."""
    folders: tuple[Path, ...] = ()
    """Folders that the service writes to and that are made for it, beside those that systemd makes."""


def render(lines: Iterable[Line]) -> str:
    """Give the text of a file, the explanations above the lines as comments, in the current language."""
    out: list[str] = []
    for line in lines:
        if line.why:
            told = say(f"install.why.{line.why}", **line.values)
            out += ["", *(f"# {part}" for part in textwrap.wrap(told, _COMMENT_WIDTH, break_on_hyphens=False))]
        out += ["", line.text] if line.text.startswith("[") else [line.text]
    return "\n".join(out).strip("\n") + "\n"


def unit_lines(service: Service) -> Iterator[Line]:
    """Yield the lines of the service unit."""
    yield Line("[Unit]")
    yield Line(f"Description={say('install.description')}")
    yield Line(f"RequiresMountsFor={_path(service.store.parent)}", "mounts")
    if service.needs.network:
        yield Line("Wants=network-online.target", "online")
        yield Line("After=network-online.target")
    yield Line("StartLimitIntervalSec=0", "start_limit")
    yield Line("[Service]")
    yield from _running(service)
    yield from _rights(service)
    yield from _files(service)
    yield from _network(service.needs)
    yield from _kernel(service.needs)
    yield from _bounds(service)
    yield Line("[Install]")
    yield Line("WantedBy=multi-user.target", "wanted")


def user_lines(service: Service) -> Iterator[Line]:
    """Yield the lines for systemd-sysusers: the user, who can log in nowhere."""
    yield Line(f'u {service.user} - "soc-agent" {STATE} /usr/sbin/nologin', "user_line", {"user": service.user})


def folder_lines(service: Service) -> Iterator[Line]:
    """Yield the lines for systemd-tmpfiles: folders, owners and modes."""
    user = service.user
    if service.config.is_relative_to(CONFIG_FOLDER):
        yield Line(f"d {CONFIG_FOLDER} 0750 root {user} -", "config_folder", {"user": user})
    yield Line(f"d {STATE} 2770 {user} {user} -", "state_folder", {"user": user})
    yield Line(f"d {CACHE} 0750 {user} {user} -", "cache_folder")
    yield Line(f"d {LOGS} 0750 {user} {user} -")
    for folder in service.folders:
        yield Line(f"d {_path(folder)} 2770 {user} {user} -", "own_folder")


def _running(service: Service) -> Iterator[Line]:
    command = " ".join(_quoted(word) for word in (*service.program, "--config", str(service.config), "run", "--quiet"))
    yield Line("Type=notify", "type")
    yield Line("NotifyAccess=main")
    yield Line(f"ExecStart={command}", "exec")
    yield Line("ExecReload=/bin/kill -HUP $MAINPID", "reload")
    yield Line("Restart=on-failure", "restart")
    yield Line("RestartSec=5s")
    yield Line("WatchdogSec=3min", "watchdog")
    yield Line("TimeoutStartSec=10min", "timeouts")
    yield Line("TimeoutStopSec=30s")
    yield Line(f"Environment=SOC_AGENT_LANG={current_language()} XDG_CACHE_HOME={CACHE.parent}", "environment")


def _rights(service: Service) -> Iterator[Line]:
    needs = service.needs
    yield Line(f"User={service.user}", "user")
    yield Line(f"Group={service.user}")
    if needs.groups:
        told = "; ".join(f"{group}: {', '.join(names)}" for group, names in sorted(needs.groups.items()))
        yield Line(f"SupplementaryGroups={' '.join(sorted(needs.groups))}", "groups", {"who": told})
    names = " ".join(sorted(needs.capabilities))
    if needs.capabilities:
        told = "; ".join(f"{name}: {', '.join(who)}" for name, who in sorted(needs.capabilities.items()))
        yield Line(f"AmbientCapabilities={names}", "capabilities", {"who": told})
    else:
        yield Line("AmbientCapabilities=", "no_capabilities")
    yield Line(f"CapabilityBoundingSet={names}", "bounding")
    yield Line("NoNewPrivileges=yes", "no_new_privileges")
    yield Line("RestrictSUIDSGID=yes", "suid")
    yield Line("UMask=0007", "umask", {"user": service.user})


def _files(service: Service) -> Iterator[Line]:
    needs = service.needs
    yield Line("ProtectSystem=strict", "strict")
    writes = [path for path in needs.writes if not path.is_relative_to(STATE)]
    if writes:
        yield Line(f"ReadWritePaths={' '.join(_path(path) for path in writes)}", "writes")
    yield Line(f"StateDirectory={STATE.name}", "state")
    yield Line("StateDirectoryMode=2770")
    yield Line(f"CacheDirectory={CACHE.name}", "cache")
    yield Line("CacheDirectoryMode=0750")
    yield Line(f"LogsDirectory={LOGS.name}", "logs")
    yield Line("LogsDirectoryMode=0750")
    own = (Path(service.program[0]), service.interpreter, service.config, service.store)
    at_home = needs.below(HOMES) or [path for path in own if any(path.is_relative_to(home) for home in HOMES)]
    if at_home:
        yield Line("ProtectHome=read-only", "home_read", {"what": ", ".join(map(str, at_home))})
    else:
        yield Line("ProtectHome=yes", "home")
    yield Line("PrivateTmp=yes", "tmp")
    temporary = sorted({str(path) for path in needs.below(TEMPORARY)})
    if temporary:
        yield Line(f"BindReadOnlyPaths={' '.join(f'-{_path(Path(path))}' for path in temporary)}", "tmp_read")
    yield Line("PrivateDevices=yes", "devices")
    if needs.processes:
        yield Line("ProtectProc=default", "proc_seen")
    else:
        yield Line("ProtectProc=invisible", "proc")


def _network(needs: Needs) -> Iterator[Line]:
    yield Line(f"RestrictAddressFamilies={' '.join(needs.families)}", "families")
    if not needs.network:
        yield Line("PrivateNetwork=yes", "no_network")
        return
    if not needs.talks:
        yield Line("IPAddressDeny=any", "no_talk")
        if needs.ports:
            yield Line("IPAddressAllow=localhost")
    yield Line("SocketBindDeny=any", "bind")
    for port in needs.ports:
        why = "bind_low" if int(port.partition(":")[2]) < LOWEST_FREE_PORT else ""
        yield Line(f"SocketBindAllow={port}", why)


def _kernel(needs: Needs) -> Iterator[Line]:
    yield Line("SystemCallFilter=@system-service", "calls")
    yield Line("SystemCallFilter=~@privileged @resources")
    # a process that takes hostile input gives its rights away; without CAP_SYS_TIME the clock can only be read
    yield Line("SystemCallFilter=capset adjtimex clock_adjtime", "calls_back")
    if NET_RAW in needs.capabilities:
        # a limit (getrlimit(2), RLIMIT_NICE) instead of CAP_SYS_NICE, which reaches the processes of others
        yield Line("SystemCallFilter=setpriority", "nice")
        yield Line(f"LimitNICE={CAPTURE_NICENESS}")
    yield Line("SystemCallErrorNumber=EPERM")
    yield Line("SystemCallArchitectures=native", "architectures")
    yield Line("MemoryDenyWriteExecute=yes", "write_execute")
    yield Line("ProtectKernelTunables=yes", "kernel")
    for name in ("KernelModules", "KernelLogs", "ControlGroups", "Hostname"):
        yield Line(f"Protect{name}=yes")
    yield Line("RestrictNamespaces=yes", "namespaces")
    yield Line("PrivateMounts=yes")
    yield Line("RestrictRealtime=yes")
    yield Line("LockPersonality=yes")
    yield Line("RemoveIPC=yes")
    yield Line("KeyringMode=private")


def _bounds(service: Service) -> Iterator[Line]:
    yield Line(f"MemoryMax={service.memory_max}", "memory", {"size": service.memory_max})
    yield Line("MemorySwapMax=0")
    yield Line(f"CPUQuota={service.cpu_quota}", "cpu", {"share": service.cpu_quota.replace("%", "")})
    yield Line("CPUWeight=50")
    yield Line("IOWeight=50")
    yield Line("TasksMax=512", "tasks")
    yield Line("LimitNOFILE=65536", "files")
    yield Line("LimitCORE=0", "core")


def _path(path: Path) -> str:
    return _quoted(str(path))


def _quoted(word: str) -> str:
    """Give a word as systemd reads it back: ``%`` and ``$`` have a meaning there, spaces end a word."""
    word = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$")
    escaped = word.replace('"', '\\"')
    return f'"{escaped}"' if any(character in word for character in " \t\"'") else word
