"""What is wrong with rule files is told by file and line."""

from pathlib import Path

from tests.cli.conftest import Run


def test_check_is_content_with_good_rules(run: Run, folder: Path) -> None:
    done = run("rules", "check", folder)
    assert (done.code, done.out) == (0, "")
    assert "1 rules" in done.err


def test_check_names_file_line_and_remedy(run: Run, folder: Path) -> None:
    (folder / "bad.yml").write_text(
        "title: Bad\nid: x\nlogsource: {product: linux}\ndetection: {a: {b: 1}, condition: c}\n"
    )
    (folder / "bad.yar").write_text("rule x { condition: nonsense }")
    done = run("rules", "check", folder)
    assert done.code == 2
    assert f"{folder / 'bad.yml'}:" in done.out
    assert f"{folder / 'bad.yar'}:1" in done.out
