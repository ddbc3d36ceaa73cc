#!/bin/bash
# One directory for the uploads of all machines, and the host of the cache in a file for the program.
set -euo pipefail
dnf install -y nginx amazon-efs-utils
mkdir -p /usr/share/nginx/html/uploads
echo '${fileSystem.uploads.id}:/ /usr/share/nginx/html/uploads efs _netdev,tls 0 0' >> /etc/fstab
mount -a -t efs
echo '${cacheCluster.pages.endpoint}' > /etc/pages-host
systemctl enable --now nginx
