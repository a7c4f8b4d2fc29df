from typing import Any

import pytest

from soc_agent.decode.windows.naming import finish_of, number_data


def finished(service: str, number: int, **fields: Any) -> dict[str, Any]:
    finish = finish_of(service, number)
    if finish is not None:
        finish(fields)
    number_data(fields)
    return fields


def test_hashes_stand_apart_too() -> None:
    fields = finished("sysmon", 7, Hashes="SHA1=A,MD5=B,SHA256=C,IMPHASH=D")
    assert [fields[name] for name in ("sha1", "md5", "sha256", "Imphash")] == ["A", "B", "C", "D"]
    assert "md5" not in finished("sysmon", 7, Hashes="x" * 600)
    assert "md5" not in finished("sysmon", 3, Hashes="MD5=B")


def test_an_audited_process_has_the_names_of_sysmon() -> None:
    fields = finished(
        "security",
        4688,
        NewProcessName="C:\\a.exe",
        ParentProcessName="C:\\b.exe",
        ProcessId="0x1",
        SubjectUserName="an",
        SubjectDomainName="TINH",
        TargetUserName="-",
    )
    assert (fields["Image"], fields["ParentImage"], fields["User"]) == ("C:\\a.exe", "C:\\b.exe", "TINH\\an")
    assert fields["ProcessId"] == "0x1"


def test_the_user_of_a_process_is_the_one_it_runs_as() -> None:
    fields = finished("security", 4688, SubjectUserName="PC$", TargetUserName="an", TargetDomainName="-")
    assert fields["User"] == "an"


@pytest.mark.parametrize("change", ["%%1905", "Existing registry value modified"])
def test_an_audited_registry_value_has_the_names_of_sysmon(change: str) -> None:
    fields = finished("security", 4657, ObjectName="\\REGISTRY\\x", NewValue="1", OperationType=change)
    assert (fields["TargetObject"], fields["Details"], fields["EventType"]) == ("\\REGISTRY\\x", "1", "SetValue")


def test_an_audited_connection_has_the_names_of_sysmon() -> None:
    fields = finished("security", 5156, Application="\\a.exe", Direction="%%14593", Protocol=6, DestAddress="::1")
    assert [fields[name] for name in ("Image", "Initiated", "Protocol", "DestinationIp")] == [
        *("\\a.exe", "true", "tcp", "::1")
    ]


@pytest.mark.parametrize(
    ("written", "found"),
    [("::ffff:192.0.2.1", "192.0.2.1"), ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"), ("-", None)],
)
def test_the_source_of_a_logon_has_one_address_whatever_host_writes_it(written: str, found: str | None) -> None:
    fields = finished("security", 4771, IpAddress=written)
    assert (fields["IpAddress"], fields.get("src_ip")) == (written, found)


def test_names_of_defender_have_no_spaces_for_rules() -> None:
    fields = finished("windefend", 1116, **{"Threat Name": "X", "Feature Name": "y"})
    assert (fields["ThreatName"], fields["Feature_Name"], fields["Signature"]) == ("X", "y", "X")


def test_data_without_names_are_numbered_and_numbered_data_are_one_list() -> None:
    assert finished("application", 1, Data=["a", "b"])["param2"] == "b"
    assert finished("application", 1, Data="a")["param1"] == "a"
    assert finished("system", 7045, param1="a", param2="b")["Data"] == ["a", "b"]


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("S-1-16-16384", ["S-1-16-16384", "System"]),
        ("S-1-16-8192", ["S-1-16-8192", "Medium"]),
        ("S-1-16-20480", "S-1-16-20480"),
    ],
)
def test_the_integrity_of_an_audited_process_is_its_number_and_its_word(label: str, found: object) -> None:
    assert finished("security", 4688, MandatoryLabel=label)["IntegrityLevel"] == found
    assert "IntegrityLevel" not in finished("security", 4688)


@pytest.mark.parametrize("number", [4624, 4657, 4688, 5156])
def test_an_audit_event_knows_its_host_by_the_older_name_too(number: int) -> None:
    assert finished("security", number, Computer="PC1")["ComputerName"] == "PC1"
    assert finished("security", number, Computer="PC1", ComputerName="x")["ComputerName"] == "x"
    assert "ComputerName" not in finished("system", number, Computer="PC1")


def test_a_crash_is_told_by_names_whether_windows_writes_them_or_not() -> None:
    values = ["lsass.exe", "10.0", "5f", "netlogon.dll", "10.1", "60", "c0000409", "00", "0x1", "01d", "C:\\a", "C:\\b"]
    listed = finished("application", 1000, Provider_Name="Application Error", Data=values)
    numbered = finished(
        "application",
        1000,
        Provider_Name="Application Error",
        **{f"param{place}": value for place, value in enumerate(values, 1)},
    )
    for fields in (listed, numbered):
        assert (fields["AppName"], fields["ModuleName"], fields["ExceptionCode"]) == (values[0], values[3], values[6])
    named = finished("application", 1000, Provider_Name="Application Error", AppName="a.exe", Data=["x"])
    assert named["AppName"] == "a.exe"
    assert "AppName" not in finished("application", 1000, Provider_Name="Another", Data=values)
    assert "AppName" not in finished("application", 1000, Provider_Name="Application Error", Data="one text")


@pytest.mark.parametrize(
    ("key", "value_name", "found"),
    [
        ("\\REGISTRY\\MACHINE\\SOFTWARE\\Run", "evil", "HKLM\\SOFTWARE\\Run\\evil"),
        ("\\Registry\\User\\S-1-5-21-1\\Run", "evil", "HKU\\S-1-5-21-1\\Run\\evil"),
        ("\\REGISTRY\\MACHINE\\SOFTWARE\\Run", "-", "HKLM\\SOFTWARE\\Run"),
        ("\\REGISTRY\\A\\{1}", "evil", "\\REGISTRY\\A\\{1}\\evil"),
    ],
)
def test_an_audited_registry_value_is_called_as_windows_and_as_sysmon_call_it(
    key: str, value_name: str, found: str
) -> None:
    assert finished("security", 4657, ObjectName=key, ObjectValueName=value_name)["TargetObject"] == [key, found]


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("%%1876", "1", ["1", "DWORD (0x00000001)"]),
        ("%%1876", "0x1f", ["0x1f", "DWORD (0x0000001f)"]),
        ("REG_QWORD", 4294967297, [4294967297, "QWORD (0x00000001-0x00000001)"]),
        ("%%1873", "1", "1"),
        ("%%1876", "-", "-"),
        ("%%1876", "-1", "-1"),
        ("%%1876", "9" * 99, "9" * 99),
        ("%%1876", "", ""),
    ],
)
def test_a_number_in_the_registry_is_written_as_sysmon_writes_it_too(kind: str, value: object, found: object) -> None:
    assert finished("security", 4657, NewValueType=kind, NewValue=value)["Details"] == found


@pytest.mark.parametrize(
    ("data", "user", "source"),
    [
        (["sa", " Reason: Password did not match.", " [CLIENT: 192.0.2.10]"], "sa", "192.0.2.10"),
        (["sa", " Raison : mot de passe.", " [CLIENT : 2001:db8::7]"], "sa", "2001:db8::7"),
        (["sa", " [CLIENT: fe80::7%eth0]"], "sa", "fe80::7"),
        (["sa", " [CLIENT: <local machine>]"], "sa", None),
        ([" [CLIENT: 192.0.2.10]"], None, "192.0.2.10"),
        ("sa", "sa", None),
        ([None, 7], None, None),
    ],
)
def test_a_login_at_sql_server_names_account_and_address(data: object, user: str | None, source: str | None) -> None:
    fields = finished("application", 18456, Provider_Name="MSSQL$KETOAN", Data=data)
    assert (fields.get("user"), fields.get("src_ip")) == (user, source)
    assert "src_ip" not in finished("application", 18456, Provider_Name="Another", Data=data)


def test_a_login_at_sql_server_is_read_from_numbered_data_too() -> None:
    fields = finished("application", 18456, Provider_Name="MSSQLSERVER", param1="sa", param2="[CLIENT: 192.0.2.10]")
    assert (fields["user"], fields["src_ip"]) == ("sa", "192.0.2.10")


def test_a_login_at_sql_server_is_read_from_the_sentence_where_it_comes_alone() -> None:
    """As NXLog sends it, in any language; what stands in the name of a user is not the address."""
    for sentence, user in (
        (
            "Login failed for user 'sa'. Reason: Password did not match that for the login. [CLIENT: 192.0.2.10]",
            "sa",
        ),
        ("Échec de l'ouverture de session de l'utilisateur 'sa'. Raison : mot de passe. [CLIENT : 192.0.2.10]", None),
        (
            "Login failed for user 'a [CLIENT: 192.0.2.99]'. Reason: no such login. [CLIENT: 192.0.2.10]",
            "a [CLIENT: 192.0.2.99]",
        ),
    ):
        fields = finished("application", 18456, Provider_Name="MSSQLSERVER", Message=sentence)
        assert fields["src_ip"] == "192.0.2.10", sentence
        assert user in (None, fields["user"])


def test_who_came_over_ssh_stands_in_its_text() -> None:
    for text, user, address in (
        (
            "Failed password for invalid user x from 192.0.2.1 port 1 ssh2 from 2001:db8::7 port 5022 ssh2",
            None,
            "2001:db8::7",
        ),
        (
            "Accepted publickey for corp\\an from ::ffff:192.0.2.7 port 5022 ssh2: ED25519 SHA256:abc",
            "corp\\an",
            "192.0.2.7",
        ),
        ("Invalid user oracle from 192.0.2.7 port 5022", "oracle", "192.0.2.7"),
        ("Connection closed by authenticating user an 192.0.2.7 port 5022 [preauth]", "an", "192.0.2.7"),
        ("User an from 192.0.2.7 not allowed because not listed in AllowUsers", "an", "192.0.2.7"),
        ("Server listening on 0.0.0.0 port 22.", None, None),
    ):
        fields = finished("openssh", 4, process="sshd", payload=text)
        assert fields.get("src_ip") == address, text
        assert user is None or fields["user"] == user
    assert "src_ip" not in finished("openssh", 4, payload=["Invalid user oracle from 192.0.2.7"])
