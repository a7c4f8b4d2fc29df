#!/bin/sh
# Cài đặt agent giám sát
set -e
curl -fsSL -o /tmp/agent.tgz https://update.example.vn/agent.tgz
echo "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef  /tmp/agent.tgz" | sha256sum -c -
tar -xzf /tmp/agent.tgz -C /opt
cat > /etc/systemd/system/agent.service <<'UNIT'
[Unit]
Description=Monitoring agent
[Service]
ExecStart=/opt/agent/bin/agent --config /etc/agent.yaml
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now agent
chmod 755 /opt/agent/bin/agent
rm -f /tmp/agent.tgz
