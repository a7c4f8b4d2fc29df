import pytest

from soc_agent.decode.windows.shapes import plain_of, take_apart


def test_data_without_names_stay_together() -> None:
    found = take_apart(
        {"Event": {"System": {"EventID": 1}, "EventData": {"Data": {"#text": ["a", "b"]}, "Binary": "00"}}}
    )
    assert found is not None
    assert found.data == {"Data": ["a", "b"], "Binary": "00"}


def test_named_data_become_fields_and_the_others_a_list() -> None:
    data = [{"@Name": "User", "#text": "an"}, {"#attributes": {"Name": "Id"}, "#text": 7}, "x", {"#text": "y"}]
    found = take_apart({"Event": {"System": {"EventID": 1}, "EventData": {"Data": data}}})
    assert found is not None
    assert found.data == {"User": "an", "Id": 7, "Data": ["x", "y"]}


def test_the_one_element_in_user_data_is_opened() -> None:
    found = take_apart({"Event": {"System": {"EventID": 1}, "UserData": {"Cleared": {"#attributes": {}, "Who": "an"}}}})
    assert found is not None
    assert found.data == {"Who": "an"}


def test_what_the_shipper_says_itself_is_kept_under_its_own_names() -> None:
    found = take_apart({"winlog": {"event_id": 1, "api": "x"}, "agent": {"name": "a"}, "message": "m"})
    assert found is not None
    assert found.rest == {"agent.name": "a", "message": "m", "Message": "m", "winlog.api": "x"}


def test_a_wazuh_name_is_known_with_a_capital_letter_too() -> None:
    found = take_apart({"win": {"system": {"eventID": "1"}, "eventdata": {"commandLine": "x", "param1": "y"}}})
    assert found is not None
    assert (found.data["CommandLine"], found.data["param1"]) == ("x", "y")


def test_dotted_names_are_the_same_tree() -> None:
    found = take_apart({"winlog.channel": "Security", "event.code": "4625", "winlog.event_data.IpAddress": "::1"})
    assert found is not None
    assert (found.system, found.data) == ({"Channel": "Security", "EventID": "4625"}, {"IpAddress": "::1"})


def test_dotted_names_that_contradict_each_other_hurt_nobody() -> None:
    found = take_apart({"winlog.channel": "Security", "winlog": 1, "winlog.event_id.x": 1})
    assert found is not None
    assert found.system["EventID"] is None


@pytest.mark.parametrize(
    ("value", "plain"), [({"#text": 1}, 1), ({"Value": "a"}, "a"), ({}, None), ([1, {}, "a"], [1, "a"])]
)
def test_elements_with_attributes_have_their_text(value: object, plain: object) -> None:
    assert plain_of(value) == plain
