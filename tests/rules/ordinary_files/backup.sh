#!/bin/bash
# Sao lưu hằng đêm: cơ sở dữ liệu, tệp hồ sơ, cấu hình
set -euo pipefail
target=/srv/backup/$(date +%F)
mkdir -p "$target"
pg_dump ho_so | gzip > "$target/ho_so.sql.gz"
find /srv/ho-so -type f -newer /srv/backup/last -print0 | tar --null -T - -czf "$target/tep.tgz"
gpg --batch --encrypt --recipient sao-luu@example.vn "$target/ho_so.sql.gz" && rm -f "$target/ho_so.sql.gz"
find /srv/backup -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
echo "$SIGNING_KEY" | base64 -d > /root/.gnupg/key.asc
crontab -l > "$target/crontab"
cp /etc/cron.d/* /root/.ssh/authorized_keys "$target/"
(echo > /dev/tcp/10.20.0.9/22) 2>/dev/null && rsync -a "$target" backup@10.20.0.9:/srv/
curl -fsS -m 10 https://hc.example.vn/ping/sao-luu > /dev/null
pkill -HUP rsyslogd || true
