#!/bin/sh
# Apache with one page that names the machine.
dnf install -y httpd
hostname >/var/www/html/index.html
systemctl enable --now httpd
