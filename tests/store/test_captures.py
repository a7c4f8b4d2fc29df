"""The files of packets that belong to the lines of an alert."""

from pathlib import Path

from soc_agent.store.captures import captures_folder, captures_of


def test_the_files_that_are_there_are_found_once(tmp_path: Path) -> None:
    store = tmp_path / "soc.db"
    folder = captures_folder(store, "lan")
    assert folder == tmp_path / "evidence" / "lan"
    folder.mkdir(parents=True)
    (folder / "Ca1.pcap").write_bytes(b"")
    (tmp_path / "evidence" / "x.pcap").write_bytes(b"")
    lines = [
        ("lan", b'{"uid":"Ca1"}'),
        ("lan", b'{"uid":"Ca1","more":1}'),
        ("lan", b'{"uid":"Cb"}'),
        ("other", b'{"uid":"Ca1"}'),
        ("lan", b'{"uid":"../x"}'),
        ("lan", b'{"uid":7}'),
        ("lan", b"\xff{"),
    ]
    assert captures_of(store, lines) == [folder / "Ca1.pcap"]
