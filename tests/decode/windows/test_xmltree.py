import time

import pytest

from soc_agent.decode.windows.xmltree import read_event

HEAD = "<System><EventID Qualifiers='16384'>7045</EventID><Level>4</Level><EventRecordID>9</EventRecordID></System>"


def data_of(text: str) -> object:
    tree = read_event(f"<Event xmlns='x'>{HEAD}<EventData>{text}</EventData></Event>")
    assert tree is not None
    return tree["Event"].get("EventData")


def test_attributes_texts_and_elements_that_come_again() -> None:
    tree = read_event(
        f"<?xml version='1.0' encoding='utf-16'?><Event xmlns='x'>{HEAD}<EventData>"
        "<Data Name='User'>an</Data><Data/><Data>a &amp; b</Data></EventData></Event>"
    )
    assert tree == {
        "Event": {
            "System": {"EventID": 7045, "Level": 4, "EventRecordID": 9},
            "EventData": {"Data": [{"@Name": "User", "#text": "an"}, "", "a & b"]},
        }
    }


def test_an_event_whose_fields_are_elements_is_given_as_it_is() -> None:
    assert read_event("<Event><EventID>1</EventID><f>x</f></Event>") == {"EventID": "1", "f": "x"}


def test_prefixes_of_namespaces_are_left_out() -> None:
    assert data_of("<ns2:Log xmlns:ns2='u' ns2:a='1'>x</ns2:Log>") == {"Log": {"@ns2:a": "1", "#text": "x"}}


def test_indentation_is_no_value() -> None:
    tree = read_event(
        "<Event>\n  <System> <EventID>1</EventID>\n<Security>\n </Security></System><EventData> </EventData></Event>"
    )
    assert tree == {"Event": {"System": {"EventID": 1}}}


@pytest.mark.parametrize("text", ["a\tb", "a\r\nb", "a&#13;&#10;b", "\u00a0x", "🙂 ă"])
def test_white_space_and_letters_stay_as_they_were(text: str) -> None:
    wanted = text.replace("&#13;&#10;", "\r\n")
    assert data_of(f"<Data Name='f'>{text}</Data>") == {"Data": {"@Name": "f", "#text": wanted}}


def test_tabs_between_attributes_are_no_text() -> None:
    assert data_of("<Data\tName='f'>a\tb</Data>") == {"Data": {"@Name": "f", "#text": "a\tb"}}
    assert read_event(f"<Event>{HEAD}<Data\tName='a\tb'/></Event>") is None


@pytest.mark.parametrize("text", ["a\x1bb", "a&#27;b", "a&#x1B;b", "a&#x00;b", "a\x00b", "a\ufffeb"])
def test_characters_that_xml_does_not_know_become_one_that_it_does(text: str) -> None:
    assert data_of(f"<Data>{text}</Data>") == {"Data": "a\ufffdb"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<Events/>",
        "<Event",
        "<Event><System><EventID>1</EventID></System>",
        "<Event>&unknown;</Event>",
        "<Event>a < b</Event>",
        "<Event><?php x?></Event>",
        "<Event>x</Event>",
        "<Event><a></Event></a>",
        "<Event><EventID>1</EventID></Event><Event><EventID>2</EventID></Event>",
        "<!DOCTYPE Event [<!ENTITY a 'b'>]><Event><EventID>1</EventID><f>&a;</f></Event>",
        "<Event><!DOCTYPE x><EventID>1</EventID></Event>",
    ],
)
def test_what_is_no_event_is_refused(text: str) -> None:
    assert read_event(text) is None


def test_what_is_deeper_or_longer_than_an_event_is_refused_soon() -> None:
    begin = time.process_time()
    assert read_event("<Event>" + "<a>" * 100_000 + "</a>" * 100_000 + "</Event>") is None
    assert read_event("<Event>" + "<a/>" * 250_000 + "</Event>") is None
    assert read_event("<Event " + "".join(f"a{n}='' " for n in range(90_000)) + "></Event>") is None
    assert read_event("<Event>" * 100_000) is None
    assert read_event("<Event>" + "</Event" * 100_000) is None
    assert time.process_time() - begin < 5


def test_numbers_are_numbers_only_where_they_are() -> None:
    tree = read_event(f"<Event><System><EventID>{'9' * 40}</EventID><Level>x</Level></System></Event>")
    assert tree == {"Event": {"System": {"EventID": "9" * 40, "Level": "x"}}}
