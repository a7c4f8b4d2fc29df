import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.errors import FilterError
from soc_agent.model import Layer, Level, RuleInfo, Tier
from soc_agent.store import AlertFilter, Store
from soc_agent.store.conditions import conditions
from soc_agent.store.projection import View
from tests.store.making import SECOND, START, Clock, detection, put

_WEB = RuleInfo(
    "rule-web",
    "SQL injection",
    level=Level.CRITICAL,
    layer=Layer.NATIONAL,
    tier=Tier.APPLICATION,
    title_vi="Chèn câu lệnh SQL",
    tags=("attack.t1190",),
)


@pytest.fixture
def filled(store: Store, clock: Clock) -> Store:
    """Give a store with 1: SSH guessing at web01 by root, acknowledged by Bình; 2: SQL injection at db02."""
    put(store, detection(0, count=7))
    put(
        store,
        detection(
            60,
            rule=_WEB,
            source="web",
            host="DB02.tinh.vn",
            stream="/var/log/nginx/access.log",
            raw="GET /?id=1%27 100% a_b c\\d Đường dẫn".encode(),
            entities={"src_ip": ("2001:db8::1",), "url": ("/index.php",), "user": ("Nguyễn",)},
        ),
    )
    store.assign([1], "Bình", "An")
    store.acknowledge([1], "An")
    clock.pass_s(120)
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [1, 2]),
        ("level=high", [1]),
        ("level>high", [2]),
        ("level<=high", [1]),
        ("level=low,critical", [2]),
        ("layer=2", [1]),
        ("layer!=2", [2]),
        ("tier=application", [2]),
        ("status=new", [2]),
        ("status=open", [1, 2]),
        ("status=any", [1, 2]),
        ("-status=open", []),
        ("status=closed,acknowledged", [1]),
        ("count>=7", [1]),
        ("count<7", [2]),
        ("count=1", [2]),
        ("host=web01", [1]),
        ("host=WEB01", [1]),
        ("host=db02.tinh.vn", [2]),
        ("host=db02*", [2]),
        ("host=*.vn", [2]),
        ("host=*", [1, 2]),
        ("host=db02", []),
        ("-host=web01", [2]),
        ("host=web01,db02*", [1, 2]),
        ("source=auth", [1]),
        ("source=w*", [2]),
        ("rule=rule-web", [2]),
        ("rule=inject", [2]),
        ('rule="do mat khau"', [1]),
        ("rule=SSH*guess", [1]),
        ("tag=t1110", [1]),
        ("tag=T1110.001", [1]),
        ("tag=attack.t1110", [1]),
        ("tag=t111", []),
        ("tag=t11*", [1, 2]),
        ("owner=binh", [1]),
        ("owner=none", [2]),
        ("owner!=none", [1]),
        ("owner=b*", [1]),
        ("id=2", [2]),
        ("id=1,2", [1, 2]),
        ("id=99", []),
        ("id=zz", []),
        ("user=ROOT", [1]),
        ("user=nguyen", [2]),
        ("user=*", [1, 2]),
        ("url=/index*", [2]),
        ("src_ip=203.0.113.9", [1]),
        ("src_ip=203.0.*", [1]),
        ("src_ip=203.0.113.0/24", [1]),
        ("ip=2001:db8::/32", [2]),
        ("dst_ip=203.0.113.9", []),
        ("mac=*", []),
        ("since=90s", [2]),
        ("until=90s", [1]),
        ("since=1h", [1, 2]),
        ("failed", [1]),
        ("FAILED password", [1]),
        ('"failed root"', []),
        ("-failed", [2]),
        ("duong", [2]),
        ("đường", [2]),
        ("100%", [2]),
        ("a_b", [2]),
        ("axb", []),
        ("c\\d", [2]),
        ("chen", [2]),
        ("nginx", [2]),
        ("host=' OR 1=1 --", []),
        ("user=%", []),
        ("user=roo_", []),
        ("user=*%*", []),
        ("user=*_oot", []),
        ("user=*\\*", []),
        ("rule=%", []),
        ("rule=_", []),
        ("level>=high status=open -owner=none failed", [1]),
    ],
)
def test_a_filter_finds(filled: Store, text: str, found: list[int]) -> None:
    assert sorted(filled.alert_ids(AlertFilter.parse(text))) == found
    assert sorted(filled.alert_ids(AlertFilter.parse(text), at_ns=START + 120 * SECOND)) == found


def test_alerts_are_found_by_the_first_digits_of_their_uid(filled: Store) -> None:
    uid = detection(60).uid.hex()
    assert list(filled.alert_ids(AlertFilter.parse(f"id={uid[:8]}"))) == [2]


@given(st.sampled_from(["host=", "ip=", "rule=", "tag=", "owner=", "source=", "id=", ""]), st.text(max_size=30))
def test_no_value_reaches_the_text_of_the_sql(key: str, value: str) -> None:
    try:
        wanted = AlertFilter.parse(f'{key}"zq{value}"')
    except FilterError:
        return
    sql, values = conditions(wanted, View("alerts a", "1", {}, 0))
    assert "zq" not in sql
    assert any("zq" in str(given) for given in values.values()) or key == "id="


def test_an_open_list_reads_only_open_alerts(store: Store) -> None:
    put(store, detection())
    sql, values = conditions(AlertFilter.parse("status=open"), View("alerts a", "1", {}, 0))
    with store._connections.reading() as conn:
        plan = conn.execute(f"EXPLAIN QUERY PLAN SELECT a.id FROM alerts a WHERE {sql} ORDER BY a.last_ns DESC", values)
        (step,) = [row[3] for row in plan]
    assert "COVERING INDEX alerts_open" in step
