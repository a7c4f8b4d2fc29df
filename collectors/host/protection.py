"""What protects a host: antivirus and the age of its signatures, access control of the kernel, firewall, updates."""

import re
import time
from datetime import UTC, datetime

import psutil
from msgspec import Struct

from collectors.host.reading import RPM_CHANGED, Root, Section, Unreadable

_DAY_S = 86_400


class Product(Struct, frozen=True):
    """How an antivirus is recognised."""

    name: str
    folders: tuple[str, ...]
    """One of them is there when it is installed."""
    processes: tuple[str, ...]
    """One of them runs when it works."""
    signatures: tuple[str, ...] = ()
    """Files and folders that change when new signatures come."""


PRODUCTS = (
    Product(
        "ClamAV",
        ("/usr/bin/clamscan", "/usr/sbin/clamd", "/usr/bin/clamd", "/etc/clamav", "/etc/clamd.d"),
        ("clamd", "clamonacc", "freshclam"),
        tuple(f"/var/lib/clamav/{name}" for name in ("daily.cld", "daily.cvd", "main.cld", "main.cvd")),
    ),
    Product(
        "Microsoft Defender",
        ("/opt/microsoft/mdatp",),
        ("wdavdaemon", "mdatp"),
        ("/opt/microsoft/mdatp/definitions.noindex", "/var/opt/microsoft/mdatp/definitions.noindex"),
    ),
    Product(
        "Kaspersky",
        ("/opt/kaspersky/kesl", "/opt/kaspersky/kess"),
        ("kesl", "klnagent"),
        ("/var/opt/kaspersky/kesl/common/updates", "/var/opt/kaspersky/kesl/private/updates"),
    ),
    Product("Trend Micro", ("/opt/ds_agent", "/opt/TrendMicro", "/opt/tm_server"), ("ds_agent", "ds_am", "splxmain"),
            ("/var/opt/ds_agent/am", "/opt/TrendMicro/SProtectLinux")),
    Product("ESET", ("/opt/eset",), ("esets_daemon", "odfeeder", "eset_daemon"), ("/var/opt/eset/eea/lib/data",)),
    Product("Sophos", ("/opt/sophos-spl", "/opt/sophos-av"), ("sophos_threat_d", "savscand"), ()),
    Product("Symantec", ("/opt/Symantec", "/usr/lib/symantec"), ("rtvscand", "sisamdagent"), ()),
    Product("Bitdefender", ("/opt/bitdefender-security-tools",), ("bdsecd", "epagd"), ()),
    Product("CrowdStrike Falcon", ("/opt/CrowdStrike",), ("falcon-sensor",), ()),
    Product("SentinelOne", ("/opt/sentinelone",), ("sentinelone-agent", "s1-agent"), ()),
    Product("Bkav", ("/opt/bkav", "/usr/local/bkav"), ("bkav", "bkavd"), ()),
)  # fmt: skip
_CLAM_TIME = re.compile(r"ClamAV-VDB:(\d{1,2} \w{3} \d{4}) (\d{2})-(\d{2})")


def antivirus(root: Root) -> Section:
    """Give the antivirus products: whether each runs, and the day of its signatures."""
    running = _running()
    found: Section = {}
    for product in PRODUCTS:
        if not any(root.exists(folder) for folder in product.folders):
            continue
        parts = ["running" if running & set(product.processes) else "not running"]
        day = max((_signature_s(root, path) for path in product.signatures), default=0)
        if day:
            parts.append(f"signatures {datetime.fromtimestamp(day, UTC):%Y-%m-%d}")
        found[product.name] = ", ".join(parts)
    return found


def signature_days(section: Section, now_s: float | None = None) -> int | None:
    """Give how many days old the newest signatures of any product are; None where none are known."""
    today = time.time() if now_s is None else now_s
    days = []
    for value in section.values():
        if match := re.search(r"signatures (\d{4}-\d\d-\d\d)", value):
            made = datetime.fromisoformat(match[1]).replace(tzinfo=UTC).timestamp()
            days.append(int((today - made) // _DAY_S))
    return min(days) if days else None


def _signature_s(root: Root, path: str) -> int:
    """Give when signatures were made: ClamAV says so in the header of its file, others by the time of the file."""
    if path.endswith((".cld", ".cvd")):
        try:
            with open(root.at(path), "rb") as file:  # noqa: PTH123
                header = file.read(512).decode("ascii", "replace")
        except OSError:
            return 0
        if match := _CLAM_TIME.match(header):
            try:
                day = datetime.strptime(f"{match[1]} {match[2]}:{match[3]}", "%d %b %Y %H:%M").replace(tzinfo=UTC)
            except ValueError:
                return root.changed_s(path)
            return int(day.timestamp())
    return root.changed_s(path)


def _running() -> set[str]:
    return {name for process in psutil.process_iter(["name"]) if (name := process.info["name"])}


def access_control(root: Root) -> Section:
    """Give the state of SELinux and AppArmor, as far as the kernel has them."""
    found: Section = {}
    enforce = _text(root, "/sys/fs/selinux/enforce")
    configured = next(
        (line.partition("=")[2] for line in _lines(root, "/etc/selinux/config") if line.startswith("SELINUX=")), ""
    )
    if enforce:
        found["SELinux"] = "enforcing" if enforce == "1" else "permissive"
    elif configured:
        found["SELinux"] = f"off (configured: {configured})"
    if _text(root, "/sys/module/apparmor/parameters/enabled") == "Y":
        profiles = _lines(root, "/sys/kernel/security/apparmor/profiles")
        enforced = sum(1 for line in profiles if line.endswith("(enforce)"))
        found["AppArmor"] = f"{enforced} of {len(profiles)} profiles enforced" if profiles else "enabled"
    return found


def firewall(root: Root) -> Section:
    """Give the firewalls that are set up to start, or have rules in the kernel."""
    found: Section = {}
    if conf := _text(root, "/etc/ufw/ufw.conf"):
        found["ufw"] = "enabled" if re.search(r"(?m)^\s*ENABLED\s*=\s*yes", conf, re.IGNORECASE) else "disabled"
    for unit in ("firewalld", "nftables", "iptables", "netfilter-persistent"):
        if any(root.exists(f"/etc/systemd/system/{target}.wants/{unit}.service") for target in _TARGETS):
            found[unit] = "enabled"
    tables = [*_lines(root, "/proc/net/ip_tables_names"), *_lines(root, "/proc/net/ip6_tables_names")]
    if tables:
        found["iptables rules"] = "loaded"
    return found


_TARGETS = ("multi-user.target", "sysinit.target", "basic.target", "network-pre.target")
_UPDATES = (
    "/var/lib/dpkg/status", "/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/lists/partial",
    "/var/lib/dnf/history.sqlite", "/var/lib/yum/history", *RPM_CHANGED,
)  # fmt: skip


def updates(root: Root) -> Section:
    """Give the day on which packages last changed, and that on which their lists were last fetched."""
    changed = max(root.changed_s(path) for path in (_UPDATES[0], *_UPDATES[3:]))
    fetched = max(root.changed_s(path) for path in _UPDATES[1:3])
    found = {"packages changed": changed, "lists fetched": fetched}
    return {name: f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}" for name, at in found.items() if at}


def update_days(section: Section, now_s: float | None = None) -> int | None:
    """Give how many days ago packages last changed; None where that is not known."""
    day = section.get("packages changed")
    if day is None:
        return None
    made = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
    return int(((time.time() if now_s is None else now_s) - made) // _DAY_S)


def _text(root: Root, path: str) -> str:
    """Read a small file of the kernel; what may not be read says nothing."""
    try:
        return (root.text(path) or "").strip()
    except Unreadable:
        return ""


def _lines(root: Root, path: str) -> list[str]:
    return _text(root, path).splitlines()
