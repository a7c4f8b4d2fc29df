"""Windows telemetry made for benchmarks: recorded attacks with fresh ids and times, and ordinary days of Sysmon."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

BEGIN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "data" / "evtx"
"""Recorded event logs of attacks, where somebody put them beside the project."""
SYSMON = "Microsoft-Windows-Sysmon"
SYSMON_GUID = "5770385F-C22A-43E0-BF4C-06F5698FFBD9"
XMLNS = "http://schemas.microsoft.com/win/2004/08/events/event"

_SYSTEM32 = "C:\\Windows\\System32\\"
_PROGRAMS = (
    # image, description, product, company, arguments, parent
    (f"{_SYSTEM32}svchost.exe", "Host Process for Windows Services", "", "-k netsvcs -p -s {word}", "services"),
    (f"{_SYSTEM32}RuntimeBroker.exe", "Runtime Broker", "", "-Embedding", "svchost"),
    (
        f"{_SYSTEM32}SearchProtocolHost.exe",
        "Windows Search Protocol Host",
        "",
        "Global\\Usgthr{n}",
        "svchost",
    ),
    (f"{_SYSTEM32}backgroundTaskHost.exe", "Background Task Host", "", "-ServerName:{word}.AppX{hex}.mca", "svchost"),
    (f"{_SYSTEM32}conhost.exe", "Console Window Host", "", "0xffffffff -ForceV1", "explorer"),
    (f"{_SYSTEM32}taskhostw.exe", "Host Process for Windows Tasks", "", "", "svchost"),
    (f"{_SYSTEM32}dllhost.exe", "COM Surrogate", "", "/Processid:{{{guid}}}", "svchost"),
    (f"{_SYSTEM32}notepad.exe", "Notepad", "", '"C:\\Users\\{user}\\Documents\\{word}-{n}.txt"', "explorer"),
    (
        "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
        "Google Chrome",
        "Google Chrome",
        "--type=renderer --lang=vi --device-scale-factor=1 --num-raster-threads=2 --renderer-client-id={n}",
        "chrome",
    ),
    (
        "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
        "Microsoft Edge",
        "Microsoft Edge",
        "--type=utility --utility-sub-type=network.mojom.NetworkService --lang=vi --service-sandbox-type=none",
        "explorer",
    ),
    (
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
        "Microsoft Word",
        "Microsoft Office",
        '/n "C:\\Users\\{user}\\Documents\\{word} {n}.docx" /o ""',
        "explorer",
    ),
    (
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
        "Microsoft Excel",
        "Microsoft Office",
        '"C:\\Users\\{user}\\Desktop\\{word}_{n}.xlsx"',
        "explorer",
    ),
    (
        "C:\\Program Files\\Unikey\\UniKeyNT.exe",
        "UniKey 4.3 RC5",
        "UniKey Vietnamese Keyboard",
        "",
        "explorer",
    ),
    (
        "C:\\Program Files\\Windows Defender\\MpCmdRun.exe",
        "Microsoft Malware Protection Command Line Utility",
        "",
        "SignatureUpdate -ScheduleJob -RestrictPrivileges",
        "svchost",
    ),
)
_PARENTS = {
    "services": (f"{_SYSTEM32}services.exe", f"{_SYSTEM32}services.exe", "NT AUTHORITY\\SYSTEM"),
    "svchost": (f"{_SYSTEM32}svchost.exe", f"{_SYSTEM32}svchost.exe -k DcomLaunch -p", "NT AUTHORITY\\SYSTEM"),
    "explorer": ("C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE", ""),
    "chrome": (
        "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
        '"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"',
        "",
    ),
}
_LIBRARIES = (
    *("ntdll.dll", "kernel32.dll", "KernelBase.dll", "user32.dll", "gdi32full.dll", "msvcrt.dll", "combase.dll"),
    *("rpcrt4.dll", "sechost.dll", "ucrtbase.dll", "shell32.dll", "ole32.dll", "propsys.dll", "uxtheme.dll"),
    *("crypt32.dll", "bcryptprimitives.dll", "SHCore.dll", "windows.storage.dll", "msctf.dll", "imm32.dll"),
)
_WORDS = (
    *("bao-cao", "ke-hoach", "cong-van", "to-trinh", "danh-sach", "thong-bao", "quyet-dinh", "bien-ban", "du-toan"),
    *("ho-so", "lich-hop", "hop-dong", "phieu-thu", "tong-hop", "phu-luc", "huong-dan"),
)
_SITES = (
    *("www.google.com", "dichvucong.gov.vn", "outlook.office365.com", "fonts.gstatic.com", "vnexpress.net"),
    *("settings-win.data.microsoft.com", "ctldl.windowsupdate.com", "edge.microsoft.com", "zalo.me", "chat.zalo.me"),
    *("clients4.google.com", "api.msn.com", "login.microsoftonline.com", "ocsp.digicert.com", "baochinhphu.vn"),
)
_KEYS = (
    "HKU\\{sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\.docx\\{n}",
    "HKU\\{sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist\\{{{guid}}}\\Count\\{word}",
    "HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\{sid}\\\\Device\\HarddiskVolume3\\{word}.exe",
    "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\DiagTrack\\{word}\\{guid}",
    "HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{{{guid}}}\\LeaseObtainedTime",
    "HKU\\{sid}\\Software\\Microsoft\\Office\\16.0\\Word\\Reading Locations\\Document {n}\\Position",
)
_VALUES = ("DWORD (0x{n:08x})", "QWORD (0x01d8{n:04x}-0x{n:08x})", "Binary Data", "{word}-{n}")
_FILES = (
    "C:\\Users\\{user}\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Cache\\Cache_Data\\f_{n:06x}",
    "C:\\Users\\{user}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\IE\\{hex}\\{word}[{n}].css",
    "C:\\Users\\{user}\\Documents\\~${word}-{n}.docx",
    "C:\\Users\\{user}\\AppData\\Roaming\\Microsoft\\Office\\Recent\\{word}-{n}.LNK",
    "C:\\Windows\\SoftwareDistribution\\Download\\{hex}\\{guid}.cab",
    "C:\\Windows\\Prefetch\\{word}-{hex}.pf",
    "C:\\ProgramData\\Microsoft\\Windows Defender\\Scans\\History\\CacheManager\\{guid}-0.bin",
)
_USERS = tuple(f"{word}{number:02d}" for word in ("an", "binh", "chi", "dung", "giang") for number in range(12))
_KINDS = (("process", 20), ("image", 25), ("network", 15), ("registry", 20), ("file", 12), ("dns", 8))
"""What Sysmon writes on an ordinary day, and how often of a hundred."""


class Telemetry:
    """Makes events in the shape in which an event log is read to JSON, the same at every run."""

    def __init__(self, attacks: list[dict[str, Any]], seed: int = 3) -> None:
        self._rng = random.Random(seed)
        self._attacks = attacks
        self._moment = BEGIN
        self._record = 100_000

    def lines(self, count: int, attack_share: float) -> Iterator[bytes]:
        """Yield lines; ``attack_share`` of them are recorded attacks with fresh ids and times."""
        kinds, weights = zip(*_KINDS, strict=True)
        for number in range(count):
            self._record += 1
            self._moment += timedelta(milliseconds=self._rng.randrange(1, 60))
            if self._rng.random() < attack_share:
                event = self._renewed(self._attacks[number % len(self._attacks)])
            else:
                event = self._ordinary(self._rng.choices(kinds, weights)[0])
            yield msgspec.json.encode(event) + b"\n"

    def _renewed(self, event: dict[str, Any]) -> dict[str, Any]:
        inner = event["Event"]
        system = {
            **inner["System"],
            "TimeCreated": {"#attributes": {"SystemTime": self._time("T", "Z")}},
            "EventRecordID": self._record,
        }
        renewed = {**inner, "System": system}
        if isinstance(data := inner.get("EventData"), dict):
            fresh = {name: self._guid() for name in ("ProcessGuid", "LogonGuid") if name in data}
            if "UtcTime" in data:
                fresh["UtcTime"] = self._time(" ", "")[:-3]
            renewed["EventData"] = {**data, **fresh}
        return {"Event": renewed}

    def _ordinary(self, kind: str) -> dict[str, Any]:
        rng = self._rng
        user = rng.choice(_USERS)
        words = {
            "user": user,
            "word": rng.choice(_WORDS),
            "n": rng.randrange(1, 60_000),
            "hex": f"{rng.getrandbits(32):08X}",
            "guid": self._guid(),
            "sid": f"S-1-5-21-308926384-506822093-3341789130-{1100 + _USERS.index(user)}",
        }
        image, description, product, arguments, parent = rng.choice(_PROGRAMS)
        start: dict[str, Any] = {"RuleName": "-", "UtcTime": self._time(" ", "")[:-3], "ProcessGuid": self._guid()}
        start |= {"ProcessId": rng.randrange(4, 30_000, 4), "Image": image}
        account = f"TINH\\{user}"
        number, data = getattr(self, f"_{kind}")(words, image, description, product or _WINDOWS, arguments, parent)
        if kind == "registry":
            start = {"RuleName": "-", "EventType": "SetValue", **start}
        return self._event(number, {**start, **data, "User": account})

    def _process(self, words: dict[str, Any], image: str, description: str, product: str, *rest: str) -> Any:
        arguments, parent = rest
        name = image.rpartition("\\")[2]
        parent_image, parent_line, parent_user = _PARENTS[parent]
        line = f'"{image}" {arguments.format(**words)}'.rstrip()
        return 1, {
            "FileVersion": "10.0.19041.3636 (WinBuild.160101.0800)",
            "Description": description,
            "Product": product,
            "Company": _COMPANIES.get(product, "Microsoft Corporation"),
            "OriginalFileName": name,
            "CommandLine": line,
            "CurrentDirectory": f"C:\\Users\\{words['user']}\\",
            "LogonGuid": self._guid(),
            "LogonId": f"0x{self._rng.getrandbits(20):x}",
            "TerminalSessionId": 1,
            "IntegrityLevel": "Medium",
            "Hashes": _hashes(name),
            "ParentProcessGuid": self._guid(),
            "ParentProcessId": self._rng.randrange(4, 30_000, 4),
            "ParentImage": parent_image,
            "ParentCommandLine": parent_line,
            "ParentUser": parent_user or f"TINH\\{words['user']}",
        }

    def _image(self, _words: dict[str, Any], _image: str, *_rest: str) -> Any:
        name = self._rng.choice(_LIBRARIES)
        return 7, {
            "ImageLoaded": _SYSTEM32 + name,
            "FileVersion": "10.0.19041.3636 (WinBuild.160101.0800)",
            "Description": f"{name} of Windows",
            "Product": _WINDOWS,
            "Company": "Microsoft Corporation",
            "OriginalFileName": name,
            "Hashes": _hashes(name),
            "Signed": "true",
            "Signature": "Microsoft Windows",
            "SignatureStatus": "Valid",
        }

    def _network(self, _words: dict[str, Any], _image: str, *_rest: str) -> Any:
        rng = self._rng
        return 3, {
            "Protocol": "tcp",
            "Initiated": True,
            "SourceIsIpv6": False,
            "SourceIp": f"10.20.{rng.randrange(8)}.{rng.randrange(1, 255)}",
            "SourceHostname": f"PC{rng.randrange(400):03d}.tinh.example",
            "SourcePort": rng.randrange(49_152, 65_535),
            "SourcePortName": "",
            "DestinationIsIpv6": False,
            "DestinationIp": f"198.51.100.{rng.randrange(1, 255)}",
            "DestinationHostname": rng.choice(("", *_SITES)),
            "DestinationPort": rng.choice((443, 443, 443, 80)),
            "DestinationPortName": "https",
        }

    def _registry(self, words: dict[str, Any], _image: str, *_rest: str) -> Any:
        rng = self._rng
        return 13, {
            "TargetObject": rng.choice(_KEYS).format(**words),
            "Details": rng.choice(_VALUES).format(**words),
        }

    def _file(self, words: dict[str, Any], _image: str, *_rest: str) -> Any:
        name = self._rng.choice(_FILES).format(**words)
        return 11, {"TargetFilename": name, "CreationUtcTime": self._time(" ", "")[:-3]}

    def _dns(self, _words: dict[str, Any], _image: str, *_rest: str) -> Any:
        rng = self._rng
        address = f"::ffff:198.51.100.{rng.randrange(1, 255)};"
        return 22, {"QueryName": rng.choice(_SITES), "QueryStatus": "0", "QueryResults": address}

    def _event(self, number: int, data: dict[str, Any]) -> dict[str, Any]:
        system = {
            "Provider": {"#attributes": {"Name": SYSMON, "Guid": SYSMON_GUID}},
            "EventID": number,
            "Version": 5,
            "Level": 4,
            "Task": number,
            "Opcode": 0,
            "Keywords": "0x8000000000000000",
            "TimeCreated": {"#attributes": {"SystemTime": self._time("T", "Z")}},
            "EventRecordID": self._record,
            "Correlation": None,
            "Execution": {"#attributes": {"ProcessID": 3216, "ThreadID": self._rng.randrange(4, 9000, 4)}},
            "Channel": f"{SYSMON}/Operational",
            "Computer": f"PC{self._rng.randrange(400):03d}.tinh.example",
            "Security": {"#attributes": {"UserID": "S-1-5-18"}},
        }
        return {"Event": {"#attributes": {"xmlns": XMLNS}, "System": system, "EventData": data}}

    def _guid(self) -> str:
        digits = f"{self._rng.getrandbits(128):032X}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def _time(self, between: str, behind: str) -> str:
        return self._moment.strftime(f"%Y-%m-%d{between}%H:%M:%S.%f") + behind


_WINDOWS = "Microsoft® Windows® Operating System"
_COMPANIES = {"Google Chrome": "Google LLC", "UniKey Vietnamese Keyboard": "UniKey"}


def _hashes(name: str) -> str:
    """Give hashes that a file of this name always has."""
    rng = random.Random(name)
    lengths = (("SHA1", 160), ("MD5", 128), ("SHA256", 256), ("IMPHASH", 128))
    return ",".join(f"{kind}={rng.getrandbits(bits):0{bits // 4}X}" for kind, bits in lengths)


def attack_samples() -> list[dict[str, Any]]:
    """Read the recorded attacks; nothing where they are absent."""
    if not SAMPLES.exists():
        return []
    from evtx import PyEvtxParser

    return [
        msgspec.json.decode(record["data"])
        for path in sorted(SAMPLES.glob("*.evtx"))
        for record in PyEvtxParser(str(path), 1, indent=False).records_json()
        if record
    ]


def write_telemetry(path: Path, events: int, attack_share: float) -> Path:
    """Write a file of so many events."""
    with path.open("wb") as target:
        target.writelines(Telemetry(attack_samples()).lines(events, attack_share))
    return path
