#!/bin/bash
# One directory for the uploads of all machines, and the host of the cache in a file for the program.
set -euo pipefail
dnf install -y nginx amazon-efs-utils
# The machine may be up before the files and the cache are: it waits for their names.
read_name() {
  until aws ssm get-parameter --region ap-northeast-2 --name "/shared-files/$1" --query Parameter.Value --output text; do sleep 10; done
}
mkdir -p /usr/share/nginx/html/uploads
echo "$(read_name id):/ /usr/share/nginx/html/uploads efs _netdev,tls 0 0" >> /etc/fstab
mount -a -t efs
read_name pages > /etc/pages-host
systemctl enable --now nginx
