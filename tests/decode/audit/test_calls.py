"""System calls have names."""

from soc_agent.decode.audit.calls import START_NUMBERS, STARTS, call_name


def test_a_call_is_named_for_its_machine() -> None:
    assert call_name("c000003e", "59") == "execve"
    assert call_name("40000003", "11") == "execve"
    assert call_name("0xc00000b7", "221") == "execve"
    starts = {"40000028": "387", "c0000015": "362", "80000016": "354", "c00000f3": "221", "c0000102": "281"}
    assert {call_name(arch, number) for arch, number in starts.items()} == {"execve", "execveat"}
    assert call_name("c000003e", "99999999") == call_name("ffff", "59") == call_name("c000003e", "x") == ""


def test_every_number_of_a_start_is_known() -> None:
    names = {
        call_name(arch, number) for arch in ("c000003e", "40000003", "c00000b7", "80000016") for number in START_NUMBERS
    }
    assert names >= STARTS
