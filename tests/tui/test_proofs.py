"""How sources prove that they work: every configured one, and no other; aligned, and with what to do."""

import pytest
from msgspec.structs import replace

from soc_agent.config import Config, FileSource, PacketSource
from soc_agent.layers import configured
from soc_agent.model import Counters
from soc_agent.store import CanaryResult, SourceLedger
from soc_agent.text import LANGUAGES, say, use_language
from tests.tui.hostile import HOSTILE, commands
from tests.tui.stage import MINUTE, NOW
from tui.outside import Line
from tui.paper import width_of
from tui.proofs import kinds, own_last, proof_lines

CONFIG = Config(
    sources=(FileSource(name="auth", paths=("/var/log/auth.log",)), PacketSource(name="dmz", interface="eth1"))
)
AUTH = SourceLedger("auth", Counters(), Counters())
OWN = SourceLedger("agent", Counters(lines=5), Counters())


def text_of(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_only_what_is_configured_counts_and_all_of_it() -> None:
    assert kinds(CONFIG) == {"auth": "file", "dmz": "packets"}
    assert [ledger.source for ledger in configured([OWN, AUTH], CONFIG)] == ["auth", "dmz"]
    text = text_of(proof_lines([OWN, AUTH], {}, CONFIG, NOW, 118))
    assert "agent" not in text
    assert text.count(say("proofs.none_yet")) == 2
    assert proof_lines([OWN], {}, Config(), NOW, 80) == []


@pytest.mark.parametrize(
    ("result", "stage"),
    [
        (CanaryResult("auth", "file", NOW, problem="no room"), "send"),
        (CanaryResult("auth", "file", NOW), "read"),
        (CanaryResult("auth", "file", NOW, NOW), "detect"),
        (CanaryResult("auth", "file", NOW, NOW, NOW), "store"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lost_canary_names_its_stage_and_what_to_do(result: CanaryResult, stage: str, language: str) -> None:
    use_language(language)
    rows = proof_lines([AUTH], {"auth": result}, CONFIG, NOW + MINUTE, 118)
    text = text_of(rows)
    assert say("proofs.lost", stage=say(f"canary.stage_{stage}"), ago="1m00s") in text
    assert say(f"proofs.advice.{stage}")[:30] in text
    assert result.problem in text


def test_what_calls_for_attention() -> None:
    for ledger, marked in (
        (AUTH, []),
        (replace(AUTH, lag_bytes=3_000_000, lag_s=2.0), []),
        (replace(AUTH, lag_bytes=30_000_000), ["30.0 MB"]),
        (replace(AUTH, lag_s=90.0), ["1m30s"]),
        (replace(AUTH, failures=3), ["3"]),
    ):
        rows = proof_lines([ledger], {}, CONFIG, NOW, 118)
        assert [text.strip() for row in rows for text, role in row if role == "attention"] == marked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 78, 118, 198])
def test_it_fits_whatever_stands_there(language: str, width: int) -> None:
    use_language(language)
    for data in HOSTILE.values():
        word = data.decode("utf-8", "replace")
        sick = replace(AUTH, lag_bytes=10**15, lag_s=10.0**9, failures=10**6)
        results = {
            "auth": CanaryResult("auth", word, 1, problem=word),
            "dmz": CanaryResult("dmz", word, 0, problem=word),
        }
        rows = proof_lines([sick], results, CONFIG, NOW, width)
        assert commands(text_of(rows).replace("\n", "")) == []
        assert all(width_of(row) <= width for row in rows)


def test_the_agents_own_sources_stand_below_those_that_are_configured() -> None:
    dmz = replace(AUTH, source="dmz")
    assert [ledger.source for ledger in own_last([OWN, AUTH, dmz], CONFIG)] == ["auth", "dmz", "agent"]
