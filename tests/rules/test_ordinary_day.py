"""What nobody attacks is quiet: an ordinary hour of a data centre, mistypes and crawlers included, is low at most."""

from functools import cache

import pytest

from bench.noise import Heard, ordinary_hour, ordinary_packets, windows_events
from bench.ordinary_mail import mail_logs
from bench.ordinary_windows import windows_logs
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model import Level
from tests import product


@cache
def rules() -> RuleSet:
    return product.rules()


def above_low(heard: Heard) -> set[tuple[str, str]]:
    return {
        (alert.detection.rule.title, alert.detection.raw.decode("utf-8", "replace"))
        for alert in heard.alerts
        if alert.level > Level.LOW
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_an_ordinary_hour_of_logs_raises_nothing_above_low(seed: int) -> None:
    heard = ordinary_hour(rules(), product.decoders(), seed)
    assert heard.lines > 10_000
    assert above_low(heard) == set()
    assert len(heard.alerts) * 1000 <= heard.lines, "low alerts are read, too"


@pytest.mark.parametrize("seed", [1])
def test_an_ordinary_hour_of_mail_raises_nothing_above_low(seed: int) -> None:
    heard = ordinary_hour(rules(), product.decoders(), seed, mail_logs)
    assert heard.lines > 10_000
    assert above_low(heard) == set()
    assert len(heard.alerts) * 1000 <= heard.lines, "low alerts are read, too"


def test_an_ordinary_hour_of_traffic_raises_nothing_above_low() -> None:
    heard = ordinary_packets(rules(), product.decoders())
    assert heard.lines > 50_000
    assert above_low(heard) == set()
    assert len(heard.alerts) * 1000 <= heard.lines, "low alerts are read, too"


@pytest.mark.parametrize("seed", [1])
def test_an_ordinary_hour_of_a_windows_domain_raises_nothing_above_low(seed: int) -> None:
    heard = ordinary_hour(rules(), product.decoders(), seed, windows_logs)
    assert heard.lines > 10_000
    assert above_low(heard) == set()


def test_ordinary_windows_events_raise_nothing_above_low() -> None:
    assert above_low(windows_events(rules(), product.decoders())) == set()
