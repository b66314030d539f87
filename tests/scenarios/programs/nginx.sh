#!/bin/sh
# Starts nginx in the foreground with one server: nginx.sh 'listen 80;'
mkdir -p /var/log/nginx /var/lib/nginx
cat > nginx.conf <<CONF
daemon off;
user www-data;
worker_processes 2;
pid $PWD/nginx.pid;
error_log stderr;
events { }
http { access_log off; server { $1 } }
CONF
exec /usr/sbin/nginx -e stderr -c "$PWD/nginx.conf"
