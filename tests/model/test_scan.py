"""What a scanner says of a file."""

from soc_agent.model import Scan


def test_without_a_reason_a_file_was_scanned() -> None:
    """Clean and not scanned are never the same."""
    assert Scan() != Scan(not_scanned="timeout")
    assert Scan().not_scanned == ""
