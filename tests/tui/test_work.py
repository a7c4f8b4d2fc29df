"""Work beside the screen: ended before it began, it leaves nothing behind."""

import asyncio
import warnings

from tests.tui.small import Small
from tests.tui.waiting import until
from tui.work import start


async def test_arguments_arrive_and_only_the_last_of_a_group_goes_on() -> None:
    app = Small()
    seen: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        seen.append(number)

    async with app.run_test() as pilot:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for number in range(20):
                start(app, work, number, group="one", exclusive=True)
            await until(pilot, lambda: seen)
    assert seen == [19]


async def test_a_cancelled_worker_never_made_its_coroutine() -> None:
    app = Small()
    made: list[int] = []

    def work() -> object:
        made.append(1)
        return asyncio.sleep(0)

    async with app.run_test() as pilot:
        start(app, work)  # type: ignore[arg-type]
        app.workers.cancel_all()
        await pilot.pause()
    assert made == []
