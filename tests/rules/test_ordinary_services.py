"""Databases, hypervisors, name servers, shares and antivirus at work raise no alert above low."""

import pytest

from bench.noise import ordinary_hour
from bench.ordinary_services import service_logs
from tests import product
from tests.rules.test_ordinary_day import above_low, rules


@pytest.mark.parametrize("seed", range(1, 3))
def test_an_ordinary_hour_of_services_raises_nothing_above_low(seed: int) -> None:
    heard = ordinary_hour(rules(), product.decoders(), seed, service_logs)
    assert heard.lines > 10_000
    assert above_low(heard) == set()
    assert len(heard.alerts) * 1000 <= heard.lines, "low alerts are read, too"
