# bsbl - a backscatter blocklist
#
#   make run        build, and show the whole list at work on loopback
#   make check      every test; ends with "N passed, N failed"
#   make            build every program into build/
#   make unit       unit tests alone; `make system` the system tests alone
#   make fuzz       build the fuzz targets and replay their corpora
#   make install    install below $(DESTDIR)$(PREFIX)
#   make deb        a Debian package in build/deb/; `make deb-check` tries it,
#                   `make systemd-check` under a systemd that boots, `make
#                   kernel-check` under Debian's own kernel
#   make fresh      the two commands in a Debian that has make alone
#   make deps       install what is missing of the Debian packages we need;
#                   `make deps-tools` also what .ci/run needs
#   make format     lay the source out; `make format-check` only looks
#   make tidy       clang-tidy (a package of that name), QUICK=1 without what
#                   follows paths; `make lint` shellcheck
#   make memcheck   unit tests of what reads strangers' octets, under valgrind
#   make threads    what has threads; with SANITIZE=thread
#   make strangers  system tests of what strangers reach; with SANITIZE=
#   make coverage   how much of each module the tests reach
#   make torture    power losses and kills by the thousand, for some minutes;
#                   `make torture-agreement`: acts in any order, by the hundred
#   make soak       a list's life for an hour; MINUTES= or HOURS= for others
#
# SANITIZE=address,undefined makes a sanitizer build in build-address,undefined/.

.SUFFIXES:
.DELETE_ON_ERROR:

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
BUILD      ?= build$(if $(SANITIZE),-$(SANITIZE))
CC         ?= cc
PKG_CONFIG ?= pkg-config

VERSION := $(shell cat VERSION 2>/dev/null || echo unknown)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wwrite-strings -Wformat=2 -Wvla -Wundef $(WERROR)
# Libraries are called by the table that -z now has filled, without a stop on
# the way: what is hot fits better into the processor's cache.
HARDEN   := -fstack-protector-strong -fPIE -fno-plt -D_FORTIFY_SOURCE=2
LDFLAGS  ?= -Wl,-z,relro,-z,now

# What is built to be tried and not to be used is built fast: not optimized,
# which takes two thirds of a compilation and removes what a sanitizer might
# see; with line numbers alone; by a fast linker where there is one (mold), since
# ld puts a sanitizer's runtime into two hundred tests in two minutes.
TRIED    := -O0 -g1
FAST_LD  := $(if $(shell command -v mold),-fuse-ld=mold)

ifdef SANITIZE
CFLAGS   ?= $(if $(findstring fuzzer,$(SANITIZE)),-O2 -g,$(TRIED))
HARDEN   := -DSANITIZED -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=$(SANITIZE:fuzzer%=fuzzer-no-link%)
LDFLAGS  += -fsanitize=$(SANITIZE:fuzzer%=fuzzer-no-link%) $(FAST_LD)
else
CFLAGS   ?= -O2 -g
LDFLAGS  += -pie
endif

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DBSBL_VERSION='"$(VERSION)"' -I. \
             $(WARNINGS) $(HARDEN) $(CFLAGS) $(PACKAGE_CFLAGS)
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)

# --- what the project is made of -------------------------------------------

# Every folder becomes one archive. A program is its main.c linked with its own
# folder, then db, then common: a folder uses only what stands to its right.
FOLDERS  := common db dnsd ingest httpapi ctl
PROGRAMS := bsbl-dnsd bsbl-ingest bsbl-httpapi bsblctl

bsbl-dnsd.DIR     := dnsd
bsbl-dnsd.PKGS    := ldns libcrypto lmdb libconfuse libsodium libseccomp libsystemd
bsbl-ingest.DIR   := ingest
bsbl-ingest.PKGS  := gmime-3.0 jansson libevent libevent_pthreads libssl libcrypto lmdb libconfuse libsodium libseccomp libsystemd
bsbl-httpapi.DIR  := httpapi
bsbl-httpapi.PKGS := libmicrohttpd gnutls libcares jansson libcrypto lmdb libconfuse libsodium libseccomp libsystemd
bsblctl.DIR       := ctl
bsblctl.PKGS      := jansson ldns libcrypto lmdb libconfuse libsodium libsystemd

PACKAGES := ldns lmdb libmicrohttpd gnutls libcares jansson libevent \
            libevent_pthreads gmime-3.0 libsodium libconfuse libseccomp libsystemd libssl \
            libcrypto

# To build, then to test. deploy/ and docs/ say what each library is for.
APT := build-essential pkgconf libldns-dev libmicrohttpd-dev \
       libgnutls28-dev libc-ares-dev liblmdb-dev libjansson-dev \
       libevent-dev libgmime-3.0-dev libsodium-dev libconfuse-dev \
       libseccomp-dev libsystemd-dev libssl-dev \
       libjs-bootstrap5 libjs-chart.js
APT_RUN   := $(APT) bind9-dnsutils curl python3
APT_CHECK := $(APT_RUN) bind9 chromium-headless-shell fonts-dejavu-core libcmocka-dev \
             faketime iproute2 knot knot-dnsutils mandoc nftables nsd postfix \
             prometheus python3-jsonschema python3-yaml rbldnsd strace unbound \
             $(if $(shell command -v npm),,nodejs npm)
APT_TOOLS := $(APT_CHECK) clang clang-format clang-tidy \
             libclang-rt-14-dev mold shellcheck valgrind

UNIT := $(wildcard tests/unit/test_*.c)
FUZZ := $(wildcard tests/fuzz/fuzz_*.c)
TOOL := $(wildcard tests/tools/*.c)
SHIM := $(wildcard tests/shim/*.c)

# --- rules -------------------------------------------------------------------

.PHONY: all run check unit system fuzz install deps tidy format format-check clean
.SECONDARY:
all: $(PROGRAMS:%=$(BUILD)/%)

$(BUILD)/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# What every query passes through: a tenth of our own time is worth it.
$(BUILD)/dnsd/%.o: CFLAGS += -O3
$(addprefix $(BUILD)/httpapi/,hash.o jsonout.o lookup_json.o): CFLAGS += -O3

# Hold the files of the portal (.incbin, which -MMD does not see); those that
# are served as they are also packed.
PORTAL := $(wildcard httpapi/portal/*)
CONSOLE := $(wildcard httpapi/console/*)
SERVED := /usr/share/javascript/bootstrap5/css/bootstrap.min.css \
          /usr/share/javascript/chart.js/chart.min.js httpapi/openapi.yaml \
          $(addprefix httpapi/portal/,style.css icon.svg trends.js robots.txt) \
          $(addprefix httpapi/console/,console.js console.css)
PACKED := $(addprefix $(BUILD)/httpapi/packed/,$(addsuffix .gz,$(notdir $(SERVED))))
$(BUILD)/httpapi/portal.o: $(PORTAL)
$(BUILD)/httpapi/console_page.o: $(CONSOLE)
$(BUILD)/httpapi/language.o: $(PORTAL) $(CONSOLE)
$(BUILD)/httpapi/file.o: $(SERVED) $(PACKED)
$(BUILD)/httpapi/file.o: HARDEN += $(addprefix -Xassembler ,-I $(BUILD))

define packed
$(BUILD)/httpapi/packed/$(notdir $(1)).gz: $(1)
	@mkdir -p $$(@D)
	gzip -9nc $$< >$$@
endef
$(foreach f,$(SERVED),$(eval $(call packed,$(f))))

define archive
$(BUILD)/$(1).a: $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/main.c,$(wildcard $(1)/*.c)))
	@rm -f $$@
	$$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call archive,$(f))))

define program
$(BUILD)/$(1): $(addprefix $(BUILD)/,$($(1).DIR)/main.o $($(1).DIR).a db.a common.a)
	$$(CC) $$(LDFLAGS) $$^ $$(shell $$(PKG_CONFIG) --libs $($(1).PKGS)) -lm -pthread -o $$@
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

ARCHIVES := $(addprefix $(BUILD)/,$(addsuffix .a,ctl httpapi ingest dnsd db common))
ALL_LIBS  = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lm -pthread

# What several tests share, and the programs never see.
SUPPORT := $(BUILD)/tests/support.a
$(SUPPORT): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
	@rm -f $@
	$(AR) rcs $@ $^

# A simulated world, judged by the policy; tests/sim/README.md.
SIM := $(BUILD)/tests/sim.a
$(SIM): $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/simulate.c,$(wildcard tests/sim/*.c)))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(SUPPORT) $(SIM) $(ARCHIVES)
	$(CC) $(LDFLAGS) $^ $(shell $(PKG_CONFIG) --libs cmocka) $(ALL_LIBS) -o $@

# With CC=clang SANITIZE=fuzzer,address the targets are libFuzzer programs;
# otherwise tests/fuzz/replay.c feeds every file of the corpus to the target.
REPLAY := $(if $(findstring fuzzer,$(SANITIZE)),,$(BUILD)/tests/fuzz/replay.o)

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(REPLAY) $(SUPPORT) $(ARCHIVES)
	$(CC) $(LDFLAGS) $(if $(REPLAY),,-fsanitize=$(SANITIZE)) $^ $(ALL_LIBS) -o $@

# What things cost: make build/tests/bench/bench_NAME, and run it.
$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(ARCHIVES)
	$(CC) $(LDFLAGS) $^ $(ALL_LIBS) -o $@

$(BUILD)/tests/sim/simulate: $(BUILD)/tests/sim/simulate.o $(SIM) $(ARCHIVES)
	$(CC) $(LDFLAGS) $^ $(ALL_LIBS) -o $@

# 100,000 servers for six weeks, a preset at a time; some three minutes.
.PHONY: simulate
simulate: $(BUILD)/tests/sim/simulate
	$< -p small -t 5
	$< -p large -t 500
	$< -p eager -t 5

# CPU time a message beside what GMime alone takes; FILES= for others. And of
# messages made to cost much.
.PHONY: bench-classify
bench-classify: $(BUILD)/tests/bench/bench_classify
	$< -l $(or $(FILES),$(wildcard tests/data/mail/*.eml))
	$< -m

# A million listings that expire within an hour, and what a client of the name
# server feels of it; LISTINGS= for other numbers.
.PHONY: bench-sweep
bench-sweep: all $(BUILD)/tests/bench/bench_sweep $(TOOL:%.c=$(BUILD)/%)
	@directory=$$(mktemp -d) && $(BUILD)/tests/bench/bench_sweep \
	    $(or $(LISTINGS),1000000) $$directory; \
	    code=$$?; rm -rf $$directory; exit $$code
	@WHAT=sweep SIZE=$(or $(LISTINGS),1000000) tests/bench/bench-dns $(BUILD)

# A bad sensor's hundred thousand sightings, taken back; RECORDS= for others.
.PHONY: bench-purge
bench-purge: $(BUILD)/tests/bench/bench_purge
	@directory=$$(mktemp -d) && $< $(or $(RECORDS),100000) $$directory; \
	    code=$$?; rm -rf $$directory; exit $$code

# A day of a million sightings, counted for the public; SIGHTINGS= for others.
.PHONY: bench-days
bench-days: $(BUILD)/tests/bench/bench_days
	@directory=$$(mktemp -d) && $< $(or $(SIGHTINGS),1000000) $$directory; \
	    code=$$?; rm -rf $$directory; exit $$code

# Ten million pieces of evidence beside a hundred thousand; SCRATCH= for where.
.PHONY: bench-history
bench-history: $(BUILD)/tests/bench/bench_history
	@directory=$$(mktemp -d $(or $(SCRATCH),/tmp)/XXXXXX) && \
	    $< $$directory 100000 $(or $(RECORDS),10000000); \
	    code=$$?; rm -rf $$directory; exit $$code

# Beside other name servers; says itself how it is called.
.PHONY: bench-dns
bench-dns: all $(BUILD)/tests/bench/bench_sweep $(TOOL:%.c=$(BUILD)/%)
	@WHAT="$(WHAT)" tests/bench/bench-dns $(BUILD)

# Beside nginx; says itself how it is called.
.PHONY: bench-http
bench-http: all $(TOOL:%.c=$(BUILD)/%)
	@tests/bench/bench-http $(BUILD)

# Giving the zone away, beside Knot as primary of the same zone.
.PHONY: bench-zone
bench-zone: all $(TOOL:%.c=$(BUILD)/%)
	@WHAT="$(WHAT)" tests/bench/bench-zone $(BUILD)

# Secondaries that follow a list which lives for minutes.
.PHONY: torture-zone
torture-zone: all $(TOOL:%.c=$(BUILD)/%)
	@tests/system/35-dnsd-secondaries $(BUILD) $(or $(MINUTES),5)

# Beside other receivers of mail; says itself how it is called.
.PHONY: bench-smtp
bench-smtp: all $(TOOL:%.c=$(BUILD)/%)
	@WHAT="$(WHAT)" tests/bench/bench-smtp $(BUILD)

# What system tests need beside the programs.
$(BUILD)/tests/tools/%: $(BUILD)/tests/tools/%.o $(SUPPORT) $(ARCHIVES)
	$(CC) $(LDFLAGS) $^ $(ALL_LIBS) -o $@

# What stands between the programs and the system, by LD_PRELOAD: never built
# with a sanitizer, which would have to be loaded first.
$(BUILD)/tests/shim/%.so: tests/shim/%.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -shared -fPIC $< -o $@

# tests/run counts what the tests print (TAP) and ends with one line for all.
UNIT_PROGRAMS = $(UNIT:%.c=$(BUILD)/%)
FUZZ_PROGRAMS = $(FUZZ:%.c=$(BUILD)/%)
TOOL_PROGRAMS = $(TOOL:%.c=$(BUILD)/%) $(SHIM:%.c=$(BUILD)/%.so)

# As many jobs as processors, where the caller has not said how many.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

run: deps-run
	@$(MAKE) --no-print-directory -qs all 2>/dev/null || \
	    echo "Building; this takes a minute or two."
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@deploy/demo $(BUILD)

check: deps-check
	@$(MAKE) --no-print-directory -s $(JOBS) check-all

# Linters and what drives a browser; what is pinned is installed, no script of
# a package runs.
NPM := $(BUILD)/npm/node_modules/.package-lock.json
$(NPM): tests/npm/package.json tests/npm/package-lock.json
	@mkdir -p $(BUILD)/npm
	cp $^ $(BUILD)/npm
	cd $(BUILD)/npm && npm ci --ignore-scripts --no-audit --no-fund --silent

# Mail servers that use the list, as Debian has them: downloaded, not installed,
# for they conflict with each other. Without them their tests are skipped.
MAIL_SERVERS := $(BUILD)/mail-servers
$(MAIL_SERVERS): tests/support/mailusers.py
	-PYTHONDONTWRITEBYTECODE=1 tests/support/mailusers.py fetch $@
	@touch $@

.PHONY: check-all deps-run deps-check deps-tools test-programs
test-programs: all $(UNIT_PROGRAMS) $(FUZZ_PROGRAMS) $(TOOL_PROGRAMS)
check-all: test-programs $(NPM) $(MAIL_SERVERS)
	@tests/run $(BUILD) unit fuzz system
unit: $(UNIT_PROGRAMS)
	@tests/run $(BUILD) unit
fuzz: $(FUZZ_PROGRAMS)
	@tests/run $(BUILD) fuzz
system: all $(TOOL_PROGRAMS) $(NPM) $(MAIL_SERVERS)
	@tests/run $(BUILD) system

# AddressSanitizer does not see what is read before it was written. Not all: it
# takes twenty times as long.
MEMCHECKED := answer dsn event fields original policy_request proxy_header \
              query restore settings smtp_session store_room template tsig \
              verify wire zonedata
.PHONY: memcheck
memcheck: $(MEMCHECKED:%=$(BUILD)/tests/unit/test_%)
	@TEST_ONLY="$(MEMCHECKED)" TEST_UNDER="valgrind -q --error-exitcode=9" \
	    tests/run $(BUILD) unit

# ThreadSanitizer cannot see the locks of GLib, and so not bsbl-ingest's
# threads that read messages.
THREADED := deadline index_readers job_queue log ratelimit reader store_keep \
            writer
.PHONY: threads
threads: all $(addprefix $(BUILD)/tests/,$(THREADED:%=unit/test_%) \
    tools/sighting tools/zone_fill)
	@TEST_ONLY="$(THREADED) 54-agreement" tests/run $(BUILD) unit system

# System tests of what the octets of strangers come to, for the programs of a
# sanitizer build; none that moves the clock or takes memory away, which such a
# program does not bear.
STRANGERS := 21-operator 22-keeping 24-accounts 30-dnsd 31-dnsd-hostile \
             34-dnsd-transfer 36-dnsd-probes 37-dnsd-forged \
             38-dnsd-amplification 40-smtp 40-smtp-attack 40-smtp-proxy \
             43-explain 47-policy-service 50-httpapi-lists 50-httpapi-tls \
             51-httpapi-crowds 51-httpapi-hostile 51-httpapi-lengths \
             54-agreement 55-operator-api 55-proof 55-proof-answers \
             56-console-work 61-shared 70-refusals 89-watching
.PHONY: strangers
strangers: all $(TOOL_PROGRAMS)
	@TEST_ONLY="$(STRANGERS)" tests/run $(BUILD) system

# In a build of its own, whose programs may write down below it what they did.
# QUICK=1 without the slower system tests; ends with a table.
.PHONY: coverage
coverage:
	@deploy/install-packages gcovr
	@$(MAKE) --no-print-directory -s $(JOBS) BUILD=build-coverage \
	    CFLAGS='$(TRIED) -U_FORTIFY_SOURCE $(GCOV)' \
	    LDFLAGS='--coverage $(FAST_LD)' coverage-all
GCOV = --coverage -fprofile-update=atomic \
       -DCOVERAGE="\"$(CURDIR)/build-coverage\""

.PHONY: coverage-all
coverage-all: test-programs $(if $(QUICK),,$(NPM) $(MAIL_SERVERS))
	@tests/coverage $(BUILD) $(if $(QUICK),quick)

# The short form of it is in every check. ROUNDS= for another number.
.PHONY: torture
torture: all $(TOOL_PROGRAMS)
	BSBL_ROUNDS=$(or $(ROUNDS),1000) tests/system/49-power-loss $(BUILD)
	BSBL_ROUNDS=$(or $(ROUNDS),1000) tests/system/49-power-loss-files $(BUILD)

# Anything in any order, and whether all who can be asked agree; SEEDS= for
# another number of worlds, FIRST= for others. Two of them are in every check.
.PHONY: torture-agreement
torture-agreement: all $(TOOL_PROGRAMS)
	@PYTHONDONTWRITEBYTECODE=1 tests/system/54-any-order $(BUILD) \
	    $(or $(SEEDS),300) $(or $(FIRST),1)

# Everything at once, with kills, while the clock runs through three months: an
# hour, or MINUTES= or HOURS=. Ends with a table.
.PHONY: soak
soak: all $(TOOL_PROGRAMS)
	@PYTHONDONTWRITEBYTECODE=1 tests/soak $(BUILD) \
	    $(or $(MINUTES),$(if $(HOURS),$$((60 * $(HOURS))),60)) $(SEED)

# A scanner for weaknesses of web sites; some minutes. apt-get install wapiti
.PHONY: wapiti
wapiti: all $(TOOL_PROGRAMS)
	BSBL_WAPITI=1 tests/system/56-wapiti $(BUILD)

deps: deps-check
deps-run:
	@deploy/install-packages $(APT_RUN)
deps-check:
	@deploy/install-packages $(APT_CHECK)
# All that .ci/run needs, at once: each call has its own way to the mirror.
deps-tools:
	@deploy/install-packages $(APT_TOOLS)

# Below PREFIX, and bsbl.conf where none is yet. systemd looks for units below
# /usr/local, too. SHARE is $(PREFIX)/share with what stages the files.
SYSTEMD ?= $(PREFIX)/lib/systemd
SHARE    = $(DESTDIR)$(PREFIX)/share
UNITS   := $(wildcard deploy/systemd/*.service)
# What others take from deploy/: bsbl.conf as it was, before it is edited.
EXAMPLES := $(addprefix deploy/,bind bsbl.conf exim grafana haraka knot nsd \
             opensmtpd postfix prometheus rspamd sendmail spamassassin trap \
             unbound)

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin
	install -m 0755 $(PROGRAMS:%=$(BUILD)/%) $(DESTDIR)$(PREFIX)/sbin
	install -d $(SHARE)/man/man5 $(SHARE)/man/man8
	install -m 0644 docs/*.5 $(SHARE)/man/man5
	install -m 0644 docs/*.8 $(SHARE)/man/man8
	install -d $(SHARE)/bash-completion/completions
	$(BUILD)/bsblctl completion bash >$(SHARE)/bash-completion/completions/bsblctl
	install -d $(SHARE)/zsh/site-functions
	$(BUILD)/bsblctl completion zsh >$(SHARE)/zsh/site-functions/_bsblctl
	install -d $(SHARE)/doc/bsbl/examples
	install -m 0644 README.md CONTRIBUTING.md SECURITY.md NEWS LICENSE docs/*.md $(SHARE)/doc/bsbl
	sed -i 's|](docs/|](|g; s|](\.\./|](|g' $(SHARE)/doc/bsbl/*.md
	cp -R --no-preserve=ownership,timestamps $(EXAMPLES) $(SHARE)/doc/bsbl/examples
	install -d $(DESTDIR)$(SYSCONFDIR)/bsbl
	test -e $(DESTDIR)$(SYSCONFDIR)/bsbl/bsbl.conf || \
	    install -m 0644 deploy/bsbl.conf $(DESTDIR)$(SYSCONFDIR)/bsbl
	install -d $(DESTDIR)$(SYSTEMD)/system $(DESTDIR)$(SYSTEMD)/system-generators
	for unit in $(UNITS); do \
	    sed 's|/usr/sbin|$(PREFIX)/sbin|; s|/etc/bsbl|$(SYSCONFDIR)/bsbl|' $$unit \
	        >$(DESTDIR)$(SYSTEMD)/system/$${unit##*/} || exit; done
	sed 's|/usr/sbin|$(PREFIX)/sbin|; s|/etc/bsbl|$(SYSCONFDIR)/bsbl|' \
	    deploy/systemd/bsbl-sockets \
	    >$(DESTDIR)$(SYSTEMD)/system-generators/bsbl-sockets
	chmod 0755 $(DESTDIR)$(SYSTEMD)/system-generators/bsbl-sockets
	install -d $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	install -m 0644 deploy/systemd/sysusers.conf \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d/bsbl.conf
	install -m 0644 deploy/systemd/tmpfiles.conf \
	    $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/bsbl.conf

# A Debian package in build/deb/, built from a copy of this tree; deb-check
# builds it twice, and installs, uses, upgrades and purges it in a clean Debian
# (some minutes, as root); systemd-check does so under a systemd that boots.
# kernel-check where Debian's kernel boots in a virtual machine, half an hour.
.PHONY: deb deb-check systemd-check kernel-check
deb:
	@deploy/make-deb build/deb
deb-check:
	@deploy/install-packages lintian mmdebstrap
	@tests/deb build/deb
systemd-check: deb
	@deploy/install-packages mmdebstrap systemd-container
	@tests/systemd build/deb
# Sandboxes, threads, and the store on a disk lean on it most.
IN_KERNEL := deadline job_queue privilege sandbox store store_keep store_open \
             writer
kernel-check: deb all $(IN_KERNEL:%=$(BUILD)/tests/unit/test_%) $(TOOL_PROGRAMS)
	@deploy/install-packages mmdebstrap qemu-system-x86
	@tests/kernel $(BUILD) build/deb "$(IN_KERNEL)"

# The two commands where nothing was done before: in a clean Debian with make.
.PHONY: fresh
fresh:
	@deploy/install-packages mmdebstrap
	@tests/fresh

SOURCES = $(wildcard $(FOLDERS:%=%/*.[ch]) tests/*/*.[ch])
format:
	clang-format -i $(SOURCES)
format-check:
	clang-format --dry-run -Werror $(SOURCES)

SHELLS = $(shell grep -lsE '^\#!/bin/(ba)?sh' .ci/* docs/* deploy/* deploy/*/* \
           tests/* tests/system/*)
.PHONY: lint
lint:
	shellcheck $(SHELLS)
	mandoc -T lint -W warning docs/*.[58]

# Following paths takes nine tenths of the time.
TIDY := $(patsubst %,tidy-%,$(wildcard $(FOLDERS:%=%/*.c)))
.PHONY: $(TIDY)
tidy: $(TIDY)
$(TIDY): tidy-%:
	@clang-tidy --quiet $(if $(QUICK),--checks=-clang-analyzer-*) $* -- \
	    $(ALL_CFLAGS)

clean:
	rm -rf build build-* $(BUILD)

-include $(shell find $(BUILD) -name '*.d' -type f 2>/dev/null)
