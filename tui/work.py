"""Work beside the screen: coroutines that run while keys go on being heard."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, cast

from textual.dom import DOMNode


def start(
    node: DOMNode,
    work: Callable[..., Coroutine[Any, Any, None]],
    *arguments: Any,
    group: str = "default",
    exclusive: bool = False,
) -> None:
    """Run ``work`` with ``arguments`` as a worker of a node; ``exclusive``: what the group did before is ended.

    The coroutine is made when the worker runs, not before: one that is ended before it began would leave a coroutine
    behind that nobody awaits.
    """
    node.run_worker(cast("Any", partial(work, *arguments)), group=group, exclusive=exclusive)
