# Two targets matter: `make test` runs everything on a fresh Debian machine with Go, `make build` makes the binary.

export CGO_ENABLED = 0

# What the tests need beside Go: the peers whose mail we read and who read ours. Only what is missing is installed, and no
# system service is started (policy-rc.d): the tests start servers of their own.
PACKAGES = openssl gpgsm gpg-agent git libnss3-tools gnutls-bin man-db postgresql default-jre-headless libplist-utils python3 softhsm2 p11-kit
PACKAGES += postfix swaks libnet-ssleay-perl dovecot-imapd dovecot-lmtpd

.PHONY: build test deps fuzz bench docs

build:
	go build -trimpath -o waxwing ./cmd/waxwing

test: deps
	go vet ./...
	go test -timeout 20m ./...

deps:
	@missing=""; for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
		sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		echo "installing$$missing"; \
		if [ ! -e /usr/sbin/policy-rc.d ]; then \
			printf '#!/bin/sh\nexit 101\n' | $$sudo tee /usr/sbin/policy-rc.d >/dev/null; $$sudo chmod 755 /usr/sbin/policy-rc.d; \
			trap "$$sudo rm -f /usr/sbin/policy-rc.d" EXIT; \
		fi; \
		echo 'postfix postfix/main_mailer_type select No configuration' | $$sudo debconf-set-selections; \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

# Ten minutes for each fuzz target: make fuzz. A shorter look: make fuzz FUZZTIME=30s. Shrinking every interesting input would take nearly all the time: ten tries are enough.
FUZZTIME ?= 10m
fuzz:
	@set -e; for d in $$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./...); do \
		for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$d/*_test.go 2>/dev/null | cut -c6-); do \
			echo "== $$d $$f"; (cd $$d && go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x .); \
		done; done

bench:
	go run ./bench

# Generated pages: docs/*.md and the man page.
docs:
	go test ./internal/docs ./cmd/waxwing -run AreFresh -update
