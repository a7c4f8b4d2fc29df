"""The dossier: all of it, in both languages, at any width, with what the rule saw set apart."""

from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from soc_agent.model import Clause
from soc_agent.store import Store
from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.hostile import EVERYTHING, HOSTILE, commands
from tests.tui.stage import BRUTE, INJECTION, NOW
from tui import times
from tui.dossier import Dossier, dossier_lines
from tui.outside import Line
from tui.paper import width_of
from tui.screens.detail import dossier

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def plain(rows: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in row) for row in rows)


def dossier_of(store: Store, rule_id: str) -> Dossier:
    alert = next(alert for alert in store.alerts(store.alert_ids()) if alert.rule_id == rule_id)
    found = dossier(store, alert.id)
    assert found is not None
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 78, 118, 198])
def test_it_has_everything_and_fits(store: Store, language: str, width: int) -> None:
    use_language(language)
    rows = dossier_lines(dossier_of(store, BRUTE.id), width, NOW, ZONE)
    text = plain(rows)
    assert all(width_of(row) <= width for row in rows)
    for part in ("first", "what", "line", "why", "entities", "fields", "rule", "history"):
        assert say(f"tui.detail.{part}") in text
    title = BRUTE.title_vi if language == "vi" else BRUTE.title
    unbroken = "".join(text.split())
    for found in (title, "T1110.001", "203.0.113.9", ">= 10"):
        assert "".join(found.split()) in unbroken


def test_what_to_do_comes_before_all_else(store: Store) -> None:
    text = plain(dossier_lines(dossier_of(store, BRUTE.id), 100, NOW, ZONE))
    order = [text.index(say(f"tui.detail.{part}")) for part in ("first", "what", "line", "why", "fields")]
    assert order == sorted(order)


def test_what_the_rule_saw_is_set_apart_in_the_line(store: Store) -> None:
    rows = dossier_lines(dossier_of(store, INJECTION.id), 200, NOW, ZONE)
    line = next(row for row in rows if "HTTP/1.1" in plain([row]))
    assert [text for text, role in line if role == "matched"] == ["UNION+SELECT", "sqlmap/1.8"]


def test_clauses_that_did_not_match_are_told_apart(store: Store) -> None:
    found = dossier_of(store, INJECTION.id)
    clause = Clause("filter: cs-user-agent|contains", "Nagios", "cs-user-agent", "sqlmap/1.8", matched=False)
    why = (*found.alert.why, clause)
    rows = dossier_lines(replace(found, alert=replace(found.alert, why=why)), 120, NOW, ZONE)
    assert "✗ filter: cs-user-agent|contains  Nagios" in plain(rows)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 78, 198])
def test_what_is_known_of_host_and_addresses_is_shown(store: Store, language: str, width: int) -> None:
    use_language(language)
    found = dossier_of(store, BRUTE.id)
    context = {
        "host": {"name": "db-01", "asset": "db-01", "system": "cong-tttdt", "system_level": 4, "owner": "Sở TTTT"},
        "src_ip": [{"address": "203.0.113.9", "internal": False, "country": "VN", "asn": 7552, "as_org": "Viettel"}],
        "system_level": 4,
    }
    assert say("enrich.context.title") not in plain(dossier_lines(found, width, NOW, ZONE))
    rows = dossier_lines(replace(found, alert=replace(found.alert, context=context)), width, NOW, ZONE)
    assert all(width_of(row) <= width for row in rows)
    unbroken = "".join(plain(rows).split())
    for shown in (say("enrich.context.title"), "cong-tttdt", say("enrich.context.system_level", level=4), "AS7552"):
        assert "".join(shown.split()) in unbroken


def test_a_rule_that_is_gone_leaves_the_rest(store: Store) -> None:
    found = replace(dossier_of(store, BRUTE.id), rule=None)
    text = plain(dossier_lines(found, 100, NOW, ZONE))
    assert say("tui.detail.first") not in text
    assert say("tui.detail.line") in text


def test_a_long_line_is_cut_and_says_so(store: Store) -> None:
    found = dossier_of(store, BRUTE.id)
    rows = dossier_lines(replace(found, alert=replace(found.alert, raw=HOSTILE["long"])), 100, NOW, ZONE)
    assert len(rows) < 200
    assert say("tui.detail.cut", size="200.0 kB") in plain(rows)


def test_a_hostile_alert_is_text_throughout(store: Store) -> None:
    text = EVERYTHING.decode("utf-8", "replace")
    found = dossier_of(store, BRUTE.id)
    alert = replace(
        found.alert, raw=EVERYTHING, title=text, host=text, owner=text, stream=text, source=text, rule_id=text,
        tags=(f"attack.{text}",), fields={text: text, "list": [text]}, entities={"src_ip": (text, text), text: (text,)},
        why=(Clause(text, text, text, text),),
        context={"host": {"name": text, "asset": text, "owner": text, "system": text},
                 "src_ip": [{"address": text, "as_org": text, "asn": text, "country": text, "network": text}]},
    )  # fmt: skip
    rule = replace(
        BRUTE, description=text, response=text, level_reason=text, author=text,
        false_positives=(text,), references=(text,)
    )  # fmt: skip
    for width in (40, 120):
        rows = dossier_lines(replace(found, alert=alert, rule=rule), width, NOW, ZONE)
        assert commands(plain(rows)) == []
        assert [plain([row]) for row in rows if width_of(row) > width] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_suppressed_is_counted_where_the_alert_stands(store: Store, language: str) -> None:
    use_language(language)
    key = dossier_of(store, BRUTE.id).alert.id
    store.suppress([key], 8 * 3600, f"ours {EVERYTHING.decode('utf-8', 'replace')}", "lan.nt")
    rows = dossier_lines(dossier_of(store, BRUTE.id), 100, NOW, ZONE)
    since, until = (times.moment(each, ZONE) for each in _span(store, key))
    text = " ".join(plain(rows).split())
    assert say("tui.detail.suppressed", count=0, since=since, until=until) in text
    assert "ours" in text
    assert not commands(text)
    store.lift([key], "", "lan.nt")
    assert dossier_of(store, BRUTE.id).suppressions == ()


def _span(store: Store, key: int) -> tuple[int, int]:
    (found,) = store.suppressions(alert_id=key)
    return found.since_ns, found.until_ns


def test_what_a_correlation_counted_and_grouped_by_stands_once_and_lights_up_nothing(store: Store) -> None:
    found = dossier_of(store, BRUTE.id)
    why = (Clause("event_count: gte 10", "gte 10", "", "10"), Clause("group-by", "src_ip", "src_ip", "203.0.113.9"))
    raw = b"src_ip=203.0.113.9 pid=1010"
    rows = dossier_lines(replace(found, alert=replace(found.alert, why=why, raw=raw)), 100, NOW, ZONE)
    text = plain(rows)
    assert "✓ event_count: gte 10 = 10\n" in text
    assert "✓ group-by  src_ip = 203.0.113.9\n" in text
    line = next(row for row in rows if "pid=1010" in plain([row]))
    assert [text for text, role in line if role == "matched"] == ["203.0.113.9"]


def test_a_list_is_shown_as_its_parts(store: Store) -> None:
    found = dossier_of(store, BRUTE.id)
    listed = replace(
        found, alert=replace(found.alert, fields={"tags": ["a.b", 7, "c"], "nothing": [], "no": None, "ok": False})
    )
    text = plain(dossier_lines(listed, 100, NOW, ZONE))
    assert "a.b, 7, c" in text
    assert "None" not in text
    assert "false" in text
    assert "[" not in text.split(say("tui.detail.fields"))[1].split(say("tui.detail.rule"))[0]
