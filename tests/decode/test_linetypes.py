from soc_agent.decode.linetypes import LINE_TYPES


def test_each_type_stands_under_its_own_name() -> None:
    assert all(name == line_type.name for name, line_type in LINE_TYPES.items())
    wanted = {"syslog", "access", "apache_error", "nginx_error", "json", "kv", "cef", "zeek", "yara", "health", "plain"}
    wanted |= {"eventxml", "integrity", "auditd", "laurel", "syslog_json"}
    wanted |= {"portal", "host", "eve", "zeek_log", "w3c"}
    wanted |= {"exchange", "zimbra", "leef", "windows_text"}
    assert set(LINE_TYPES) == wanted


def test_literals_are_only_said_of_log_sources_that_there_are() -> None:
    for line_type in LINE_TYPES.values():
        assert set(line_type.literals) <= line_type.log_sources
        assert not set(line_type.literals) & set(line_type.undecoded)


def test_no_undecodable_line_passes_for_a_finding() -> None:
    for name in ("yara", "health", "portal", "host", "zeek"):
        assert not LINE_TYPES[name].log_sources & set(LINE_TYPES[name].undecoded)
