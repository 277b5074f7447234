#!/bin/sh
# Fills vendor/ from Debian's Go packages; with a module proxy it would be `go mod vendor`.
set -eu
cd "$(dirname "$0")"
from=/usr/share/gocode/src
rm -rf vendor && mkdir vendor
for package in github.com/fluffle/goirc/client github.com/fluffle/goirc/logging \
	github.com/fluffle/goirc/state github.com/golang/mock/gomock golang.org/x/net/internal/socks \
	golang.org/x/net/proxy gopkg.in/telebot.v3; do
	mkdir -p "vendor/$package"
	find "$from/$package/" -maxdepth 1 -name '*.go' ! -name '*_test.go' -exec cp -L {} "vendor/$package/" \;
done
cat > vendor/modules.txt <<'M'
# github.com/fluffle/goirc v1.1.1
## explicit; go 1.13
github.com/fluffle/goirc/client
github.com/fluffle/goirc/logging
github.com/fluffle/goirc/state
# github.com/golang/mock v1.6.0
## explicit; go 1.11
github.com/golang/mock/gomock
# golang.org/x/net v0.27.0
## explicit; go 1.18
golang.org/x/net/internal/socks
golang.org/x/net/proxy
# gopkg.in/telebot.v3 v3.3.8
## explicit; go 1.16
gopkg.in/telebot.v3
M
