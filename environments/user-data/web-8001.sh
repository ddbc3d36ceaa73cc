#!/bin/bash
# A web server on port 8001 that says which machine it is.
set -euo pipefail
mkdir -p /srv/web
hostname > /srv/web/index.html
cat > /etc/systemd/system/web.service <<'UNIT'
[Unit]
After=network.target
[Service]
WorkingDirectory=/srv/web
ExecStart=/usr/bin/python3 -m http.server 8001
Restart=always
DynamicUser=yes
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now web.service
