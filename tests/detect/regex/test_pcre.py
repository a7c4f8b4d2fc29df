"""Expressions are read as PCRE reads them; what is not known here is refused by name."""

import re

import pytest

from soc_agent.detect.regex.letters import POSIX_KINDS
from soc_agent.detect.regex.pcre import DEPTH_CAP, read_pcre
from soc_agent.detect.regex.tree import (
    AnyChar,
    Char,
    Chars,
    Conditional,
    Group,
    Kind,
    PatternError,
    Place,
    Reference,
    Repeat,
)

A, B = Char(ord("a")), Char(ord("b"))
A_ANY = Char(ord("a"), ignores_case=True)


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        ("ab", ((A, B),)),
        ("a|", ((A,), ())),
        (".", ((AnyChar(False),),)),
        ("(?s).", ((AnyChar(True),),)),
        ("a^$", ((A, Place("start"), Place("last")),)),
        ("(?m)^$", ((Place("line start"), Place("line end")),)),
        (r"\A\Z\z\b\B\G", (tuple(map(Place, ("start", "last", "end", "word", "no word", "start"))),)),
        ("a*b+?", ((Repeat(A, 0, None), Repeat(B, 1, None, "?")),)),
        ("a{2}b{2,}+", ((Repeat(A, 2, 2), Repeat(B, 2, None, "+")),)),
        ("a{2,3}", ((Repeat(A, 2, 3),),)),
        # no quantifier, but signs
        ("a{,3}", (tuple(Char(ord(sign)) for sign in "a{,3}"),)),
        ("a{", ((A, Char(ord("{"))),)),
        # flags hold to the end of their group, also over alternatives
        ("(a(?i)a|a)a", ((Group("capture", ((A, A_ANY), (A_ANY,))), A),)),
        ("(?i:a)a", ((Group("plain", ((A_ANY,),)), A),)),
        ("(?i)a(?-i)a", ((A_ANY, A),)),
        ("(?x) a #b\n b", ((A, B),)),
        ("a(?#b)+", ((Repeat(A, 1, None),),)),
        (r"\Qa|\E|\Eb", (tuple(map(Char, map(ord, "a|"))), (B,))),
        (r"\Qab\E+", ((A, Repeat(B, 1, None)),)),
        (r"\x61\x{62}\141\o{142}\e\cA\0", ((A, B, A, B, Char(27), Char(1), Char(0)),)),
        (r"a\Kb", ((A, B),)),
        (r"\N", ((AnyChar(False),),)),
        (r"\-\é", ((Char(ord("-")), Char(ord("é"))),)),
        (r"\d\H", ((Chars(kinds=(Kind("d"),)), Chars(kinds=(Kind("h", negated=True),))),)),
        (r"\pL\P{Lu}\p{^Lu}", (tuple(Chars(kinds=(kind,)) for kind in (Kind("p{L}"), *[Kind("p{Lu}", True)] * 2)),)),
        ("[]a]", ((Chars(((93, 93), (97, 97))),),)),
        ("[^]a-]", ((Chars(((93, 93), (97, 97), (45, 45)), negated=True),),)),
        (r"[a-c\d[:^alpha:]\b]", ((Chars(((97, 99), (8, 8)), (Kind("d"), Kind("alpha", True))),),)),
        (r"[\Q^-]\E]", ((Chars(tuple((ord(sign), ord(sign)) for sign in "^-]")),),)),
        ("[[a]", ((Chars(((91, 91), (97, 97))),),)),
        (r"(a)\1\g1\g{1}\g{-1}", ((Group("capture", ((A,),)), *[Reference(1)] * 4),)),
        (
            r"(?<n>a)\k<n>\k'n'\k{n}\g{n}(?P=n)",
            ((Group("capture", ((A,),), "n"), *[Reference("n")] * 5),),
        ),
        ("(?P<n>a)(?'m'b)", ((Group("capture", ((A,),), "n"), Group("capture", ((B,),), "m")),)),
        ("(?=a)(?!a)(?<=a)(?<!a)(?>a)", (tuple(Group(kind, ((A,),)) for kind in (
            "ahead", "not ahead", "behind", "not behind", "atomic")),)),
        ("(a)?(?(1)a|b)", ((Repeat(Group("capture", ((A,),)), 0, 1), Conditional(1, ((A,), (B,)))),)),
    ],
)  # fmt: skip
def test_trees(pattern: str, tree: object) -> None:
    assert read_pcre(pattern) == tree


@pytest.mark.parametrize("name", sorted(POSIX_KINDS))
def test_posix_names(name: str) -> None:
    assert read_pcre(f"[[:{name}:]]") == ((Chars(kinds=(Kind(name),)),),)


def test_flags_of_the_modifiers() -> None:
    assert read_pcre("a.^", "ims") == ((A_ANY, AnyChar(True), Place("line start")),)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "missing )"),
        (")", "unmatched )"),
        ("[a", "missing ]"),
        ("[", "missing ]"),
        ("[]", "missing ]"),
        ("(?#a", "comment"),
        ("*a", "nothing to repeat"),
        ("^*", "nothing to repeat"),
        ("a**", "nothing to repeat"),
        ("a(?i)+", "nothing to repeat"),
        (r"\b+", "nothing to repeat"),
        ("a{3,2}", "invalid repetition"),
        ("a{65536}", "invalid repetition"),
        ("\\", "at the end"),
        (r"\y", "unknown escape"),
        (r"\u0041", "unknown escape"),
        (r"\X", "unknown escape"),
        (r"(\Ka)", "unknown escape"),
        (r"[\B]", "unknown escape"),
        (r"\x{110000}", "no such character"),
        ("[z-a]", "wrong end"),
        (r"[a-\d]", "wrong end"),
        (r"[\d-z]", "begins with a kind"),
        ("[[:foo:]]", "no class"),
        ("[[:<:]]", "no class"),
        ("[[.a.]]", "no class"),
        (r"\1", "no group 1"),
        (r"(a)\2", "no group 2"),
        (r"(a)\g{-2}", "no group"),
        (r"\k<n>", "no group before is named n"),
        ("(?<n>a)(?<n>b)", "two groups are named n"),
        ("(a)(?(1)a|b|c)", "more than two"),
        ("(?R)", "not known here: (?R"),
        ("(?1)(a)", "not known here"),
        ("(?|a)", "not known here"),
        ("(?&n)", "not known here"),
        ("(*ACCEPT)a", "not known here"),
        ("(?C1)a", "not known here"),
        ("(" * (DEPTH_CAP + 1), "groups within groups"),
    ],
)
def test_what_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=re.escape(reason)):
        read_pcre(pattern)
