"""The indicators of all lists as an engine uses them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.indicators.load import load_indicators
from soc_agent.errors import describe
from soc_agent.model import Event
from tests.detect.indicators.making import event_of, hits, indicators_of

LISTED = load_indicators([Path(__file__).with_name("listed.txt")])
ROOT = Path(__file__).resolve().parents[3]


def test_lines_and_hits_agree(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "203.0.113.9\nevil.com")
    block = b"Nov 20 08:14:03 a b: 203.0.113.9\nNov 20 08:14:03 a b: fine\nNov 20 08:14:03 a b: Evil.com"
    starts = listed.lines(block)
    assert starts == [0, 59]
    assert [hit.value for hit in hits(listed, block[59:])] == ["evil.com"]
    assert len(listed) == 2


def test_packets_and_findings_are_lines_like_others(tmp_path: Path) -> None:
    sha256 = "a1" * 32
    listed = indicators_of(tmp_path, f"203.0.113.9\nevil.com\nhttp://bad.org/x\n{sha256}\n2001:db8::5")
    lines = {
        "zeek": (
            '{"_path":"dns","ts":1.5,"id.orig_h":"10.0.0.5","query":"a.evil.com","answers":["192.0.2.1"]}',
            '{"_path":"ssl","ts":1.5,"id.orig_h":"10.0.0.5","id.resp_h":"198.51.100.1","server_name":"EVIL.com"}',
            '{"_path":"http","ts":1.5,"id.orig_h":"10.0.0.5","host":"bad.org","uri":"/x/y","method":"GET"}',
            '{"_path":"conn","ts":1.5,"id.orig_h":"10.0.0.5","id.resp_h":"203.0.113.9","conn_state":"SF"}',
            '{"_path":"conn","ts":1.5,"id.orig_h":"2001:DB8::5","id.resp_h":"2001:db8:1::1","conn_state":"S0"}',
        ),
        "yara": (f'{{"type":"yara","rule":"r","path":"/srv/x.php","sha256":"{sha256.upper()}"}}',),
    }
    found = [hit.value for type_, texts in lines.items() for text in texts for hit in hits(listed, text, type_)]
    assert found == ["evil.com", "evil.com", "http://bad.org/x", "203.0.113.9", "2001:db8::5", sha256]


def test_numpy_is_loaded_only_when_lists_are_used() -> None:
    code = "import sys, soc_agent.detect.indicators; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def test_an_event_of_any_type_may_be_asked(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "203.0.113.9")
    assert [hit.field for hit in listed.hits(event_of("level=warn peer=203.0.113.9", "kv"))] == ["peer"]


def test_a_list_with_many_faults_takes_one_line_of_a_summary(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, "10.0.0.1\n10.0.0.2\n203.0.113.9")
    (problem,) = listed.summary()
    assert problem.code == "indicator.several"
    assert "10.0.0.1" in describe(problem)
    assert [problem.code for problem in indicators_of(tmp_path, "com").summary()] == ["indicator.suffix"]
    assert indicators_of(tmp_path, "evil.com").summary() == []


@given(
    st.dictionaries(
        st.text(max_size=5) | st.sampled_from(["host", "uri", "cs-host", "c-uri", "src_ip", "action"]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(max_size=40),
            st.lists(st.text(max_size=10)),
            st.from_regex(r"(http://)?([a-z0-9%.:/?#@\\[\\]]|evil\\.com|203\\.0\\.113\\.9|\\n){0,12}", fullmatch=True),
        ),
        max_size=5,
    )
)
def test_no_event_is_an_error(fields: dict[str, Any]) -> None:
    """Whatever fields hold, and whatever of a URL is broken."""
    for decoded in (True, False):
        LISTED.hits(Event(b"x", str(fields), "test", (), fields, decoded=decoded))
