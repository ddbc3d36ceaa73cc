#!/bin/bash
# Chat: every machine publishes to the cache and listens there, so that two people on two machines hear each other.
set -euo pipefail
dnf install -y nodejs20 npm
mkdir -p /srv/chat && cd /srv/chat
cat > package.json <<'JSON'
{ "type": "module", "dependencies": { "ioredis": "^5", "ws": "^8" } }
JSON
cat > chat.js <<'JS'
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import Redis from "ioredis";
import { WebSocketServer } from "ws";
const { host, port } = JSON.parse(readFileSync("/srv/chat/cache.json", "utf8"));
const [out, heard] = [0, 1].map(() => new Redis({ host, port, tls: {} }));
const server = createServer((_request, response) => response.end("ok"));
const sockets = new WebSocketServer({ server });
await heard.subscribe("chat");
heard.on("message", (_channel, text) => { for (const client of sockets.clients) client.send(text); });
sockets.on("connection", (client) => client.on("message", (text) => void out.publish("chat", String(text))));
server.listen(8080);
JS
cat > read-cache.mjs <<'JS'
// The endpoint stands in Parameter Store: the machines need not be replaced when it changes.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
const ask = (name) => execFileSync("aws", ["ssm", "get-parameter", "--name", name, "--query", "Parameter.Value", "--output", "text"], { encoding: "utf8" }).trim();
writeFileSync("/srv/chat/cache.json", JSON.stringify({ host: ask("/chat/cache/host"), port: Number(ask("/chat/cache/port")) }));
JS
npm install --omit=dev
cat > /etc/systemd/system/chat.service <<'UNIT'
[Unit]
After=network-online.target
[Service]
WorkingDirectory=/srv/chat
ExecStartPre=/usr/bin/node read-cache.mjs
ExecStart=/usr/bin/node chat.js
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now chat.service
