"""An hour of an ordinary Windows domain: what a controller, servers and the computers of three hundred people write.

People mistype passwords, devices keep old ones, the help desk resets and looks around, programs update themselves,
scripts map drives at logon, and administrators do their work.
"""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.ordinary import BEGIN, HOUR_S, Log

PEOPLE = tuple(f"canbo{number}" for number in range(300))
_SECURITY, _SYSTEM = "Security", "System"
_SYSMON = "Microsoft-Windows-Sysmon/Operational"
_TASKS = "Microsoft-Windows-TaskScheduler/Operational"
_DEFENDER = "Microsoft-Windows-Windows Defender/Operational"
_POWERSHELL = "Microsoft-Windows-PowerShell/Operational"
_PROVIDERS = {_SECURITY: "Microsoft-Windows-Security-Auditing", _SYSTEM: "Service Control Manager"}
_SYSTEM32 = "C:\\Windows\\System32\\"
_SHELL = f"{_SYSTEM32}WindowsPowerShell\\v1.0\\powershell.exe"
_SID = "S-1-5-21-308926384-506822093-3341789130-"
Timed = Iterator[tuple[float, str]]
Made = Iterator[tuple[float, str, str, int, dict[str, Any]]]
"""Second, host, channel, number, data."""


def windows_logs(seed: int = 1) -> list[Log]:
    """Make all logs of the hour, the same for the same seed."""
    rng = random.Random(seed)
    made = (("controller", _controller(rng)), ("servers", _servers(rng)), ("computers", _computers(rng)))
    return [Log(stream, "json", sorted(_line(*event) for event in events)) for stream, events in made]


def _line(second: float, host: str, channel: str, number: int, data: dict[str, Any]) -> tuple[float, str]:
    stamp = (BEGIN + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    provider = _PROVIDERS.get(channel, channel.partition("/")[0])
    winlog = {"channel": channel, "event_id": str(number), "computer_name": f"{host}.tinh.example.vn"}
    tree = {"@timestamp": stamp, "winlog": {**winlog, "provider_name": provider, "event_data": data}}
    return second, json.dumps(tree, separators=(",", ":"))


def _moments(rng: random.Random, seconds: float) -> Iterator[float]:
    moment = rng.random() * seconds
    while moment < HOUR_S - 60:
        yield moment
        moment += rng.expovariate(1 / seconds)


def _seat(person: str) -> tuple[str, str]:
    """Give the computer of a person and its address."""
    number = int(person.removeprefix("canbo"))
    return f"PC{number:03d}", f"10.20.{7 + number // 200}.{number % 200 + 10}"


def _subject(person: str) -> dict[str, Any]:
    number = 1100 + (int(person.removeprefix("canbo")) if person.startswith("canbo") else 900)
    return {"SubjectUserName": person, "SubjectDomainName": "TINH", "SubjectUserSid": f"{_SID}{number}"}


def _controller(rng: random.Random) -> Made:
    host = "dc01"
    for at in _moments(rng, 1):  # people and computers get tickets
        person = rng.choice(PEOPLE)
        computer, address = _seat(person)
        who, source = rng.choice((person, f"{computer}$")), {"IpAddress": f"::ffff:{address}", "Status": "0x0"}
        yield (
            at,
            host,
            _SECURITY,
            4768,
            {
                "TargetUserName": who,
                "ServiceName": "krbtgt",
                "TicketEncryptionType": "0x12",
                "PreAuthType": "2",
                **source,
            },
        )
        service = rng.choice(("FILES01$", "DC01$", "MAIL01$", "WEB01$", "krbtgt", "svc_sql", "svc_qlvb"))
        data = {"TargetUserName": f"{who}@TINH.EXAMPLE.VN", "ServiceName": service, "TicketEncryptionType": "0x12"}
        yield at + 1, host, _SECURITY, 4769, {**data, **source}
    for at in _moments(rng, 30):  # mistyped, once to three times
        person = rng.choice(PEOPLE)
        for again in range(rng.choice((1, 1, 1, 2, 3))):
            data = {"TargetUserName": person, "ServiceName": "krbtgt/TINH", "Status": "0x18", "PreAuthType": "2"}
            yield at + 6 * again, host, _SECURITY, 4771, {**data, "IpAddress": f"::ffff:{_seat(person)[1]}"}
    for number in range(3):  # a device with an old password
        for at in range(number * 50, HOUR_S - 60, 300):
            data = {"TargetUserName": f"canbo{number}", "Workstation": f"MAY-IN-{number}", "Status": "0xc000006a"}
            yield at, host, _SECURITY, 4776, data
    for at in _moments(rng, 8):
        computer = _seat(rng.choice(PEOPLE))[0]
        yield (
            at,
            host,
            _SECURITY,
            4742,
            {
                "SubjectUserName": f"{computer}$",
                "TargetUserName": f"{computer}$",
                "AllowedToDelegateTo": "-",
                "PasswordLastSet": "3/2/2026 9:14:03 AM",
                "UserAccountControl": "-",
                "ServicePrincipalNames": "-",
            },
        )
    for at in _moments(rng, 60):  # controllers replicate
        properties = "%%7688\n\t\t{1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}"
        yield at, host, _SECURITY, 4662, {"SubjectUserName": "DC02$", "AccessMask": "0x100", "Properties": properties}
    for at in _moments(rng, 500):  # the help desk
        person = rng.choice(PEOPLE)
        target = {"TargetUserName": person, "TargetSid": f"{_SID}1500"}
        yield at, host, _SECURITY, 4740, {"TargetUserName": person, "TargetDomainName": _seat(person)[0]}
        yield at + 90, host, _SECURITY, 4767, {**_subject("hotro01"), **target}
        yield at + 95, host, _SECURITY, 4724, {**_subject("hotro01"), **target}
        yield at + 96, host, _SECURITY, 4738, {**_subject("hotro01"), **target, "UserAccountControl": "%%2089"}
    group = {"TargetUserName": "Phong Ke toan", "TargetSid": f"{_SID}1731", "MemberSid": f"{_SID}1402"}
    yield 1200, host, _SECURITY, 4728, {**_subject("quantri01"), **group}


def _servers(rng: random.Random) -> Made:
    for at in _moments(rng, 1):  # documents on shares
        person = rng.choice(PEOPLE)
        name = rng.choice(("HoSo\\cong van.docx", "HoSo\\2026\\du toan.xlsx", "Chung\\lich hop.pdf"))
        data = {"IpAddress": _seat(person)[1], "ShareName": "\\\\*\\ChungPhong", "RelativeTargetName": name}
        data |= {"AccessMask": "0x120089", "AccessList": "%%1538\n\t\t\t\t%%4416"}
        yield at, "files01", _SECURITY, 5145, {**_subject(person), **data}
        if rng.random() < 0.2:
            pipe = {**data, "ShareName": "\\\\*\\IPC$", "RelativeTargetName": rng.choice(("srvsvc", "wkssvc"))}
            yield at, rng.choice(("files01", "files02", "dc01")), _SECURITY, 5145, {**_subject(person), **pipe}
        logon = {"TargetUserName": person, "TargetUserSid": f"{_SID}1300", "IpAddress": _seat(person)[1]}
        logon |= {"LogonType": "3", "LogonProcessName": "Kerberos", "AuthenticationPackageName": "Kerberos"}
        yield at, "files01", _SECURITY, 4624, logon
    for at in _moments(rng, 90):  # mistyped for a share or the mail
        person = rng.choice(PEOPLE)
        data = {"TargetUserName": person, "Status": "0xc000006d", "SubStatus": "0xc000006a", "LogonType": "3"}
        yield at, rng.choice(("mail01", "files01")), _SECURITY, 4625, {**data, "IpAddress": _seat(person)[1]}
    for at in _moments(rng, 300):  # administrators
        logon = {"TargetUserName": "quantri01", "LogonType": "10", "LogonProcessName": "User32", "ProcessName": "-"}
        yield at, "web01", _SECURITY, 4624, {**logon, "IpAddress": "10.20.0.15"}
        for place, command in enumerate(_ADMINISTRATION):
            image, words = command
            started = {"NewProcessName": image, "CommandLine": words, "ParentProcessName": f"{_SYSTEM32}cmd.exe"}
            yield at + 20 * place, "web01", _SECURITY, 4688, {**_subject("quantri01"), **started}
    for at in _moments(rng, 120):
        param = rng.choice(("Windows Update", "Background Intelligent Transfer Service", "Windows Installer"))
        yield at, "files01", _SYSTEM, 7036, {"param1": param, "param2": rng.choice(("running", "stopped"))}
        change = {"param1": param, "param2": "demand start", "param3": "auto start", "param4": "BITS"}
        yield at, "files01", _SYSTEM, 7040, change


_ADMINISTRATION = (
    (f"{_SYSTEM32}ipconfig.exe", "ipconfig /all"),
    (f"{_SYSTEM32}whoami.exe", "whoami"),
    (f"{_SYSTEM32}sc.exe", "sc query W3SVC"),
    (f"{_SYSTEM32}net.exe", "net stop W3SVC"),
    (f"{_SYSTEM32}net.exe", "net start W3SVC"),
    (f"{_SYSTEM32}vssadmin.exe", "vssadmin list shadows"),
    (f"{_SYSTEM32}netstat.exe", "netstat -ano"),
    (f"{_SYSTEM32}certutil.exe", "certutil -hashfile D:\\Cai dat\\setup.iso SHA256"),
    (f"{_SYSTEM32}netsh.exe", "netsh advfirewall firewall show rule name=all"),
    (f"{_SYSTEM32}wevtutil.exe", "wevtutil qe System /c:20 /rd:true /f:text"),
    (f"{_SYSTEM32}tasklist.exe", "tasklist /svc"),
    (f"{_SYSTEM32}reg.exe", "reg query HKLM\\SOFTWARE\\QLVB"),
    (f"{_SYSTEM32}robocopy.exe", "robocopy D:\\Web E:\\SaoLuu\\Web /MIR"),
    (_SHELL, "powershell.exe -ExecutionPolicy Bypass -File D:\\Scripts\\saoluu.ps1"),
)
_DESKTOP = (
    (f"{_SYSTEM32}cmd.exe", "cmd.exe /c \\\\dc01\\NETLOGON\\o_dia.bat", f"{_SYSTEM32}gpscript.exe"),
    (f"{_SYSTEM32}net.exe", "net use Z: \\\\files01\\ChungPhong /persistent:no", f"{_SYSTEM32}cmd.exe"),
    (_SHELL, "powershell.exe -NoProfile -File \\\\dc01\\NETLOGON\\kiem_ke.ps1", f"{_SYSTEM32}gpscript.exe"),
    (
        f"{_SYSTEM32}rundll32.exe",
        "rundll32.exe printui.dll,PrintUIEntry /in /n \\\\in01\\hp",
        "C:\\Windows\\explorer.exe",
    ),
    (f"{_SYSTEM32}rundll32.exe", "rundll32.exe shell32.dll,Control_RunDLL timedate.cpl", "C:\\Windows\\explorer.exe"),
    (f"{_SYSTEM32}msiexec.exe", 'msiexec.exe /i "D:\\Cai dat\\7z.msi"', "C:\\Windows\\explorer.exe"),
    (f"{_SYSTEM32}regsvr32.exe", 'regsvr32 /s "C:\\Program Files\\VGCA\\sign.dll"', f"{_SYSTEM32}msiexec.exe"),
    (f"{_SYSTEM32}gpupdate.exe", "gpupdate /force", f"{_SYSTEM32}cmd.exe"),
    (
        "C:\\Users\\{p}\\AppData\\Local\\Programs\\Zalo\\Zalo.exe",
        '"Zalo.exe" --type=renderer',
        "C:\\Windows\\explorer.exe",
    ),
    ("C:\\Program Files\\Unikey\\UniKeyNT.exe", '"UniKeyNT.exe"', "C:\\Windows\\explorer.exe"),
    ("C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE", '"EXCEL.EXE" /dde', "C:\\Windows\\explorer.exe"),
)
_TASK = "<Exec><Command>{command}</Command><Arguments>{words}</Arguments></Exec>"


def _computers(rng: random.Random) -> Made:
    for at in _moments(rng, 1):
        person = rng.choice(PEOPLE)
        computer = _seat(person)[0]
        image, words, parent = rng.choice(_DESKTOP)
        data = {"Image": image.format(p=person), "CommandLine": words, "ParentImage": parent, "User": f"TINH\\{person}"}
        yield at, computer, _SYSMON, 1, data
    for at in _moments(rng, 6):
        person = rng.choice(PEOPLE)
        computer = _seat(person)[0]
        profile = f"C:\\Users\\{person}\\AppData"
        yield at, computer, *rng.choice(_happenings(rng, person, profile))
    for at in _moments(rng, 200):  # a program renews its task
        computer, name = _seat(rng.choice(PEOPLE))[0], f"\\GoogleUpdaterTaskSystem{rng.randrange(1000)}"
        yield at, computer, _TASKS, 106, {"TaskName": name, "UserContext": "S-1-5-18"}
        yield at + 900, computer, _TASKS, 141, {"TaskName": name, "UserName": "NT AUTHORITY\\SYSTEM"}


def _happenings(rng: random.Random, person: str, profile: str) -> tuple[tuple[str, int, dict[str, Any]], ...]:
    """Give what may happen on the computer of a person: channel, number, data."""
    user = {"User": f"TINH\\{person}"}
    run = f"HKU\\{_SID}1300\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Zalo"
    lsass = {
        "TargetImage": f"{_SYSTEM32}lsass.exe",
        "CallTrace": f"{_SYSTEM32}ntdll.dll+9d4c4|{_SYSTEM32}KERNELBASE.dll+2c13e",
    }
    defender = "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18\\MsMpEng.exe"
    update = _TASK.format(command="C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe", words="/ua")
    subject = _subject(person)
    return (
        (
            _SYSMON,
            13,
            {
                **user,
                "EventType": "SetValue",
                "TargetObject": run,
                "Details": f'"{profile}\\Local\\Programs\\Zalo\\Zalo.exe" --a',
            },
        ),
        (_SYSMON, 10, {**lsass, "SourceImage": defender, "GrantedAccess": "0x1010"}),
        (_SYSMON, 10, {**lsass, "SourceImage": f"{_SYSTEM32}Taskmgr.exe", "GrantedAccess": "0x1400"}),
        (_SYSMON, 10, {**lsass, "SourceImage": f"{_SYSTEM32}svchost.exe", "GrantedAccess": "0x1478"}),
        (
            _SYSMON,
            8,
            {
                "SourceImage": "C:\\Program Files\\Unikey\\UniKeyNT.exe",
                "TargetImage": "C:\\Windows\\explorer.exe",
                "StartFunction": "LoadLibraryW",
            },
        ),
        (
            _SYSMON,
            11,
            {
                **user,
                "Image": "C:\\Windows\\explorer.exe",
                "TargetFilename": f"C:\\Users\\{person}\\Downloads\\cong van {rng.randrange(99)}.pdf",
            },
        ),
        (
            _SYSMON,
            11,
            {
                **user,
                "Image": "C:\\Program Files\\7-Zip\\7zFM.exe",
                "TargetFilename": f"{profile}\\Local\\Temp\\7zO1\\README.txt",
            },
        ),
        (
            _SYSMON,
            17,
            {
                **user,
                "Image": "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
                "PipeName": f"\\mojo.{rng.randrange(9999)}.1.2",
            },
        ),
        (
            _SYSMON,
            7,
            {
                **user,
                "Image": f"{profile}\\Local\\Programs\\Zalo\\Zalo.exe",
                "ImageLoaded": f"{profile}\\Local\\Programs\\Zalo\\ffmpeg.dll",
                "Signed": "true",
            },
        ),
        (
            _SYSMON,
            15,
            {
                **user,
                "Image": "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
                "TargetFilename": f"C:\\Users\\{person}\\Downloads\\a.exe:Zone.Identifier",
            },
        ),
        (
            _SYSMON,
            2,
            {
                **user,
                "Image": "C:\\Program Files\\7-Zip\\7zG.exe",
                "TargetFilename": f"C:\\Users\\{person}\\Downloads\\setup.exe",
            },
        ),
        (
            _SYSMON,
            22,
            {
                **user,
                "Image": "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
                "QueryName": "drive.google.com",
            },
        ),
        (
            _SYSMON,
            3,
            {
                **user,
                "Image": f"{_SYSTEM32}svchost.exe",
                "Initiated": "true",
                "DestinationIp": "10.20.0.10",
                "DestinationPort": "135",
            },
        ),
        (_SECURITY, 4698, {**subject, "TaskName": "\\GoogleUpdateTaskMachineUA", "TaskContent": update}),
        (_SECURITY, 6416, {"SubjectUserName": "PC$", "DeviceId": "USB\\VID_046D&PID_C31C\\5", "ClassName": "HIDClass"}),
        (
            _SECURITY,
            4624,
            {
                **subject,
                "TargetUserName": person,
                "LogonType": "2",
                "LogonProcessName": "User32",
                "IpAddress": "127.0.0.1",
            },
        ),
        (
            _SECURITY,
            4625,
            {
                "TargetUserName": person,
                "LogonType": "2",
                "Status": "0xc000006d",
                "SubStatus": "0xc000006a",
                "IpAddress": "127.0.0.1",
            },
        ),
        (
            _SECURITY,
            4703,
            {**subject, "ProcessName": f"{_SYSTEM32}svchost.exe", "EnabledPrivilegeList": "SeDebugPrivilege"},
        ),
        (
            _SYSTEM,
            7045,
            {
                "ServiceName": "GoogleUpdater",
                "ImagePath": '"C:\\Program Files (x86)\\Google\\GoogleUpdater\\updater.exe" --system',
                "AccountName": "LocalSystem",
            },
        ),
        (
            _SYSTEM,
            7045,
            {
                "ServiceName": "MpKsl1f2e",
                "ImagePath": "C:\\ProgramData\\Microsoft\\Windows Defender\\Definition Updates\\{1}\\MpKslDrv.sys",
            },
        ),
        (
            _TASKS,
            200,
            {
                "TaskName": "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag",
                "ActionName": "%windir%\\system32\\defrag.exe",
            },
        ),
        (_DEFENDER, 2000, {"Product Name": "Microsoft Defender Antivirus"}),
        (
            _DEFENDER,
            5007,
            {
                "Old Value": "x = 0x0",
                "New Value": "HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates\\x = 0x1",
            },
        ),
        (
            _POWERSHELL,
            4104,
            {
                "ScriptBlockText": "Get-CimInstance Win32_OperatingSystem | Export-Csv \\\\files01\\kiemke$\\a.csv",
                "Path": "",
            },
        ),
        (
            _POWERSHELL,
            4104,
            {"ScriptBlockText": "Get-WmiObject Win32_Process | Where-Object {$_.Name -eq 'a.exe'}", "Path": ""},
        ),
    )
