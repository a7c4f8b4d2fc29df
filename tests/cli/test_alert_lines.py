"""The lines of stored alerts as events again."""

import gzip
from pathlib import Path

from soc_agent.cli.alert_lines import CaseReader, context_of, rules_behind
from soc_agent.config import Config, parse_config
from soc_agent.detect import load_rules
from soc_agent.detect.tune.propose import Verdict
from soc_agent.model import Status
from soc_agent.store import Evidence, Store
from tests import product
from tests.store.making import detection, put

CONFIG = b"""
sources:
- {kind: file, name: auth, paths: [a.log], type: syslog, timezone: Asia/Tokyo, host: web01}
- {kind: file, name: any, paths: [b.log]}
- {kind: packets, name: lan, paths: [c.pcap]}
- {kind: watch, name: www, paths: [www]}
"""
RULES = """
title: Base
id: 00000000-0000-4000-8000-00000000000a
name: base
logsource: {product: linux}
detection: {s: {user: root}, condition: s}
---
title: Many
id: 00000000-0000-4000-8000-00000000000b
name: many
correlation: {type: event_count, rules: [base], group-by: [user], timespan: 1h, condition: {gte: 3}}
---
title: Chain
id: 00000000-0000-4000-8000-00000000000c
correlation: {type: event_count, rules: [many], group-by: [user], timespan: 1h, condition: {gte: 3}}
"""


def test_a_line_is_read_as_its_source_is_configured() -> None:
    config = parse_config(CONFIG)
    auth = context_of(config, "auth", b"", 7)
    assert (auth.type, str(auth.timezone), auth.host, auth.received_ns) == ("syslog", "Asia/Tokyo", "web01", 7)
    assert context_of(config, "any", b'{"a": 1}', 0).type == "json"
    assert context_of(config, "lan", b"", 0).type == "zeek"
    assert context_of(config, "www", b"", 0).type == "yara"
    assert context_of(config, "gone", b'{"a": 1}', 0).type == "json"


def test_behind_a_correlation_are_the_rules_that_a_filter_can_change(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RULES)
    rules = load_rules([tmp_path])
    for letter in "abc":
        found = rules_behind(rules, f"00000000-0000-4000-8000-00000000000{letter}")
        assert [rule.info.title for rule in found] == ["Base"]
    assert rules_behind(rules, "nothing") == []


def test_only_lines_that_the_rule_finds_belong_to_a_case(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RULES)
    reader = CaseReader(load_rules([tmp_path]).rules, Config(), tmp_path)
    lines = [
        b"Nov 20 10:00:00 host sshd[1]: Failed password for root from 192.0.2.1 port 1 ssh2",
        b"Nov 20 10:00:00 host sshd[1]: Failed password for minh from 192.0.2.1 port 1 ssh2",
        b"\xff\x00 nothing",
    ]
    with Store.open(tmp_path / "soc.db") as store:
        put(store, detection(0))
        (alert,) = store.alerts(store.alert_ids())
        case = reader.case(alert, [Evidence(0, "auth", "a", 1, line) for line in lines], ())
        assert [event.fields["user"] for event in case.events] == ["root"]
        assert case.verdict is Verdict.OPEN
        for act, status, verdict in (
            (store.acknowledge, Status.ACKNOWLEDGED, Verdict.TRUE),
            (lambda ids, actor: store.close_alerts(ids, "done", actor), Status.CLOSED, Verdict.TRUE),
            (lambda ids, actor: store.mark_false_positive(ids, "x", actor), Status.FALSE_POSITIVE, Verdict.OPEN),
        ):
            act([alert.id], "lan.nt")
            (now,) = store.alerts([alert.id])
            assert now.status is status
            assert reader.case(now, [], ()).verdict is verdict
            assert reader.case(now, [], {alert.id}).verdict is Verdict.FALSE


COLUMNS = (
    b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    b"#fields\tts\tid.orig_h\tquery\n#types\ttime\taddr\tstring\n"
)


def test_columns_are_named_by_the_header_of_the_file_that_they_stand_in(tmp_path: Path) -> None:
    """Also in the file that came after it was rotated, and in one that was compressed."""
    config = parse_config(
        b"sources: [{kind: file, name: any, paths: [b.log]}, {kind: file, name: zeek, paths: [d], type: zeek_log}]"
    )
    line = b"1763600000.5\t192.0.2.7\tbad.example"
    (tmp_path / "dns.log").write_bytes(COLUMNS)
    (tmp_path / "dns.log.gz").write_bytes(gzip.compress(COLUMNS + line + b"\n"))
    for source in ("any", "zeek"):
        for name in ("dns.log", "dns.log.gz"):
            context = context_of(config, source, line, 0, str(tmp_path / name))
            event = product.decoders().decode(line, context)
            assert (context.type, event.fields.get("query")) == ("zeek_log", "bad.example")
    assert context_of(config, "any", b'{"a": 1}', 0, str(tmp_path / "gone.log")).type == "json"
    assert context_of(config, "zeek", b'{"a": 1}', 0, str(tmp_path / "conn.log")).header == b"#path\tconn\n"
