"""Blocks matched in several processes."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.decode import Context
from soc_agent.detect import Engine, RuleSet
from soc_agent.detect.workers import Workers, workers_of
from soc_agent.errors import SourceError, describe
from soc_agent.model import Block
from tests import product
from tests.detect.load.test_assemble import correlation
from tests.detect.making import block_of, context_of, rules_of
from tests.detect.test_engine import EVIL

DECODERS = product.decoders()


@pytest.fixture
def rules(tmp_path: Path) -> RuleSet:
    return rules_of(tmp_path, a=EVIL, b=correlation("[base]"))


def work(blocks: int, lines: int = 3) -> Iterator[tuple[Block, Context]]:
    """Blocks of one stream; the windows of the correlation span several of them."""
    offset = 0
    for number in range(blocks):
        data = b"".join(
            b"Nov 20 08:%02d:%02d web01 app[7]: evil %d\n" % (number // 60, number % 60, line) for line in range(lines)
        )
        yield block_of(data, "syslog", offset=offset, first_line=number * lines + 1), context_of("syslog")
        offset += len(data)


@pytest.mark.parametrize("count", [1, 3])
def test_the_same_comes_of_it_in_the_same_order(rules: RuleSet, count: int) -> None:
    alone, caller = Engine(rules, DECODERS), Engine(rules, DECODERS)
    expected = [alone.run(block, context) for block, context in work(50)]
    with Workers(Engine(rules, DECODERS), count) as workers:
        found = [caller.conclude(matches) for matches in workers.match(work(50))]
    assert found == expected
    assert sum(len(result.detections) for result in found) > 100


def test_large_blocks_and_large_results_do_not_wait_for_each_other(rules: RuleSet) -> None:
    """Neither fits into a pipe: a side that sends before it has read would stop the other one."""
    with Workers(Engine(rules, DECODERS), 2) as workers:
        found = [len(matches.matches) for matches in workers.match(work(20, lines=5_000))]
    assert found == [5_000] * 20


def test_nothing_to_do(rules: RuleSet) -> None:
    with Workers(Engine(rules, DECODERS), 2) as workers:
        assert list(workers.match([])) == []


def test_a_worker_that_dies_is_told(rules: RuleSet) -> None:
    with Workers(Engine(rules, DECODERS), 2) as workers:
        found = workers.match(work(1_000))
        next(found)
        for worker in workers._workers:
            assert worker.process.pid is not None
            os.kill(worker.process.pid, signal.SIGKILL)
        with pytest.raises(SourceError) as caught:
            list(found)
    assert caught.value.problem.code == "workers.died"
    assert "--workers 1" in describe(caught.value.problem)


def test_an_interrupt_is_for_the_caller_alone(rules: RuleSet) -> None:
    with Workers(Engine(rules, DECODERS), 2) as workers:
        found = workers.match(work(100))
        next(found)
        for worker in workers._workers:
            assert worker.process.pid is not None
            os.kill(worker.process.pid, signal.SIGINT)
        assert len(list(found)) == 99


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_no_worker_is_left_behind(rules: RuleSet, error: type[BaseException] | None) -> None:
    workers = Workers(Engine(rules, DECODERS), 2)
    try:
        with workers:
            next(workers.match(work(1_000)))
            if error:
                raise error
    except KeyboardInterrupt:
        pass
    assert not any(worker.process.is_alive() for worker in workers._workers)


def test_how_many() -> None:
    assert workers_of(3) == 3
    assert workers_of(0) == len(os.sched_getaffinity(0))
