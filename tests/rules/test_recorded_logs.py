"""The rules on logs that nobody on this project wrote: attackers are named, the quiet stays quiet."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from soc_agent.cli.rules.scoring import Search
from soc_agent.cli.rules.shared import Chosen
from soc_agent.cli.workspace import rule_folders
from soc_agent.config import Config
from soc_agent.decode import Context, guess_type
from soc_agent.detect.engine import Engine
from soc_agent.detect.ruleset import RuleSet
from soc_agent.detect.score import Score, read_cases, score_of, total_of
from soc_agent.enrich import Enricher
from soc_agent.errors import describe
from soc_agent.model import Block, Detection, Level, Problem
from tests import product

pytestmark = pytest.mark.data

READ_NS = 1_795_226_400_000_000_000
NAMED_PERCENT = 95
"""So many of the recorded attacks are named at least."""
LOUD = {
    "traefik_clf": "scanners that say their names ask for pages",
    "webmin-logs": "six wrong passwords of one account from one address within a minute, twice",
    "charon-ipsec-logs": "one address is refused at a VPN eight times and more within three minutes",
}
"""Cases that name no attacker, and in whose lines there is an attack all the same; and which."""


@cache
def rules() -> RuleSet:
    return product.rules("sigma", "correlation", "filters")


def hunt(path: Path) -> list[Detection]:
    data = path.read_bytes()
    data = data if data.endswith(b"\n") else data + b"\n"
    line_type = guess_type(data[:65_536])
    block = Block(source="hunt", stream=path.name, stream_id=path.name, type=line_type, data=data)
    context = Context("hunt", line_type, ZoneInfo("Asia/Ho_Chi_Minh"), READ_NS)
    return Engine(rules(), product.decoders()).run(block, context).detections


@pytest.fixture(scope="module")
def scores(shared_data: Path) -> list[Score]:
    problems: list[Problem] = []
    search = Search(Chosen(rule_folders()), Enricher.of(Config(), Path()), ZoneInfo("Asia/Ho_Chi_Minh"), problems)
    found = [score_of(case, search.alerts(case)) for case in read_cases(shared_data / "scenarios", problems)]
    assert [describe(problem) for problem in problems] == []
    assert len(found) > 100
    return found


def named(detections: list[Detection]) -> set[str]:
    kinds = ("src_ip", "src_host")
    return {value for detection in detections for kind in kinds for value in detection.entities.get(kind, ())}


def test_every_address_that_guesses_passwords_is_named(shared_data: Path) -> None:
    found = [d for d in hunt(shared_data / "logs" / "OpenSSH_2k.log") if d.rule.level >= Level.MEDIUM]
    # every address with five or more failed passwords in the log
    wanted = {"183.62.140.253", "187.141.143.180", "103.99.0.122", "112.95.230.3", "5.188.10.180",
              "185.190.58.151", "123.235.32.19", "119.4.203.64", "60.2.12.12", "52.80.34.196"}  # fmt: skip
    assert named(found) >= wanted


def test_guessing_is_named_in_the_words_of_an_old_system_too(shared_data: Path) -> None:
    found = [d for d in hunt(shared_data / "logs" / "Linux_2k.log") if "attack.t1110.001" in d.rule.tags]
    assert named(found) >= {"150.183.249.110", "207.243.167.114", "60.30.224.116", "195.129.24.210", "218.188.2.4",
                            "220.117.241.87", "n219076184117.netvigator.com", "zummit.com"}  # fmt: skip


def test_an_error_log_of_an_ordinary_web_server_is_quiet(shared_data: Path) -> None:
    assert hunt(shared_data / "logs" / "Apache_2k.log") == []


def test_nearly_every_recorded_attacker_is_named(scores: list[Score]) -> None:
    """What is missed is printed, so that it can be seen what the rules do not know."""
    missed = {score.case.name: score.missing for score in scores if not score.is_quiet_case and not score.holds}
    assert total_of(scores).percent >= NAMED_PERCENT, missed


def test_cases_without_an_attacker_are_loud_only_where_there_is_an_attack(scores: list[Score]) -> None:
    loud = {score.case.name: score.titles for score in scores if score.is_quiet_case and not score.holds}
    assert loud.keys() == LOUD.keys(), loud
