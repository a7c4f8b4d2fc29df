"""Databases, hypervisors, name servers, shares, directories, brokers and clusters at work raise no alert above low."""

import pytest

from bench.noise import ordinary_hour
from bench.ordinary_platforms import platform_logs
from bench.ordinary_services import service_logs
from soc_agent.model import Level
from tests import product
from tests.rules.test_ordinary_day import above_low, rules


@pytest.mark.parametrize("seed", range(1, 3))
def test_an_ordinary_hour_of_services_raises_nothing_above_low(seed: int) -> None:
    heard = ordinary_hour(rules(), product.decoders(), seed, service_logs)
    assert heard.lines > 10_000
    assert above_low(heard) == set()
    assert len(heard.alerts) * 1000 <= heard.lines, "low alerts are read, too"


@pytest.mark.parametrize("seed", range(1, 3))
def test_an_ordinary_hour_of_platforms_raises_nothing_above_low(seed: int) -> None:
    heard = ordinary_hour(rules(), product.decoders(), seed, platform_logs)
    assert heard.lines > 10_000
    assert above_low(heard) == set()
    read = [alert for alert in heard.alerts if alert.level > Level.INFORMATIONAL]
    assert len(read) * 1000 <= heard.lines, "low alerts are read, too; who signed in is only kept"
