"""How fast the engine reads logs in which nothing happens, with all rules, and with ten times their literals."""

import random
import string
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.generate import AGENT, BEGIN, PAGES
from bench.hunting import public_rules
from bench.measure import show
from soc_agent.cli.workspace import rule_folders
from soc_agent.decode import Context, Decoders
from soc_agent.detect import Engine, RuleSet, ir, load_rules
from soc_agent.model import Block, LogSource, RuleInfo

SIZE_BYTES = 500_000_000
BLOCK_BYTES = 1_000_000
BLOCKS_OF_KIND = 16
"""So many different blocks of each kind are read again and again: more than the caches of a processor hold."""
MORE_LITERALS = 9
"""For each literal of the rules, so many more."""
_LITERALS_OF_RULE = 25
_SOURCES = {
    "syslog": LogSource("", "linux", ""),
    "access": LogSource("webserver"),
    "json": LogSource("", "linux", ""),
}
"""Whose rules look at lines of a type."""


def main() -> None:
    """Print MB/s per CPU-second, with all rules and with ten times their literals.

    Both read in turn, so that what else the machine does weighs on both.
    """
    blocks = {kind: list(_blocks(kind, line)) for kind, line in KINDS.items()}
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        rules = load_rules(rule_folders(*public_rules(Path(name))), cache_dir=Path(name))
    engines = {"all": _engines(rules, more=False), "all, and ten times the literals": _engines(rules, more=True)}
    readings = {label: _Reading() for label in engines}
    for of_kind in engines.values():
        for kind, some in blocks.items():  # the scanners are made, and the choice of literals is learnt
            for block in some:
                of_kind[kind].run(block, _context(kind))
    size = sum(len(block.data) for some in blocks.values() for block in some)
    for _ in range(max(1, round(SIZE_BYTES / size))):
        for label, of_kind in engines.items():
            readings[label].add(of_kind, blocks)
    base = next(iter(readings.values())).rate
    rows = [
        (
            label,
            *(f"{len(engines[label][kind].literals(TYPES.get(kind, kind))):,}" for kind in KINDS if kind not in TYPES),
            f"{reading.rate:,.0f}",
            f"{reading.candidates / reading.lines:.2%}",
            f"{reading.rate / base:.2f}",
        )
        for label, reading in readings.items()
    ]
    literals = (f"literals: {kind}" for kind in KINDS if kind not in TYPES)
    show(
        f"quiet mixed log, {SIZE_BYTES / 1e6:,.0f} MB ({', '.join(KINDS)}), engine alone",
        ("rules", *literals, "MB/s per CPU-s", "lines decoded", "rate against all"),
        rows,
    )


def _engines(rules: RuleSet, *, more: bool) -> dict[str, Engine]:
    """Give the engine for each kind of line. More rules make ten times the literals of one type, and more of others."""
    decoders = Decoders.load()
    types = {TYPES.get(kind, kind) for kind in KINDS}
    of_type = {name: Engine(with_more_literals(rules, name) if more else rules, decoders) for name in types}
    return {kind: of_type[TYPES.get(kind, kind)] for kind in KINDS}


def with_more_literals(rules: RuleSet, line_type: str) -> RuleSet:
    """Give the rules and more, with words that no line holds, until lines of the type have ten times the literals."""
    rng = random.Random(7)
    words = [
        "".join(rng.choices(string.ascii_lowercase + "._-", k=rng.randrange(6, 20)))
        for _ in range(MORE_LITERALS * len(Engine(rules, Decoders.load()).literals(line_type)))
    ]
    more: list[ir.Rule] = []
    for number in range(0, len(words), _LITERALS_OF_RULE):
        tests = tuple(ir.Text((ir.ANY, word, ir.ANY)) for word in words[number : number + _LITERALS_OF_RULE])
        info = RuleInfo(f"more-{line_type}-{number}", "More")
        more.append(ir.Rule(info, _SOURCES[line_type], {"words": ir.Item("", "", tests)}, ir.Ref("words")))
    return RuleSet((*rules.rules, *more), infos={rule.info.id: rule.info for rule in (*rules.rules, *more)})


class _Reading:
    """What reading cost so far."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self.size = self.candidates = self.lines = 0

    @property
    def rate(self) -> float:
        """MB per CPU-second."""
        return self.size / 1e6 / self.cpu_s

    def add(self, engines: dict[str, Engine], blocks: dict[str, list[Block]]) -> None:
        """Read all blocks, one of each kind after the other."""
        for group in zip(*blocks.values(), strict=True):
            begin = time.process_time()
            results = [engines[kind].run(block, _context(kind)) for kind, block in zip(blocks, group, strict=True)]
            self.cpu_s += time.process_time() - begin
            self.size += sum(len(block.data) for block in group)
            self.candidates += sum(result.counters.candidates for result in results)
            self.lines += sum(result.counters.lines for result in results)


def _context(kind: str) -> Context:
    return Context(kind, TYPES.get(kind, kind), ZoneInfo("Asia/Ho_Chi_Minh"), int(BEGIN.timestamp()) * 10**9)


def _blocks(kind: str, line: Callable[[random.Random, int], str]) -> Iterator[Block]:
    rng, number, offset = random.Random(kind), 0, 0
    for _ in range(BLOCKS_OF_KIND):
        lines: list[str] = []
        size = 0
        while size < BLOCK_BYTES:
            lines.append(line(rng, number))
            size += len(lines[-1])
            number += 1
        data = "".join(lines).encode()
        yield Block(kind, kind, kind, TYPES.get(kind, kind), data, offset, number - len(lines) + 1)
        offset += len(data)


def _stamp(number: int) -> str:
    return (BEGIN + timedelta(milliseconds=number * 150)).strftime("%b %e %H:%M:%S")


def _syslog(rng: random.Random, number: int) -> str:
    text = rng.choice(
        (
            f"systemd[1]: Started Session {number} of user deploy.",
            "systemd[1]: Finished Daily man-db regeneration.",
            f"kernel: [{number}.{rng.randrange(10**6):06}] eth0: link up, 1000 Mbps, full duplex",
            f"dhclient[{rng.randrange(900, 1200)}]: DHCPACK of 192.0.2.{rng.randrange(2, 250)} from 192.0.2.1",
            f"postfix/smtpd[{rng.randrange(1000, 60000)}]: disconnect from mail.example.vn[192.0.2.7]",
            f"chronyd[611]: Selected source 192.0.2.{rng.randrange(2, 9)} (ntp.example.vn)",
            f'dockerd[899]: level=info msg="Layer sha256:{rng.getrandbits(128):032x} cleaned up"',
            f'rsyslogd: [origin software="rsyslogd" x-pid="{rng.randrange(9000)}"] rsyslogd was HUPed',
        )
    )
    return f"{_stamp(number)} may-chu-{rng.randrange(20):02d} {text}\n"


def _auth(rng: random.Random, number: int) -> str:
    pid = rng.randrange(1000, 60000)
    text = rng.choice(
        (
            f"CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
            f"CRON[{pid}]: pam_unix(cron:session): session closed for user root",
            f"systemd-logind[612]: New session {number} of user deploy.",
            f"systemd-logind[612]: Removed session {number}.",
            f"sshd[{pid}]: pam_unix(sshd:session): session closed for user deploy",
            f"sshd[{pid}]: Received disconnect from 192.0.2.{pid % 200 + 1} port {pid}:11: disconnected by user",
        )
    )
    return f"{_stamp(number)} may-chu-{rng.randrange(20):02d} {text}\n"


def _access(rng: random.Random, number: int) -> str:
    stamp = (BEGIN + timedelta(milliseconds=number * 60)).strftime("%d/%b/%Y:%H:%M:%S +0700")
    status = rng.choice((200, 200, 200, 200, 304, 206))
    target = f"{rng.choice(PAGES)}?trang={rng.randrange(500)}&n={number}"
    referer = rng.choice(("-", f"https://www.example.vn{rng.choice(PAGES)}"))
    client = f"192.0.2.{rng.randrange(1, 250)}"
    return (
        f'{client} - - [{stamp}] "GET {target} HTTP/1.1" {status} {rng.randrange(200, 90000)} "{referer}" "{AGENT}"\n'
    )


def _app(rng: random.Random, number: int) -> str:
    stamp = (BEGIN + timedelta(milliseconds=number * 40)).isoformat(timespec="milliseconds")
    service, path = rng.choice(("ho-so", "thanh-toan", "tra-cuu")), rng.choice(PAGES)
    return (
        f'{{"time":"{stamp}","level":"info","service":"{service}","trace_id":"{rng.getrandbits(128):032x}",'
        f'"message":"request done","method":"GET","path":"{path}","status":200,"duration_ms":{rng.randrange(3, 900)},'
        f'"user_id":{rng.randrange(10**6)}}}\n'
    )


KINDS: dict[str, Callable[[random.Random, int], str]] = {
    "syslog": _syslog,
    "auth": _auth,
    "access": _access,
    "json": _app,
}
TYPES = {"auth": "syslog"}
"""Kinds whose lines have a type of another name."""
