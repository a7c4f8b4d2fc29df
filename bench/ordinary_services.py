"""An hour of ordinary services: databases, name servers, shares, hypervisors and antivirus of a data centre at work.

Applications query, backups dump, people mistype passwords and rename files, resolvers meet names that do not exist,
secondary servers fetch zones, administrators clone and snapshot, and the antivirus updates itself.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.ordinary import BEGIN, HOUR_S, VIETNAM, Log

Timed = Iterator[tuple[float, str]]
_QUERIES = (
    "SELECT option_name, option_value FROM wp_options WHERE autoload = 'yes'",
    "SELECT * FROM wp_posts WHERE post_title LIKE '%sleep%' OR post_content LIKE '%union select%' LIMIT 10",
    "INSERT INTO nhat_ky (noi_dung) VALUES ('warning: copy to program; create user moi')",
    "UPDATE users SET role = 'grant', last_login = NOW() WHERE id = 7",
    "SELECT ten FROM can_bo UNION SELECT ten FROM cong_dan ORDER BY 1",
    "CREATE TEMPORARY TABLE tam_thang AS SELECT * FROM ho_so WHERE thang = 11",
    "CREATE TABLE IF NOT EXISTS system_warnings (id INT)",
    "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'hoso'",
    "DROP TABLE IF EXISTS tam_cu",
)


def service_logs(seed: int = 1) -> list[Log]:
    """Make all logs of the hour, the same for the same seed."""
    rng = random.Random(seed)
    made = (
        ("mysql.log", "plain", _mysql(rng)),
        ("postgresql.log", "plain", _postgresql(rng)),
        ("named.log", "plain", _bind(rng)),
        ("unbound.log", "syslog", _unbound(rng)),
        ("samba.log", "syslog", _samba(rng)),
        ("vmware.log", "syslog", _vmware(rng)),
        ("antivirus.log", "cef", _antivirus(rng)),
    )
    return [Log(stream, kind, sorted(lines)) for stream, kind, lines in made]


def moments(rng: random.Random, seconds: float) -> Iterator[float]:
    """Yield seconds of the hour, so far apart on average."""
    moment = rng.random() * seconds
    while moment < HOUR_S - 60:
        yield moment
        moment += rng.expovariate(1 / seconds)


def local_time(second: float) -> datetime:
    """Give a second of the hour as the time in Vietnam."""
    return (BEGIN + timedelta(seconds=second)).astimezone(VIETNAM)


def utc_time(second: float) -> str:
    """Give a second of the hour as UTC, as logs write it."""
    return f"{(BEGIN + timedelta(seconds=second)).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _mysql(rng: random.Random) -> Timed:
    for at in moments(rng, 1):
        yield at, f"{utc_time(at)}.116872Z\t   {rng.randrange(900)} Query\t{rng.choice(_QUERIES)}"
    for at in moments(rng, 30):
        yield at, f"{utc_time(at)}.116872Z\t   {rng.randrange(900)} Connect\thoso@10.20.1.15 on hoso using TCP/IP"
    for at in moments(rng, 600):  # a person who mistypes
        yield at, f"{utc_time(at)}.1Z 344 [Note] Access denied for user 'vanhanh'@'10.20.0.15' (using password: YES)"
    for table in range(40):  # the backup
        yield 60 + table, f"{utc_time(60 + table)}.1Z\t   7 Query\tSELECT /*!40001 SQL_NO_CACHE */ * FROM `bang{table}`"


def _postgresql(rng: random.Random) -> Timed:
    def line(at: float, text: str) -> tuple[float, str]:
        return at, f"{local_time(at):%Y-%m-%d %H:%M:%S}.425 +07 [{rng.randrange(60000)}] hoso@hoso 10.20.1.15 {text}"

    for at in moments(rng, 2):
        yield line(at, f"LOG:  duration: {rng.random() * 900:.1f} ms  statement: {rng.choice(_QUERIES)}")
    for at in moments(rng, 20):
        yield line(at, "LOG:  connection authorized: user=hoso database=hoso SSL enabled (protocol=TLSv1.3)")
    for at in moments(rng, 60):
        yield line(at, 'ERROR:  duplicate key value violates unique constraint "ho_so_pkey"')
    for at in moments(rng, 400):
        yield line(at, 'ERROR:  syntax error at or near "form" at character 10')
    for table in range(30):
        yield line(120 + table, f"LOG:  statement: COPY public.bang{table} (id, ten) TO stdout;")


def _bind(rng: random.Random) -> Timed:
    def line(at: float, text: str) -> tuple[float, str]:
        return at, f"{local_time(at):%d-%b-%Y %H:%M:%S}.425 {text}"

    for at in moments(rng, 0.5):
        client = f"client @0x7f65100ee4d8 10.20.7.{rng.randrange(10, 200)}#{rng.randrange(1024, 65000)}"
        name = rng.choice(("www.example.vn", "mail.tinh.example.vn", "safebrowsing.example.com", "limit.example.net"))
        yield line(at, f"queries: info: {client} ({name}): query: {name} IN A +E(0)K (10.20.0.53)")
    for at in moments(rng, 20):  # scanners outside, each once or twice
        client = f"client @0x7f65100ee4d8 203.0.113.{rng.randrange(250)}#{rng.randrange(1024, 65000)} (example.com)"
        yield line(at, f"security: info: {client}: query (cache) 'example.com/A/IN' denied (allow-query-cache)")
    for at in moments(rng, 900):  # the secondary server
        client = "client @0x7f65100ee4d8 10.20.0.54#40113 (tinh.example.vn)"
        yield line(at, f"xfer-out: info: {client}: transfer of 'tinh.example.vn/IN': AXFR started (serial 2026112001)")
    for at in moments(rng, 120):  # Windows computers that register themselves
        client = f"client @0x7f65100ee4d8 10.20.7.{rng.randrange(10, 200)}#40113"
        yield line(at, f"update-security: error: {client}: update 'tinh.example.vn/IN' denied")


def _unbound(rng: random.Random) -> Timed:
    for at in moments(rng, 0.5):
        code = rng.choice(("NOERROR",) * 12 + ("NXDOMAIN",))
        who, name = f"10.20.7.{rng.randrange(10, 200)}", f"may{rng.randrange(400)}.example.net"
        text = f"{who} {name}. A IN {code} 0.013000 0 45"
        yield at, f"{local_time(at):%b %d %H:%M:%S} dns01 unbound[811]: [811:0] info: {text}"


def _samba(rng: random.Random) -> Timed:
    def line(at: float, text: str) -> tuple[float, str]:
        return at, f"{local_time(at):%b %d %H:%M:%S} nas01 {text}"

    for at in moments(rng, 0.7):
        person = rng.randrange(10, 90)
        name = f"ho so {rng.randrange(4000)}.docx"
        before = f"smbd_audit[2725]: canbo{person}|10.20.7.{person}|hoso|"
        yield line(at, f"{before}openat|ok|r|{name}")
        if rng.random() < 0.2:  # how an office program saves
            yield line(at + 1, f"{before}renameat|ok|~WRD{rng.randrange(9999)}.tmp|{name}")
            yield line(at + 1, f"{before}unlinkat|ok|~$ {name}")
    for number in range(40):  # somebody tidies up
        yield line(900 + number * 2, f"smbd_audit[2725]: canbo11|10.20.7.11|hoso|unlinkat|ok|cu/anh {number}.jpg")
    for at in moments(rng, 200):
        person = rng.randrange(10, 90)
        text = f"user [TINH]\\[canbo{person}] at [x] with [NTLMv2] status [NT_STATUS_WRONG_PASSWORD] workstation [PC]"
        end = f"remote host [ipv4:10.20.7.{person}:62419] mapped to [TINH]\\[x]. local host [ipv4:10.20.1.21:445]"
        yield line(at, f"smbd[2725]: Auth: [SMB2,(null)] {text} {end}")


def _vmware(rng: random.Random) -> Timed:
    def host(at: float, text: str) -> tuple[float, str]:
        return at, f"<166>{utc_time(at)}.123Z esx0{rng.randrange(1, 5)}.example.vn {text}"

    def event(at: float, kind: str, text: str) -> tuple[float, str]:
        number, who = rng.randrange(10**6), "[info] [TINH\\vanhanh] [DC1] [1]"
        head = f"Event [{number}] [1-1] [{utc_time(at)}.1Z] [vim.event.{kind}] {who}"
        return at, f"<14>1 {utc_time(at)}.123456+00:00 vc01 vpxd 4812 - -  {head} [{text}]"

    begin = "Hostd: info hostd[2099567] [Originator@6876 sub=Vimsvc.ha-eventmgr] Event 4712 :"
    for at in moments(rng, 5):
        yield host(at, f"{begin} User vpxuser@10.20.0.9 logged in as VMware-client/6.5.0")
    for at in moments(rng, 600):
        yield host(at, "shell[2101234]: [root]: esxcli vm process list")
        yield event(at, "UserLoginSessionEvent", "User TINH\\vanhanh@10.20.0.15 logged in as Mozilla/5.0")
    for at in moments(rng, 900):
        yield event(at, "VmBeingClonedEvent", "Cloning web01 on host esx01, ds01 in DC1 to web02 on host esx02, ds02")
        yield event(at, "VmPoweredOffEvent", f"thu{rng.randrange(9)} on esx01.example.vn in DC1 is powered off")
    yield event(1800, "VmRemovedEvent", "Removed thu1 on esx01.example.vn from DC1")


def _antivirus(rng: random.Random) -> Timed:
    for at in moments(rng, 15):
        stamp = int((BEGIN.timestamp() + at) * 1000)
        name = f"KLSRV_HOST_STATUS_OK|Device status is OK|1|rt={stamp} dhost=PC{rng.randrange(1700)}"
        yield at, f"CEF:0|KasperskyLab|SecurityCenter|13.2.0.1511|{name}"
    yield 700, "CEF:0|Trend Micro|Deep Security Manager|20.0.344|600|User Signed In|3|src=10.20.1.9 suser=vanhanh"
