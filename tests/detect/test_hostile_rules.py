"""Rules of others that mean harm: each is refused by name, in a child with little memory and little time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from soc_agent.errors import describe
from soc_agent.model import Problem, Where
from soc_agent.text import LANGUAGES, use_language

HEAD = "title: T\nlogsource: {product: linux, service: syslog}\ndetection:\n"


def many(line: str, count: int) -> str:
    return "".join(line.format(number) for number in range(count))


def in_field(key: str, values: str, condition: str = "s") -> str:
    return f"{HEAD}  s:\n    {key}:\n{values}  condition: {condition}\n"


def chain(modifier: str, count: int, value: str = "' -a -b -c'") -> str:
    return f"{HEAD}  s: {{'f|{'|'.join([modifier] * count)}': {value}}}\n  condition: s\n"


def aliases(first: str, width: int, depth: int) -> str:
    levels = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]\n" for n in range(1, depth))
    return f"{HEAD}  a0: &a0 {first}\n{levels}  condition: a{depth - 1}\n"


HOSTILE: dict[str, tuple[str, str]] = {
    # a million literals, however they are written
    "literals": ("bounds.nodes", in_field("f|contains", many("    - a{:x}\n", 600_000))),
    "flow": ("bounds.nodes", f"{HEAD}  s: {{f: [{'a,' * 2_000_000}a]}}\n  condition: s\n"),
    "keywords": ("bounds.values", HEAD + "  s:\n" + many("  - x{:x}\n", 60_000) + "  condition: s\n"),
    "fields": ("bounds.values", HEAD + "  s:\n" + many("    f{}: a\n", 60_000) + "  condition: s\n"),
    "selections": ("bounds.nodes", HEAD + many("  s{}: {{f: a}}\n", 60_000) + "  condition: 1 of s*\n"),
    "maps": ("bounds.values", HEAD + "  s:\n" + many("  - {{f: a{}, g: b}}\n", 30_000) + "  condition: s\n"),
    "tags": ("bounds.values", f"tags: [{'attack.t1000,' * 60_000}]\n{HEAD}  s: {{f: a}}\n  condition: s\n"),
    # modifiers that multiply
    "base64offset": ("bounds.values", in_field("f|wide|base64offset|contains", many("    - a{:x}\n", 20_000))),
    "windash": ("bounds.values", in_field("f|windash|contains", many("    - ' -a{} -b -c'\n", 500))),
    "windash of four": ("rule.invalid", f"{HEAD}  s: {{f|windash: ' -a -b -c -d'}}\n  condition: s\n"),
    "windash again": ("bounds.values", chain("windash", 8)),
    "base64offset again": ("bounds.values", chain("base64offset", 30)),
    "base64 again": ("bounds.text", chain("base64", 60, "aaaa")),
    "wide again": ("bounds.text", chain("wide", 30, "aaaa")),
    "both": ("bounds.values", chain("windash|base64offset", 9)),
    "long": ("bounds.text", f"{HEAD}  s: {{f|base64offset|contains: '{'a' * 3_000_000}'}}\n  condition: s\n"),
    # expressions
    "expressions": ("bounds.expressions", in_field("f|re", many("    - a{}[a-z]b\n", 201))),
    "wildcards": ("bounds.values", f"{HEAD}  s: {{f: '{'*a' * 60_000}'}}\n  condition: s\n"),
    "question marks": ("rule.regex", f"{HEAD}  s: {{f: '{'?*a' * 2_000}'}}\n  condition: s\n"),
    "backtracking": ("rule.regex", f"{HEAD}  s: {{f|re: '(a+)+(?!b)c'}}\n  condition: s\n"),
    "backtracking of fixed length": (
        "rule.regex",
        f"{HEAD}  s: {{f|re: '(?:(?:x{{900}}){{900}}){{900}}(?=y)'}}\n  condition: s\n",
    ),
    "automaton": ("rule.regex", f"{HEAD}  s: {{f|re: '((a{{0,30}}){{0,30}}){{0,30}}b'}}\n  condition: s\n"),
    # conditions
    "quantifiers": (
        "bounds.selections",
        HEAD + many("  s{}: {{f: a}}\n", 9_000) + f"  condition: {' and '.join(['1 of s*'] * 1_200)}\n",
    ),
    "conditions": (
        "bounds.selections",
        HEAD + many("  s{}: {{f: a}}\n", 9_000) + "  condition:\n" + "  - 1 of s*\n" * 9_000,
    ),
    "long condition": ("rule.condition_size", f"{HEAD}  s: {{f: a}}\n  condition: {'s and ' * 9_000}s\n"),
    "nots": ("rule.too_deep", f"{HEAD}  s: {{f: a}}\n  condition: {'not ' * 4_000}s\n"),
    "brackets": ("rule.too_deep", f"{HEAD}  s: {{f: a}}\n  condition: {'not (s and ' * 300}s{')' * 300}\n"),
    "open brackets": ("rule.condition", f"{HEAD}  s: {{f: a}}\n  condition: {'(s or not ' * 200}\n"),
    # YAML
    "aliases": ("rule.aliases", aliases("[x, x, x]", 10, 10)),
    "aliases of maps": ("rule.aliases", aliases("{f: x}", 20, 7)),
    "recursion": ("rule.aliases", f"{HEAD}  s: &s\n    f: [*s]\n  condition: s\n"),
    "merges": (
        "bounds.nodes",
        HEAD
        + "  a0: &a0 {f0: x}\n"
        + "".join(f"  a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], f{n}: x}}\n" for n in range(1, 40)),
    ),
    "merges of a large map": (
        "bounds.nodes",
        f"x: &x {{{', '.join(f'k{n}: 1' for n in range(9_000))}}}\n" + many("y{}: {{<<: *x}}\n", 9_000) + HEAD,
    ),
    "depth": ("rule.too_deep", f"{HEAD}  s: {'[' * 90_000}{']' * 90_000}\n  condition: s\n"),
    "depth of maps": ("rule.too_deep", f"{HEAD}  s: {'{a: ' * 9_000}x{'}' * 9_000}\n  condition: s\n"),
    "decimal": ("bounds.number", f"{HEAD}  s: {{f|gt: {'9' * 4_000_000}}}\n  condition: s\n"),
    "binary": ("bounds.number", f"{HEAD}  s: {{f: 0b{'1' * 4_000_000}}}\n  condition: s\n"),
    "sexagesimal": ("bounds.number", f"{HEAD}  s: {{f: 1{':59' * 900_000}}}\n  condition: s\n"),
    "float": ("bounds.number", f"{HEAD}  s: {{f: 1.{'0' * 4_000_000}}}\n  condition: s\n"),
    "beyond floats": ("rule.invalid", f"{HEAD}  s: {{f|gt: {'9' * 4_000}}}\n  condition: s\n"),
    "no number": ("rule.invalid", f"{HEAD}  s: {{f|gt: .nan}}\n  condition: s\n"),
    # a file that is small and asks for much in all
    "global": (
        "bounds.values",
        "action: global\ntitle: T\nlogsource: {product: linux}\n"
        f"detection: {{big: [{'a,' * 40_000}a], condition: big}}\n---\n" + "detection: {s: {f: a}}\n---\n" * 20_000,
    ),
}
CHILD = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, (240, 240))
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from soc_agent.detect import load_rules
for path in sorted(Path(sys.argv[1]).iterdir()):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    rules = load_rules([path])
    spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    print(json.dumps([path.stem, sorted({problem.code for problem in rules.problems}), spent]), flush=True)
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """Load every hostile file in one child that may use neither much memory nor much time."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (_, text) in HOSTILE.items():
        (folder / f"{name}.yml").write_text(text, "utf-8")
    done = subprocess.run([sys.executable, "-c", CHILD, folder], text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_by_name_and_soon(name: str, outcome: list[object]) -> None:
    found = {entry[0]: entry for entry in outcome if isinstance(entry, list)}
    _, codes, spent_s = found[name]
    assert HOSTILE[name][0] in codes
    # all together have minutes; one that takes half of a minute has not been refused before the work was done
    assert spent_s < 30


def test_none_of_them_takes_much_memory(outcome: list[object]) -> None:
    assert isinstance(outcome[-1], int)
    assert outcome[-1] < 1_500


@pytest.mark.parametrize("code", sorted({code for code, _ in HOSTILE.values() if code.startswith("bounds.")}))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bound_is_told(code: str, language: str) -> None:
    use_language(language)
    assert "123" in describe(Problem(code, Where("x.yml", 7), {"limit": 123}))


def test_a_long_list_within_the_bounds_is_no_harm(tmp_path: Path) -> None:
    """A hundred times what public rules have; it is looked for at once."""
    path = tmp_path / "long.yml"
    path.write_text(in_field("message|contains", many("    - evil{:x}\n", 40_000)), "utf-8")
    code = (
        "import sys; from pathlib import Path; from soc_agent.detect import load_rules\n"
        "from tests.detect.making import detect\n"
        "rules = load_rules([Path(sys.argv[1])]); assert rules.problems == ()\n"
        "line = b'<34>1 2026-11-20T08:14:03Z web01 app 7 - - an EVIL9c3f it is\\n'\n"
        "print(len(detect(rules, line * 3 + line.replace(b'EVIL', b'good'), 'syslog')))"
    )
    done = subprocess.run([sys.executable, "-c", code, path], text=True, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == ("3\n", "")
