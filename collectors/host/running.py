"""What a host does right now: ports that are listened on, mounts, how full disks are."""

import re
import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import psutil
from msgspec import Struct

from collectors.host.reading import Root, Section, Unreadable

_PSEUDO = frozenset(
    {"proc", "sysfs", "devtmpfs", "devpts", "tmpfs", "cgroup", "cgroup2", "securityfs", "debugfs", "tracefs", "bpf"}
    | {"pstore", "mqueue", "hugetlbfs", "configfs", "fusectl", "autofs", "binfmt_misc", "rpc_pipefs", "nsfs", "ramfs"}
    | {"squashfs", "iso9660", "efivarfs", "fuse.gvfsd-fuse", "overlay"}
)


_OWN_INSIDE = re.compile(r"^(?:veth|docker|br-|virbr|vnet|cni|flannel|cali|lxc|lxd|podman|kube-|nodelocaldns|weave)")
"""Interfaces of containers and guests: they come and go, and many hosts have the same addresses on them."""
_CONTAINER_MOUNTS = (
    "/var/lib/docker/",
    "/var/lib/containers/",
    "/var/lib/kubelet/",
    "/run/docker/",
    "/run/containerd/",
)
_SIDE_PORTS = {("udp", 53), ("tcp", 21)}
"""A name server asks from ports of its own choice (RFC 5452), and an FTP server opens some for data (RFC 959)."""
_FREE_PORT = 1_024


def is_fleeting(item: str) -> bool:
    """Say whether a port may be that of a client: of UDP, no socket says so. It counts when it is there for a while."""
    return item.startswith("udp ") and int(item.rpartition(":")[2]) >= _FREE_PORT


def ports(_: Root) -> Section:
    """Give the ports that are listened on, and the programs that do: ``tcp 0.0.0.0:22`` to ``sshd /usr/sbin/sshd``.

    UDP ports count when they are below those that the kernel gives to clients. A program that may not be seen (without
    CAP_SYS_PTRACE, of other users) has an empty value.
    """
    lowest = _client_ports()
    found: Section = {}
    programs: dict[int, str] = {}
    try:
        connections = psutil.net_connections("inet")
    except (psutil.Error, OSError) as error:
        raise Unreadable("/proc/net", str(error)) from error
    for each in connections:
        udp = each.type == socket.SOCK_DGRAM
        if not each.laddr or (udp and (each.raddr or each.laddr.port >= lowest)):
            continue
        if not udp and each.status != psutil.CONN_LISTEN:
            continue
        address = f"[{each.laddr.ip}]" if ":" in each.laddr.ip else each.laddr.ip
        item = f"{'udp' if udp else 'tcp'} {address}:{each.laddr.port}"
        program = _program(each.pid, programs) if each.pid else ""
        found[item] = found.get(item) or program
    return _without_side_ports(found)


def _without_side_ports(found: Section) -> Section:
    """Leave out the ports that a server opens beside its own for each question or file."""
    parts = {item: (item.partition(" ")[0], int(item.rpartition(":")[2])) for item in found}
    servers = {(parts[item][0], program) for item, program in found.items() if program and parts[item] in _SIDE_PORTS}
    return {
        item: program
        for item, program in found.items()
        if (parts[item][0], program) not in servers or parts[item][1] < _FREE_PORT
    }


def _program(pid: int, known: dict[int, str]) -> str:
    if pid not in known:
        text = ""
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            text = process.name()
            with suppress(psutil.Error):
                text = f"{text} {process.exe()}".strip()
        known[pid] = text
    return known[pid]


def _client_ports() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 32_768


def listening_stamp() -> tuple[str, ...]:
    """Give what tells whether any port is listened on that was not before, without asking whose it is."""
    found = []
    lowest = _client_ports()
    for name, wanted in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        try:
            with open(f"/proc/net/{name}", encoding="ascii") as file:  # noqa: PTH123
                next(file, None)
                for line in file:
                    fields = line.split(None, 10)
                    udp = name.startswith("udp")
                    if fields[3] == wanted and not (udp and int(fields[1].rpartition(":")[2], 16) >= lowest):
                        found.append(f"{name} {fields[1]} {fields[9]}")
        except (OSError, IndexError, ValueError):
            continue
    return tuple(sorted(found))


def mounts(_: Root) -> Section:
    """Give what is mounted where, with its type and rights: file systems that hold data."""
    found: Section = {}
    for part in psutil.disk_partitions(all=True):
        if part.fstype not in _PSEUDO and not part.mountpoint.startswith(_CONTAINER_MOUNTS):
            rights = [word for word in part.opts.split(",") if word in ("ro", "rw", "nosuid", "nodev", "noexec")]
            found[part.mountpoint] = f"{part.device} {part.fstype} {','.join(rights)}"
    return found


def addresses(_: Root) -> Section:
    """Give the addresses of the interfaces, and their hardware addresses: those that others may know the host by."""
    found: Section = {}
    for name, listed in psutil.net_if_addrs().items():
        if _OWN_INSIDE.match(name):
            continue
        for each in listed:
            address = each.address.partition("%")[0]
            if each.family == psutil.AF_LINK:
                if address.strip("0:-"):
                    found[f"{name} {address.lower()}"] = "mac"
            elif each.family in (socket.AF_INET, socket.AF_INET6):
                plain = ip_address(address)
                if not plain.is_loopback and not plain.is_link_local:
                    found[f"{name} {plain}"] = "ip"
    return found


class Disk(Struct, frozen=True):
    """How full a file system is."""

    mount: str
    percent: float
    inodes_percent: float
    free_bytes: int


def disks(mounted: Section) -> list[Disk]:
    """Give how full the file systems are; those that cannot be asked are left out."""
    import os

    found = []
    for mount, what in mounted.items():
        if " ro" in f" {what.rpartition(' ')[2]}" and "rw" not in what:
            continue  # what cannot be written cannot fill up
        try:
            usage = psutil.disk_usage(mount)
            about = os.statvfs(mount)
        except OSError:
            continue
        inodes = 100.0 * (about.f_files - about.f_favail) / about.f_files if about.f_files else 0.0
        found.append(Disk(mount, usage.percent, round(inodes, 1), usage.free))
    return found
