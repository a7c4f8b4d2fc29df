import msgspec
from msgspec import Struct

from collectors.made import made_block
from soc_agent.model import Block


class State(Struct):
    offset: int = 0
    lines: int = 0
    more: str = "x"


def test_blocks_of_a_stream_go_on_where_the_last_one_ended_and_carry_the_state() -> None:
    state = State()

    def block(*lines: bytes) -> Block:
        return made_block(state, list(lines), source="s", stream="page", stream_id="id", kind="portal", received_ns=5)

    first, second = block(b"one\n", b"two\n"), block(b"three\n")
    assert (first.data, first.offset, first.first_line) == (b"one\ntwo\n", 0, 1)
    assert (second.data, second.offset, second.first_line) == (b"three\n", 8, 3)
    assert second.position is not None
    assert msgspec.json.decode(second.position.state, type=State) == State(14, 3)
