"""Ordinary work on Linux servers, as the audit records it, raises no alert above low."""

import os
import shlex
from pathlib import Path
from zoneinfo import ZoneInfo

from soc_agent.decode import Context
from soc_agent.detect import Engine, load_rules
from soc_agent.detect.suppress import Folder
from soc_agent.model import Block, Level
from soc_agent.resources import resource
from tests import product

BEGIN = 1_795_144_443
"""A Friday, 10:14 in Vietnam."""
# minutes of work, each under a parent of its own: user number and commands
WORK = {
    "an administrator looks around": (
        1000,
        """
        ls -la /etc
        systemctl status nginx
        journalctl -u nginx -n 50
        tail -f /var/log/auth.log
        ps aux
        ss -ltnp
        df -h
        free -m
        top -b -n 1
        grep -i error /var/log/syslog
        sudo systemctl restart nginx
        vim /etc/nginx/nginx.conf
        curl -sI https://portal.example.vn/
        ssh an@10.20.3.4 uptime
        scp a.tgz an@10.20.3.4:/srv
        crontab -l
        find /var/www -name '*.php' -mtime -1
        git pull
        less /etc/ssh/sshd_config
        tcpdump -ni eth0 -c 10 port 53
        nc -zv 10.20.3.4 5432
        python3 -c 'import json,sys;print(json.load(sys.stdin))'
        """,
    ),
    "packages are upgraded": (
        0,
        """
        apt-get update
        apt-get -y dist-upgrade
        dpkg --unpack /var/cache/apt/archives/openssl.deb
        chmod 755 /var/lib/dpkg/info/x.postinst
        update-rc.d nginx defaults
        systemctl daemon-reload
        systemctl restart nginx.service
        deb-systemd-invoke restart nginx.service
        ldconfig
        gpgv --keyring /usr/share/keyrings/debian.gpg x
        rm -rf /var/lib/apt/lists/partial
        sh -c 'test -x /usr/lib/apt/apt-helper && /usr/lib/apt/apt-helper wait-online'
        depmod -a
        modprobe nf_conntrack
        update-initramfs -u
        mktemp -d /tmp/tmp.Xa
        adduser --system --no-create-home prometheus
        """,
    ),
    "cron's hour": (
        0,
        """
        run-parts --report /etc/cron.hourly
        sh -c 'cd / && run-parts --report /etc/cron.daily'
        logrotate /etc/logrotate.conf
        gzip /var/log/nginx/access.log.1
        find /var/log -name '*.gz' -mtime +365 -delete
        find /tmp -type f -atime +10 -delete
        sh -c '[ -x /usr/lib/php/sessionclean ] && /usr/lib/php/sessionclean'
        certbot -q renew
        fstrim -av
        updatedb
        mandb --quiet
        rm -f /var/log/nginx/access.log.53.gz
        chronyc tracking
        """,
    ),
    "the backup runs": (
        0,
        """
        mysqldump --single-transaction --result-file=/backup/db.sql portal
        tar czf /backup/etc.tgz /etc
        tar czf /backup/www.tgz /var/www
        rsync -a /srv/ backup01:/srv/
        restic backup /srv
        restic forget --keep-daily 30 --prune
        borg prune --keep-daily 7 /backup/borg
        pg_dump -Fc -f /backup/portal.dump portal
        find /backup -name '*.tgz' -mtime +90 -delete
        sha256sum /backup/db.sql
        gpg --batch --yes -r backup@example.vn -e /backup/db.sql
        openssl enc -aes-256-cbc -pbkdf2 -in /backup/a -out /backup/a.enc -pass file:/root/.k
        lvcreate -s -n snap -L 5G /dev/vg0/root
        """,
    ),
    "monitoring asks": (
        112,
        """
        sh -c 'df -P'
        /usr/lib/nagios/plugins/check_disk -w 10% -c 5%
        /usr/lib/nagios/plugins/check_procs -w 250
        uptime
        cat /proc/loadavg
        systemctl is-active nginx
        ping -c 3 10.20.0.1
        free -b
        sensors
        """,
    ),
    "the portal works": (
        33,
        """
        convert /var/www/html/up/a.png -resize 800x /var/www/html/up/b.png
        sh -c '/usr/sbin/sendmail -t -i'
        php /var/www/html/artisan schedule:run
        wkhtmltopdf http://localhost/x /tmp/x.pdf
        pdftotext /var/www/html/up/a.pdf -
        unzip -o /var/www/html/up/a.zip -d /var/www/html/up/a
        """,
    ),
    "an application is deployed": (
        1001,
        """
        git fetch --all
        composer install --no-dev
        npm ci
        node /srv/app/build.js
        pip install -r requirements.txt
        python3 -m venv /srv/app/venv
        docker build -t app .
        docker run -d --name app -v /srv/app/data:/data -p 8080:8080 app
        docker compose up -d
        docker exec app ls
        kubectl get pods
        ansible-playbook site.yml
        sudo install -m 644 app.service /srv/app/app.service
        chown -R app:app /srv/app
        chmod -R u+rwX,go-w /srv/app
        curl -fsS https://hc.example.vn/ping/app
        make -C /srv/app test
        gcc -O2 -o /srv/app/x /srv/app/x.c
        """,
    ),
    "Ansible sets a host up": (
        0,
        """
        /bin/sh -c '( umask 77 && mkdir -p "` echo /home/an/.ansible/tmp `" )'
        /bin/sh -c 'chmod u+x /home/an/.ansible/tmp/t-1/ /home/an/.ansible/tmp/t-1/AnsiballZ_copy.py && sleep 0'
        /bin/sh -c '/usr/bin/python3 /home/an/.ansible/tmp/t-1/AnsiballZ_copy.py && sleep 0'
        sudo -H -S -n -u root /bin/sh -c 'echo BECOME-SUCCESS-a ; /usr/bin/python3 /home/an/.ansible/tmp/t-1/x.py'
        /bin/sh -c 'rm -f -r /home/an/.ansible/tmp/t-1/ > /dev/null 2>&1 && sleep 0'
        tee /etc/systemd/system/app.service
        cp app.service /etc/systemd/system/app.service
        systemctl enable --now app.service
        useradd -m -s /bin/bash lan
        usermod -L hoa
        chmod 600 /root/.ssh/authorized_keys
        sysctl -w vm.swappiness=10
        """,
    ),
    "an administrator looks after a host": (
        0,
        """
        systemctl kill -s HUP rsyslog.service
        pkill -HUP rsyslogd
        sh -c '[ ! -f /run/nginx.pid ] || kill -USR1 `cat /run/nginx.pid`'
        journalctl --vacuum-time=30d
        find /var/log -name '*.gz' -mtime +90 -delete
        ufw allow 443/tcp
        iptables -A INPUT -p tcp --dport 443 -j ACCEPT
        auditctl -l
        augenrules --load
        apt-get -y remove vlc
        dnf -y update
        rpm -Uvh kernel.rpm
        grep Failed /var/log/auth.log
        sed -n /Failed/p /var/log/auth.log
        tcpdump -i eth0 -w /srv/a.pcap -C 100 -z gzip
        mount /dev/sdb1 /mnt/usb
        touch /srv/app/maintenance
        script -q /root/session.log
        insmod /lib/modules/6.1.0/kernel/drivers/net/dummy.ko
        chattr -i /etc/resolv.conf
        lynis audit system
        clamscan -r /srv
        smartctl -a /dev/sda
        /opt/veeam/transport/veeamagent
        /var/ossec/bin/wazuh-syscheckd
        """,
    ),
    "images are built": (
        0,
        """
        sh -c 'apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*'
        sh -c 'curl -fsSLo /usr/local/bin/tool https://mirror.example.vn/tool && chmod 755 /usr/local/bin/tool'
        sh -c 'cd /tmp && wget -q https://mirror.example.vn/a.tgz && tar xzf a.tgz && rm a.tgz'
        sh -c 'adduser -D app && chown -R app /app'
        runc --root /run/docker/runtime-runc/moby create x
        docker system prune -af
        helm upgrade portal ./chart
        kubectl apply -f deploy.yaml
        nsenter --net=/var/run/netns/cni-1 ip a
        iptables-restore --noflush --counters
        """,
    ),
    "a developer works": (
        1000,
        """
        base64 -d token.txt
        php -r 'echo PHP_VERSION;'
        node -e 'require("net").connect(5432,"db01")'
        ruby -rsocket -e 'puts TCPSocket.new("db01",5432).peeraddr'
        ssh -o 'ProxyCommand=ssh -W %h:%p jump01' db01
        gdb -batch -ex bt ./app core
        curl -F file=@/srv/report.pdf https://portal.example.vn/api
        curl -d @body.json http://10.20.1.5:9200/_bulk
        tar -I zstd -cf /srv/a.tar.zst /srv/app
        git -c core.editor=true rebase --continue
        /home/an/.vscode/extensions/a/bin/server
        /tmp/.mount_Draw1a/usr/bin/draw
        7z a -pS3cret /srv/x.7z /srv/data
        """,
    ),
}
FILES = (
    ("/usr/bin/dpkg", "/etc/cron.d/php"),
    ("/usr/bin/dpkg", "/usr/lib/systemd/system/nginx.service"),
    ("/usr/bin/dpkg", "/etc/pam.d/su.dpkg-new"),
    ("/usr/sbin/useradd", "/etc/passwd"),
    ("/usr/bin/passwd", "/etc/shadow"),
    ("/usr/bin/crontab", "/var/spool/cron/crontabs/tmp.Xa3bQ1"),
    ("/usr/sbin/visudo", "/etc/sudoers.tmp"),
    ("/usr/bin/rsync", "/var/www/html/index.php"),
    ("/usr/sbin/php-fpm8.2", "/var/www/html/up/a.png"),
    ("/usr/sbin/php-fpm8.2", "/var/www/html/storage/framework/views/1a.php"),
    ("/usr/bin/vim.basic", "/etc/nginx/nginx.conf"),
    ("/usr/sbin/augenrules", "/etc/audit/audit.rules"),
    ("/usr/lib/systemd/systemd", "/run/systemd/system/x.slice"),
    ("/usr/sbin/logrotate", "/var/log/nginx/access.log.1"),
)


def written(text: str) -> str:
    if all(0x20 < ord(letter) < 0x7F and letter != '"' for letter in text):
        return f'"{text}"'
    return text.encode().hex().upper()


def call(serial: int, at: float, program: str, user: int, parent: int, what: str) -> str:
    head = f"type=SYSCALL msg=audit({BEGIN + at:.3f}:{serial}): arch=c000003e {what} exit=0 items=2 ppid={parent}"
    ids = f"pid={9000 + serial} auid=1000 uid={user} gid={user} euid={user} tty=pts0 ses=3"
    return f'{head} {ids} comm="{os.path.basename(program)[:15]}" exe="{program}" subj=unconfined key="exec"'  # noqa: PTH119


def audit_log() -> str:
    lines, serial = [], 1
    for parent, (user, commands) in enumerate(WORK.values(), 400):
        for minute, line in enumerate(filter(None, map(str.strip, commands.splitlines()))):
            arguments = shlex.split(line)
            program = arguments[0] if arguments[0].startswith("/") else f"/usr/bin/{arguments[0]}"
            at = minute * 20.0
            stamp = f"msg=audit({BEGIN + at:.3f}:{serial}):"
            given = " ".join(f"a{place}={written(argument)}" for place, argument in enumerate(arguments))
            start = call(serial, at, program, user, parent, "syscall=59 success=yes")
            lines.append(f'{start} type=EXECVE {stamp} argc={len(arguments)} {given} type=CWD {stamp} cwd="/srv"')
            serial += 1
    for program, path in FILES:
        stamp = f"msg=audit({BEGIN:.3f}:{serial}):"
        opened = call(serial, 0, program, 0, 1, "syscall=257 success=yes a0=ffffff9c a1=7ffd a2=241")
        lines.append(f'{opened} type=CWD {stamp} cwd="/" type=PATH {stamp} item=1 name="{path}" nametype=CREATE')
        serial += 1
    return "".join(f"{line}\n" for line in lines)


def test_nothing_of_it_is_above_low() -> None:
    folder = resource("rules")
    rules = load_rules([folder / "sigma", folder / "correlation"])
    engine, alerts = Engine(rules, product.decoders()), Folder()
    context = Context("audit", "auditd", ZoneInfo("Asia/Ho_Chi_Minh"), BEGIN * 1_000_000_000)
    block = Block("audit", "audit.log", "audit.log", "auditd", audit_log().encode())
    for detection in (*engine.run(block, context).detections, *engine.advance().detections):
        alerts.add(detection)
    loud = [
        (
            alert.detection.rule.title,
            alert.detection.fields.get("CommandLine"),
            alert.detection.fields.get("TargetFilename"),
        )
        for alert in alerts.alerts()
        if alert.level > Level.LOW
    ]
    assert loud == []
    assert isinstance(folder, Path)
