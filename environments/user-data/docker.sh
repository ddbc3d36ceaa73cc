#!/bin/sh
# Docker, and RStudio Server in a container on port 8787; it prints its password to the container's log.
dnf install -y docker
systemctl enable --now docker
docker run -d --restart unless-stopped -p 8787:8787 rocker/rstudio
