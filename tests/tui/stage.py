"""A synthetic provincial data centre and one night of it, written through the real store.

Hosts are invented, addresses are those of documentation (RFC 5737), times are fixed: 21 November 2026, 03:12 local.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

from soc_agent.config import (
    AssessmentOptions,
    AssetOptions,
    Config,
    ConsoleOptions,
    ContactOptions,
    FileSource,
    OrganisationOptions,
    PacketSource,
    SystemOptions,
    WatchSource,
)
from soc_agent.model import (
    Clause,
    Counters,
    Detection,
    Layer,
    Level,
    Problem,
    RuleInfo,
    RuleKind,
    Tier,
    Where,
    entities_of,
)
from soc_agent.store import AgentState, SourceStatus, Store

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
NOW = 1_795_205_520 * SECOND
"""2026-11-21 03:12:00 in Viet Nam."""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now_ns: int = NOW) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        return self.now_ns


def a_config(*, user: str = "lan.nt", theme: str = "soc-dark") -> Config:
    """Give the configuration of the invented data centre."""
    return Config(
        organisation=OrganisationOptions(
            name="Sở Khoa học và Công nghệ",
            unit="Trung tâm dữ liệu tỉnh",
            contacts=(
                ContactOptions(name="Nguyễn Thị Lan", role="lead", phone="0200", checked=date(2026, 10, 2)),
                ContactOptions(name="Trần Văn Bình", role="backup", phone="0201", checked=date(2026, 10, 2)),
                ContactOptions(name="Lê Hoàng", role="duty"),
            ),
        ),
        console=ConsoleOptions(user=user, theme=theme, refresh_ms=100),
        sources=(
            FileSource(name="auth", paths=("/var/log/auth.log",)),
            FileSource(name="portal", paths=("/var/log/nginx/*.log",)),
            PacketSource(name="dmz", interface="eth1"),
            WatchSource(name="webroot", paths=("/srv/portal",)),
            FileSource(name="mail", paths=("/var/log/mail.log",)),
        ),
        systems=(SystemOptions(name="cong-tttdt", level=3, owner="UBND tỉnh"),),
        assets=(
            AssetOptions(name="portal-01", addresses=("192.0.2.10",), system="cong-tttdt", tier=Tier.APPLICATION),
            AssetOptions(name="db-01", addresses=("192.0.2.20",), system="cong-tttdt"),
            AssetOptions(name="mail-01", addresses=("192.0.2.30",)),
        ),
        assessment=AssessmentOptions(assessor="", last_assessment=None),
    )


BRUTE = RuleInfo(
    id="6e1f0a52-8f0c-4b5f-9a60-1c9a7d0b1f01",
    title="SSH password guessing from one address",
    title_vi="Dò mật khẩu SSH từ một địa chỉ",
    kind=RuleKind.CORRELATION,
    level=Level.HIGH,
    description="One address failed to log in many times within minutes.",
    description_vi="Một địa chỉ đăng nhập thất bại nhiều lần trong vài phút.",
    response="Check whether one of the attempts succeeded. If so, isolate the host and change the password.\n"
    "Propose to block the address at the firewall.",
    response_vi="Kiểm tra xem có lần nào đăng nhập thành công không. Nếu có, cô lập máy và đổi mật khẩu.\n"
    "Đề xuất chặn địa chỉ tại tường lửa.",
    tags=("attack.credential-access", "attack.t1110.001"),
    false_positives=("A script with an old password",),
    author="soc-agent",
    entity=("src_ip",),
)
WEBSHELL = RuleInfo(
    id="6e1f0a52-8f0c-4b5f-9a60-1c9a7d0b1f02",
    title="Webshell dropped in the web root",
    title_vi="Tệp webshell xuất hiện trong thư mục web",
    kind=RuleKind.YARA,
    level=Level.CRITICAL,
    tier=Tier.APPLICATION,
    description="A file that runs commands from a request was written below the web root.",
    description_vi="Một tệp chạy lệnh nhận từ yêu cầu đã được ghi vào thư mục web.",
    response="Keep the file as evidence, do not delete it. Take the site off the network, then look for who wrote it.",
    response_vi="Giữ tệp làm chứng cứ, không xóa. Tách trang khỏi mạng, sau đó tìm xem ai đã ghi tệp.",
    tags=("attack.persistence", "attack.t1505.003"),
    author="soc-agent",
)
INJECTION = RuleInfo(
    id="6e1f0a52-8f0c-4b5f-9a60-1c9a7d0b1f03",
    title="SQL injection attempt in a web request",
    title_vi="Thử chèn mã SQL trong yêu cầu web",
    level=Level.MEDIUM,
    tier=Tier.APPLICATION,
    description="The query of a request holds SQL.",
    description_vi="Tham số của yêu cầu chứa mã SQL.",
    response="See whether the answer was larger than usual.",
    response_vi="Xem phản hồi có lớn hơn bình thường không.",
    tags=("attack.initial-access", "attack.t1190"),
    author="soc-agent",
)
SCAN = RuleInfo(
    id="6e1f0a52-8f0c-4b5f-9a60-1c9a7d0b1f04",
    title="Port scan",
    title_vi="Dò quét cổng",
    kind=RuleKind.CORRELATION,
    level=Level.MEDIUM,
    tier=Tier.NETWORK,
    tags=("attack.reconnaissance", "attack.t1046"),
)
SUDO = RuleInfo(
    id="6e1f0a52-8f0c-4b5f-9a60-1c9a7d0b1f05",
    title="Root shell through sudo",
    title_vi="Mở shell root qua sudo",
    level=Level.HIGH,
    layer=Layer.ON_SITE,
    tags=("attack.privilege-escalation", "attack.t1548.003"),
    response="Ask the owner of the account.",
    response_vi="Hỏi chủ tài khoản.",
)
USERADD = RuleInfo(
    id="6e1f0a52-8f0c-4b5f-9a60-1c9a7d0b1f06",
    title="Account created",
    title_vi="Tạo tài khoản mới",
    level=Level.LOW,
    layer=Layer.ASSESSMENT,
    tags=("attack.persistence", "attack.t1136.001"),
)
BEACON = RuleInfo(
    id="6e1f0a52-8f0c-4b5f-9a60-1c9a7d0b1f07",
    title="Regular connections to an address seen in a national warning",
    title_vi="Kết nối đều đặn tới địa chỉ trong cảnh báo quốc gia",
    kind=RuleKind.CORRELATION,
    level=Level.HIGH,
    layer=Layer.NATIONAL,
    tier=Tier.NETWORK,
    tags=("attack.command-and-control", "attack.t1071.001"),
)
LOGIN = RuleInfo(
    id="6e1f0a52-8f0c-4b5f-9a60-1c9a7d0b1f08",
    title="Login outside working hours",
    title_vi="Đăng nhập ngoài giờ làm việc",
    level=Level.INFORMATIONAL,
    tags=("attack.initial-access", "attack.t1078"),
)
RULES = (BRUTE, WEBSHELL, INJECTION, SCAN, SUDO, USERADD, BEACON, LOGIN)


def a_detection(
    rule: RuleInfo,
    time_ns: int,
    raw: bytes,
    fields: dict[str, object],
    *,
    host: str,
    source: str = "auth",
    stream: str = "/var/log/auth.log",
    line: int = 1,
    count: int = 1,
    why: Sequence[Clause] = (),
    evidence: Iterable[bytes] = (),
) -> Detection:
    """Give a detection as the engine would."""
    key = f"{rule.id} {time_ns} {host} {line}".encode() + raw
    entities = entities_of(fields)
    return Detection(
        uid=sha256(key).digest()[:16],
        rule=rule,
        time_ns=time_ns,
        source=source,
        stream=stream,
        line_number=line,
        raw=raw,
        fields=dict(fields),
        host=host,
        entities=entities,
        entity_key=f"{host} {entities.get('src_ip', ('',))[0]}",
        count=count,
        first_ns=time_ns - (count - 1) * SECOND,
        why=tuple(why),
        evidence=tuple(evidence),
    )


def brute(time_ns: int, address: str, host: str, count: int, line: int) -> Detection:
    """Give an SSH brute force."""
    raw = f"Nov 21 02:58:41 {host} sshd[4711]: Failed password for root from {address} port 51234 ssh2".encode()
    fields = {
        "program": "sshd",
        "pid": "4711",
        "action": "login",
        "outcome": "failure",
        "user": "root",
        "src_ip": address,
        "src_port": "51234",
        "auth_method": "password",
        "message": f"Failed password for root from {address} port 51234 ssh2",
    }
    why = (
        Clause("failed: outcome", "failure", "outcome", "failure"),
        Clause("event_count by src_ip, 5m", ">= 10", "src_ip", address),
    )
    lines = [raw.replace(b"51234", str(51200 + n).encode()) for n in range(min(count, 12))]
    return a_detection(BRUTE, time_ns, raw, dict(fields), host=host, line=line, count=count, why=why, evidence=lines)


def injection(time_ns: int, address: str, line: int) -> Detection:
    """Give an SQL injection."""
    raw = (
        f'{address} - - [21/Nov/2026:02:11:09 +0700] "GET /tin-tuc?id=7%27+UNION+SELECT+login,pass+FROM+users--'
        ' HTTP/1.1" 200 51873 "-" "sqlmap/1.8"'
    ).encode()
    fields = {
        "c-ip": address,
        "cs-method": "GET",
        "cs-uri-stem": "/tin-tuc",
        "cs-uri-query": "id=7' UNION SELECT login,pass FROM users--",
        "sc-status": 200,
        "sc-bytes": 51873,
        "cs-user-agent": "sqlmap/1.8",
    }
    why = (
        Clause("selection: cs-uri-query|contains", "UNION SELECT", "cs-uri-query", str(fields["cs-uri-query"])),
        Clause("tool: cs-user-agent|startswith", "sqlmap/", "cs-user-agent", "sqlmap/1.8"),
    )
    return a_detection(
        INJECTION, time_ns, raw, dict(fields), host="portal-01", source="portal", stream="/var/log/nginx/access.log",
        line=line, why=why,
    )  # fmt: skip


def webshell(time_ns: int) -> Detection:
    """Give a webshell found by YARA."""
    raw = b'{"type":"yara","path":"/srv/portal/uploads/anh-2026.php","rule":"php_webshell","size":1893}'
    fields = {
        "path": "/srv/portal/uploads/anh-2026.php",
        "rule": "php_webshell",
        "size": 1893,
        "owner": "www-data",
        "sha256": "9f2c1d8c5f0b4a1e6d7c8b9a0f1e2d3c4b5a69788796a5b4c3d2e1f0a9b8c7d6",
    }
    why = (Clause("$eval", "eval(base64_decode(", "", "eval(base64_decode($_POST["),)
    return a_detection(
        WEBSHELL, time_ns, raw, dict(fields), host="portal-01", source="webroot",
        stream="/srv/portal/uploads/anh-2026.php", line=0, why=why,
    )  # fmt: skip


def simple(rule: RuleInfo, time_ns: int, host: str, address: str, user: str = "", line: int = 1) -> Detection:
    """Give a plain detection."""
    raw = f"{host} {rule.title.lower()} {address} {user}".encode()
    fields: dict[str, object] = {"src_ip": address, "user": user}
    return a_detection(rule, time_ns, raw, fields, host=host, line=line)


def a_night(now_ns: int = NOW) -> list[Detection]:
    """Give the detections of one night, in order of time."""
    found: list[Detection] = []
    for n in range(34):
        at = now_ns - 23 * HOUR + n * 31 * MINUTE
        found.append(simple(LOGIN, at, f"ws-kt-{n % 7 + 1:02}", f"198.51.100.{20 + n}", f"canbo{n % 5}", n))
        if n % 3 == 0:
            found.append(simple(SCAN, at + 7 * MINUTE, "gw-01", f"203.0.113.{40 + n}", line=n))
        if n % 5 == 0:
            found.append(injection(at + 12 * MINUTE, f"203.0.113.{60 + n}", 1000 + n))
    found.append(simple(USERADD, now_ns - 9 * HOUR, "mail-01", "", "hotro", 77))
    found.append(brute(now_ns - 6 * HOUR, "203.0.113.77", "mail-01", 214, 880))
    found += [injection(now_ns - 61 * MINUTE + n * 40 * SECOND, f"203.0.113.{9 + n % 2}", 2000 + n) for n in range(9)]
    found.append(simple(SCAN, now_ns - 64 * MINUTE, "portal-01", "203.0.113.9", line=91))
    found.append(brute(now_ns - 34 * MINUTE, "203.0.113.9", "portal-01", 1284, 1203))
    found.append(webshell(now_ns - 19 * MINUTE))
    found.append(simple(SUDO, now_ns - 11 * MINUTE, "portal-01", "203.0.113.9", "www-data", 1310))
    found.append(simple(BEACON, now_ns - 4 * MINUTE, "portal-01", "192.0.2.10", "", 12))
    return sorted(found, key=lambda detection: detection.time_ns)


def fill(store: Store, clock: Clock, detections: Iterable[Detection] | None = None) -> None:
    """Write a night into a store, each detection in a transaction of its own time; then people act, and the agent."""
    end = clock.now_ns
    clock.now_ns = end - 24 * HOUR
    with store.transaction() as transaction:
        transaction.put_rules(RULES)
        for name in ("auth", "portal", "dmz", "webroot"):
            transaction.set_source_state(name, SourceStatus.RUNNING)
        for name, address in (("portal-01", "192.0.2.10"), ("db-01", "192.0.2.20"), ("mail-01", "192.0.2.30")):
            transaction.see_asset(name, address, "auth")
    ids: dict[str, list[int]] = {}
    for detection in a_night(end) if detections is None else detections:
        clock.now_ns = min(detection.time_ns + SECOND, end)
        with store.transaction() as transaction:
            same = transaction.find_open(detection.rule.id, detection.entity_key, detection.time_ns, 3600)
            if same is not None:
                transaction.add_repeat(same.id, detection)
            elif (added := transaction.add_alert(detection)) is not None:
                ids.setdefault(detection.rule.id, []).append(added)
            transaction.see_asset(detection.host, source=detection.source, time_ns=detection.time_ns)
    clock.now_ns = end - 3 * MINUTE
    if detections is None:
        _people(store, ids)
    clock.now_ns = end
    _agent(store, end)


def _people(store: Store, ids: dict[str, list[int]]) -> None:
    first = ids[BRUTE.id][0]
    store.acknowledge([first], "binh.tv")
    store.note([first], "Địa chỉ này đã bị chặn tại tường lửa lúc 21:30.", "binh.tv")
    store.acknowledge(ids[SCAN.id][-1:], "lan.nt")
    store.close_alerts(ids[LOGIN.id][:20], "giờ trực đã duyệt", "lan.nt")
    store.mark_false_positive(ids[SCAN.id][:4], "máy quét của đơn vị", "binh.tv")


_READ = (
    (
        "auth",
        Counters(bytes=918_233_100, lines=7_412_004, candidates=48_120, undecodable=12),
        Counters(bytes=910_000, lines=7_300, candidates=51),
        2 * SECOND,
    ),
    (
        "portal",
        Counters(bytes=5_201_332_000, lines=23_801_557, candidates=190_233),
        Counters(bytes=9_100_000, lines=41_200, candidates=330),
        SECOND,
    ),
    (
        "dmz",
        Counters(bytes=88_231_000, lines=310_229, candidates=9_120, dropped=417),
        Counters(lines=980, candidates=4),
        3 * SECOND,
    ),
    ("webroot", Counters(bytes=410_000, lines=1_203, candidates=3), Counters(lines=1, candidates=1), 19 * MINUTE),
)


def _agent(store: Store, now_ns: int) -> None:
    with store.transaction() as transaction:
        for name, past, _, _ in _READ:
            transaction.add_counters(name, past, now_ns - 20 * HOUR)
    with store.transaction() as transaction:
        for name, _, lately, last in _READ:
            transaction.add_counters(name, lately, now_ns - last)
        transaction.set_source_state(
            "mail", SourceStatus.MISSING,
            Problem("tail.unreadable", Where("/var/log/mail.log"),
                    {"path": "/var/log/mail.log", "reason": "Permission denied"}),
        )  # fmt: skip
        transaction.heartbeat(AgentState(4242, now_ns - 26 * HOUR, now_ns - SECOND, 1583.4))


def a_store(path: Path, clock: Clock, detections: Iterable[Detection] | None = None) -> Path:
    """Make a store with a night in it; give its path."""
    with Store.open(path, clock=clock) as store:
        fill(store, clock, detections)
    return path
