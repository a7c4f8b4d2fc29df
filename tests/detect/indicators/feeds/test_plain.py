"""Plain lists."""

from pathlib import Path

from tests.detect.indicators.making import faults, indicators_of

LIST = """\
# A list of Province X
; another comment
203.0.113.9  # seen at night
198.51.100.0/24 ; SBL1
0.0.0.0 hosts-evil.org
127.0.0.1 localhost
255.255.255.255 broadcasthost
"quoted.evil.com",

# TLP: red
# source: NCSC
#expires: 2027-06-30
# level = critical
# confidence: 90
https://evil.com/#frag
# tlp: purple
evil.org
nonsense here
"""


def test_a_list_is_read_with_what_its_comments_say(tmp_path: Path) -> None:
    listed = indicators_of(tmp_path, LIST, "province.txt")
    entries = {entry.value: entry for entry in listed.table}
    assert set(entries) == {
        "203.0.113.9",
        "198.51.100.0/24",
        "hosts-evil.org",
        "quoted.evil.com",
        "https://evil.com/",
        "evil.org",
    }
    first, later = entries["203.0.113.9"], entries["evil.org"]
    assert (first.meta.source, first.meta.tlp, first.expires_s) == ("province", "amber", 0)
    assert (later.meta.source, later.meta.tlp, later.meta.level, later.meta.confidence) == (
        "NCSC",
        "red",
        "critical",
        90,
    )
    assert later.expires_s == 1_814_400_000
    assert faults(listed) == ["7: not_a_domain", "16: bad_tlp", "18: not_a_domain"]
