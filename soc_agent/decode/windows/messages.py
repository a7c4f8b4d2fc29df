"""What the message of a Windows event says, where the program that wrote the line keeps only the message.

A message names its data as a person reads them, below headings: ``Subject:`` … ``Account Name:  an``. Programs that
write one line make spaces of its tabs and line ends. English alone: Windows renders in its own language.
"""

import re
from typing import Any

_SUBJECT, _TARGET, _MEMBER, _GROUP = "Subject", "Target", "Member", "Group"
_HEADINGS = {
    "Subject": _SUBJECT,
    "Creator Subject": _SUBJECT,
    **dict.fromkeys(
        (
            *("New Logon", "Account For Which Logon Failed", "Target Account", "New Account", "Target Computer"),
            *("Account Whose Credentials Were Used", "Account That Was Locked Out", "User Account That Was Changed"),
            *("Computer Account That Was Changed", "Account Information", "Deleted Account", "Target Subject", "User"),
            *("New Computer Account", "Logon Account Information", "Attributes", "Changed Attributes"),
        ),
        _TARGET,
    ),
    "Member": _MEMBER,
    "Group": _GROUP,
    "New Group": _GROUP,
    "Deleted Group": _GROUP,
    **dict.fromkeys(
        (
            *("Failure Information", "Process Information", "Network Information", "Logon Information", "Object"),
            *("Detailed Authentication Information", "Additional Information", "Service Information", "Privileges"),
            *("Task Information", "Share Information", "Access Request Information", "Target Server", "Process"),
            *("Change Type", "Audit Policy Change", "Certificate Information", "Ticket information", "Operation"),
        ),
        "",
    ),
}
_OF_HEADING = {
    (_SUBJECT, "Security ID"): "SubjectUserSid",
    (_SUBJECT, "Account Name"): "SubjectUserName",
    (_SUBJECT, "Account Domain"): "SubjectDomainName",
    (_SUBJECT, "Logon ID"): "SubjectLogonId",
    (_TARGET, "Security ID"): "TargetUserSid",
    (_TARGET, "User ID"): "TargetUserSid",
    (_TARGET, "Account Name"): "TargetUserName",
    (_TARGET, "Account Domain"): "TargetDomainName",
    (_TARGET, "Supplied Realm Name"): "TargetDomainName",
    (_TARGET, "Logon ID"): "TargetLogonId",
    (_MEMBER, "Security ID"): "MemberSid",
    (_MEMBER, "Account Name"): "MemberName",
    (_GROUP, "Security ID"): "TargetSid",
    (_GROUP, "Group Name"): "TargetUserName",
    (_GROUP, "Account Name"): "TargetUserName",
    (_GROUP, "Group Domain"): "TargetDomainName",
    (_GROUP, "Account Domain"): "TargetDomainName",
}
_ALONE = {
    "Logon Type": "LogonType",
    "Status": "Status",
    "Failure Code": "Status",
    "Result Code": "Status",
    "Error Code": "Status",
    "Sub Status": "SubStatus",
    "Failure Reason": "FailureReason",
    "Source Network Address": "IpAddress",
    "Client Address": "IpAddress",
    "Network Address": "IpAddress",
    "Source Address": "IpAddress",
    "Source Port": "IpPort",
    "Client Port": "IpPort",
    "Port": "IpPort",
    "Workstation Name": "WorkstationName",
    "Source Workstation": "Workstation",
    "Logon Account": "TargetUserName",
    "Logon Process": "LogonProcessName",
    "Authentication Package": "AuthenticationPackageName",
    "New Process ID": "NewProcessId",
    "New Process Name": "NewProcessName",
    "Creator Process ID": "ProcessId",
    "Creator Process Name": "ParentProcessName",
    "Process Command Line": "CommandLine",
    "Process Name": "ProcessName",
    "Caller Process Name": "ProcessName",
    "Service Name": "ServiceName",
    "Service File Name": "ImagePath",
    "Service Type": "ServiceType",
    "Service Start Type": "StartType",
    "Service Account": "AccountName",
    "Service ID": "ServiceSid",
    "Task Name": "TaskName",
    "Task Content": "TaskContent",
    "Share Name": "ShareName",
    "Share Path": "ShareLocalPath",
    "Relative Target Name": "RelativeTargetName",
    "Accesses": "AccessList",
    "Access Mask": "AccessMask",
    "Object Name": "ObjectName",
    "Object Type": "ObjectType",
    "Ticket Encryption Type": "TicketEncryptionType",
    "Ticket Options": "TicketOptions",
    "Pre-Authentication Type": "PreAuthType",
    "SAM Account Name": "SamAccountName",
    "User Account Control": "UserAccountControl",
    "Caller Computer Name": "TargetDomainName",
}
_OTHERS = (
    *("Logon GUID", "Linked Logon ID", "Network Account Name", "Network Account Domain", "Virtual Account"),
    *("Restricted Admin Mode", "Elevated Token", "Impersonation Level", "Process ID", "Caller Process ID"),
    *("Transited Services", "Package Name (NTLM only)", "Key Length", "Token Elevation Type", "Mandatory Label"),
    *("Display Name", "User Principal Name", "Home Directory", "Home Drive", "Script Path", "Profile Path"),
    *("User Workstations", "Password Last Set", "Account Expires", "Primary Group ID", "AllowedToDelegateTo"),
    *("Old UAC Value", "New UAC Value", "User Parameters", "SID History", "Logon Hours", "Additional Info"),
    *("Object Server", "Handle ID", "Category", "Subcategory", "Subcategory GUID", "Changes", "Access Reasons"),
    *("Expiration time", "DNS Host Name", "Target Server Name", "Certificate Issuer Name", "Response ticket"),
)
_LABEL = re.compile(
    r"(?:^|(?<=\s))("
    + "|".join(
        sorted(
            map(re.escape, {*_HEADINGS, *_ALONE, *_OTHERS, *(label for _, label in _OF_HEADING)}), key=len, reverse=True
        )
    )
    + r"):(?=\s|$)"
)
_EXPLANATION = re.compile(r"\s(?:This event is generated|Token Elevation Type indicates|Certificate information is)\b")
_AUDITED_SERVICE = 4697
_LONGEST = 65_536


def data_of_message(number: int, message: str) -> dict[str, Any]:
    """Give the data of an event of the channels Security and System by the names that Windows has for them."""
    text = message[:_LONGEST]
    if end := _EXPLANATION.search(text):
        text = text[: end.start()]
    labels = list(_LABEL.finditer(text))
    data: dict[str, Any] = {}
    heading = ""
    for place, found in enumerate(labels):
        after = labels[place + 1].start() if place + 1 < len(labels) else len(text)
        value = text[found.end() : after].strip()
        label = found[1]
        if label in _HEADINGS and not value:
            heading = _HEADINGS[label]
            continue
        name = _OF_HEADING.get((heading, label)) or _ALONE.get(label)
        if name is not None and value:
            data.setdefault(name, value)
    if number == _AUDITED_SERVICE and "ImagePath" in data:
        data["ServiceFileName"] = data.pop("ImagePath")
    return data
