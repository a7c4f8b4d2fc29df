"""Remote procedures: bound, called, split, in both orders of bytes, and broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.rpc import Call, RpcCalls, is_rpc
from tests.collectors.packets.craft_windows import rpc_bind, rpc_request

SVCCTL, EFS = "367abb81-9844-35f1-ad32-98f038001003", "c681d488-d850-11d0-8c52-00c04fd90f7e"


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_call_has_the_name_of_its_interface(order: str) -> None:
    calls = RpcCalls()
    assert calls.read(rpc_bind(SVCCTL, order=order)) == []
    assert calls.read(rpc_request(12, stub=bytes(60), order=order)) == [Call("svcctl", "CreateServiceW")]
    assert calls.read(rpc_request(12, order=order)) == []


def test_several_messages_and_contexts_at_once() -> None:
    calls = RpcCalls()
    said = (
        rpc_bind(SVCCTL, 0) + rpc_bind(EFS, 1, kind=14) + rpc_request(0, 1) + rpc_request(19, 0) + rpc_request(999, 0)
    )
    assert calls.read(said) == [
        Call("efsrpc", "EfsRpcOpenFileRaw"),
        Call("svcctl", "StartServiceW"),
        Call("svcctl", "unknown-999"),
    ]


def test_what_was_not_bound_is_not_guessed() -> None:
    assert RpcCalls().read(rpc_request(12)) == []
    calls = RpcCalls()
    calls.read(rpc_bind("00000000-0000-0000-0000-00000000000a"))
    assert calls.read(rpc_request(3)) == [Call("unknown-00000000-0000-0000-0000-00000000000a", "unknown-3")]


def test_what_is_told_is_bounded() -> None:
    calls = RpcCalls()
    calls.read(rpc_bind(SVCCTL))
    assert sum(len(calls.read(rpc_request(number))) for number in range(1000)) == 256


@given(st.binary(max_size=80), st.sampled_from([0, 2, 11, 12, 14]), st.integers(0, 70))
def test_broken_ones_break_nothing(junk: bytes, kind: int, cut: int) -> None:
    calls = RpcCalls()
    for data in (
        rpc_bind(SVCCTL)[:cut] + junk,
        rpc_request(1)[:cut] + junk,
        bytes((5, 0, kind, 3, 16, 0, 0, 0)) + junk,
    ):
        calls.read(data)
        is_rpc(data)
