#!/bin/bash
# The tool to send load with: ab -n 100000 -c 50 http://ADDRESS-OF-THE-BALANCER/
set -euo pipefail
dnf install -y httpd-tools
