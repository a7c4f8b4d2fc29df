from soc_agent.text.sre import constants, parser


def test_a_tree_is_read_and_its_parts_are_known_by_name() -> None:
    (letter, _), (kind, (low, high, inner)) = parser.parse("a[0-9]*")
    assert (letter, kind, low, high) == (constants.LITERAL, constants.MAX_REPEAT, 0, constants.MAXREPEAT)
    ((member, ((span, ends),)),) = inner
    assert (member, span, ends) == (constants.IN, constants.RANGE, (ord("0"), ord("9")))
