from soc_agent.layers import Figure, Health, Message


def test_a_figure_is_well_unless_it_is_said_otherwise() -> None:
    shown = Figure("open_high", 0)
    assert (shown.health, shown.value_key) == (Health.OK, "")


def test_messages_do_not_share_their_values() -> None:
    assert Message("a") == Message("a", {})
    assert Message("a").values is not Message("b").values
