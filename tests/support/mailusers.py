#!/usr/bin/env python3
"""Mail servers that use the list, set up with the recipes of deploy/ and else
with as little as they run with; what they accept is thrown away.

    tests/support/mailusers.py fetch FOLDER
        downloads the packages of those that are run unpacked, each in a root
        of its own (mailroot.py), because Debian has room for one mail server;
        installs nothing
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mailroot  # noqa: E402
import mailsystem  # noqa: E402
import postfix  # noqa: E402
from lab import wait_for  # noqa: E402
from listlab import (  # noqa: E402
    RESOLVER, SERVER, SERVER6, read_recipe
)


class Unpacked(mailsystem.System):
    """What all that are run unpacked have in common."""

    def __init__(self, lab):
        self.cache = cache_of(lab.build)
        super().__init__(lab.path, SERVER)

    @classmethod
    def missing(cls, build):
        """Why it cannot be run here, or None."""
        if mailroot.packages_of(cls.name, cache_of(build)):
            return None
        return cls.name + " is not downloaded (tests/support/mailusers.py)"


def cache_of(build):
    return os.path.join(os.path.abspath(build), "mail-servers")


def ask_the_resolver(folder):
    """For those that need no root of their own."""
    resolv = os.path.join(folder, "resolv.conf")
    with open(resolv, "w") as file:
        file.write(f"nameserver {RESOLVER}\n")
    mailroot.run("mount", "--bind", resolv, "/etc/resolv.conf")


class Postfix(postfix.Postfix):
    """The one that is installed, with deploy/postfix/NAME and `behind` after
    the rest of its main.cf; on port 25 is what `services` says."""

    def __init__(self, lab, name, services="25 inet n - n - - smtpd\n",
                 behind="", **settings):
        super().__init__(lab.path, "mx", SERVER, "", services=services, **{
            "inet_protocols": "all",
            "inet_interfaces": f"127.0.0.1, {SERVER}, {SERVER6}",
            "local_recipient_maps": "", "local_transport": "discard:",
            "mydestination": "mx.example.net",
            # A process remembers what lists said for as long as it lives.
            "max_use": "1",
            **settings,
        })
        path = os.path.join(self.path, "etc/main.cf")
        with open(path, "a") as main:
            main.write(read_recipe("postfix/" + name))
            main.write(behind)
        ask_the_resolver(self.path)


class Exim(Unpacked):
    name = "exim4"
    packages = ("exim4-daemon-light",)
    conf = f"""\
primary_hostname = mx.example.net
local_interfaces = <; {SERVER} ; {SERVER6}
exim_user = Debian-exim
exim_group = Debian-exim
host_lookup =
rfc1413_hosts =
tls_advertise_hosts =
log_file_path = /var/log/exim4/%slog
hostlist relay_from_hosts = 127.0.0.1
acl_smtp_rcpt = accept
acl_smtp_predata = /etc/exim4/bsbl.acl
begin routers
nowhere:
  driver = redirect
  data = :blackhole:
"""

    def configure(self):
        root = self.root
        root.user("Debian-exim", 2001)
        root.write("/etc/exim4/exim4.conf", self.conf)
        root.write("/etc/exim4/bsbl.acl", read_recipe("exim/bsbl.acl"))
        root.folder("/var/spool/exim4", "Debian-exim")
        root.folder("/var/log/exim4", "Debian-exim")

    def command(self):
        return ("/usr/sbin/exim4", "-bdf")

    def log(self):
        path = "/var/log/exim4/mainlog"
        return super().log() + (
            self.root.read(path) if os.path.exists(self.root(path)) else "")


class Sendmail(Unpacked):
    name = "sendmail"
    packages = ("sendmail-bin", "sendmail-cf")
    binary = "/usr/libexec/sendmail/sendmail"
    macro = f"""\
divert(0)dnl
OSTYPE(`debian')dnl
DOMAIN(`debian-mta')dnl
define(`confDOMAIN_NAME', `mx.example.net')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confTO_IDENT', `0')dnl
define(`confTRUSTED_USER', `root')dnl
define(`confDEF_USER_ID', `mail:mail')dnl
undefine(`confPID_FILE')dnl
define(`confPID_FILE', `/run/sendmail.pid')dnl
define(`ALIAS_FILE', `/etc/mail/aliases')dnl
define(`STATUS_FILE', `/var/lib/sendmail/statistics')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`nocanonify')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port=smtp, Addr={SERVER}')dnl
DAEMON_OPTIONS(`Family=inet6, Name=MTA6, Port=smtp, Addr={SERVER6}')dnl
include(`/etc/mail/bsbl.m4')dnl
MAILER_DEFINITIONS
MAILER(`local')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
Cwmx.example.net
"""

    def configure(self):
        root = self.root
        root.user("smmta", 2002)
        root.user("smmsp", 2003)
        root.write("/etc/mail/sendmail.mc", self.macro)
        root.write("/etc/mail/bsbl.m4", read_recipe("sendmail/bsbl.m4"))
        root.write("/etc/mail/aliases", "user: /dev/null\npostmaster: user\n")
        root.write("/etc/mail/local-host-names", "")
        root.write("/etc/mail/trusted-users", "root\n")
        root.folder("/var/spool/mqueue")
        root.folder("/var/lib/sendmail/host_status")
        root.folder("/run/sendmail/mta")
        root.run("sh", "-c", "cd /etc/mail && m4 -D_CF_DIR_=/usr/share/"
                 "sendmail/cf/ /usr/share/sendmail/cf/m4/cf.m4 sendmail.mc "
                 ">sendmail.cf && " + self.binary + " -bi")

    def command(self):
        return (self.binary, "-bD", "-q1h")


class OpenSmtpd(Unpacked):
    name = "opensmtpd"
    packages = ("opensmtpd",)
    behind = """
action "nowhere" mda "/bin/cat >/dev/null" user nobody
match from any for any action "nowhere"
"""

    def configure(self):
        root = self.root
        root.user("opensmtpd", 2004, "/run/opensmtpd")
        root.user("opensmtpq", 2005)
        root.user("user", 2000)
        root.folder("/run/opensmtpd")
        root.write("/etc/smtpd/filter-bsbl",
                   read_recipe("opensmtpd/filter-bsbl"), 0o755)
        root.write("/etc/smtpd.conf",
                   read_recipe("opensmtpd/smtpd.conf") + self.behind)
        root.write("/etc/aliases", "")

    def command(self):
        return ("/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf")


class Rspamd(Unpacked):
    """With nothing but the modules that the recipe asks for: all of them want
    a while to begin."""

    name = "rspamd"
    packages = ("rspamd",)
    recipes = ("rspamd.local.lua", "local.d/rbl.conf",
               "local.d/composites.conf")
    conf = """\
options {
	url_tld = "/etc/rspamd/tld";
	filters = "";
	cache_file = "/var/lib/rspamd/symbols.cache";
	hs_cache_dir = "/var/lib/rspamd";
	control_socket = "/var/lib/rspamd/rspamd.sock";
	pidfile = "/run/rspamd/rspamd.pid";
	dns { timeout = 1s; retransmits = 1; }
}
logging { type = "console"; level = "info"; }
lua = "/etc/rspamd/rspamd.local.lua";
lang_detection { languages = "/etc/rspamd"; }
modules { path = "/usr/share/rspamd/plugins/rbl.lua"; }
rbl { .include "/etc/rspamd/local.d/rbl.conf" }
composites { .include "/etc/rspamd/local.d/composites.conf" }
worker "normal" { bind_socket = "127.0.0.1:11333"; count = 1; }
"""

    def configure(self):
        root = self.root
        root.user("_rspamd", 2007)
        for folder in ("/var/lib/rspamd", "/run/rspamd"):
            root.folder(folder, "_rspamd")
        root.write("/etc/rspamd/tld", "example\n")
        root.write("/etc/rspamd/rspamd.conf", self.conf)
        for name in self.recipes:
            root.write("/etc/rspamd/" + name, read_recipe("rspamd/" + name))

    def command(self):
        return ("/usr/bin/rspamd", "-f", "-c", "/etc/rspamd/rspamd.conf",
                "-u", "_rspamd", "-g", "_rspamd")

    def ask(self, path, message=None, **fields):
        with contextlib.closing(http.client.HTTPConnection(
                "127.0.0.1", 11333, timeout=10)) as connection:
            connection.request("GET" if message is None else "POST", path,
                               message, fields)
            return connection.getresponse().read().decode()

    def answers(self):
        try:
            return self.ask("/ping").startswith("pong")
        except OSError:
            return False

    def scored(self, mails):
        """As a mail server's milter asks, with the envelope."""
        return ["BSBL_BOUNCE" in json.loads(self.ask(
            "/checkv2", message, IP=client, From=f"<{sender}>",
            Rcpt="<user@mx.example.net>", Helo="mail.example.net"))["symbols"]
            for client, sender, message in mails]


class SpamAssassin(Unpacked):
    """With nothing but the plugin that the recipe asks for."""

    name = "spamassassin"
    packages = ("spamassassin",)
    conf = f"""\
loadplugin Mail::SpamAssassin::Plugin::Check
loadplugin Mail::SpamAssassin::Plugin::DNSEval
internal_networks {SERVER} {SERVER6}
trusted_networks {SERVER} {SERVER6}
dns_available yes
rbl_timeout 1
report_safe 0
fold_headers 0
add_header all Tests _TESTS(,)_
"""
    trace = """\
Return-Path: <{sender}>
Received: from mail.example.net (mail.example.net [{client}])
	by mx.example.net (Postfix) with ESMTP id 4711
	for <user@mx.example.net>; Mon, 6 Jan 2025 10:00:00 +0000
"""

    def configure(self):
        root = self.root
        root.write("/etc/spamassassin/init.pre", self.conf)
        root.write("/etc/spamassassin/bsbl.cf",
                   read_recipe("spamassassin/bsbl.cf"))
        root.write("/root/prefs", "")

    def scored(self, mails):
        """As a mail server hands mail over, with what it writes above it."""
        names = []
        for client, sender, message in mails:
            names.append(f"/tmp/{len(names)}.eml")
            self.root.write(names[-1], self.trace.format(
                client=client, sender=sender) + message)
        text = self.root.run(
            "/usr/bin/spamassassin", "--configpath=/etc/spamassassin",
            "--siteconfigpath=/etc/spamassassin", "--prefspath=/root/prefs",
            *names, stdin=subprocess.DEVNULL)
        return [tests == "BSBL_BOUNCE" for tests in re.findall(
            r"(?m)^X-Spam-Tests: (.*)$", text)]


class Haraka(mailsystem.System):
    """From npm, where it has been installed below the build folder."""

    name = "haraka"
    conf = {
        "config/smtp.ini": f"listen={SERVER}:25,[{SERVER6}]:25\nnodes=0\n",
        "config/me": "mx.example.net\n",
        "config/host_list": "mx.example.net\n",
        "config/plugins": "rcpt_to.in_host_list\nbsbl\nnowhere\n",
        "config/log.ini": "level=notice\n",
        "plugins/nowhere.js": "exports.hook_queue = next => next(OK);\n",
    }

    def __init__(self, lab):
        self.program = program_of(lab.build)
        super().__init__(lab.path, SERVER)

    @staticmethod
    def missing(build):
        """Why it cannot be run here, or None."""
        if os.path.exists(program_of(build)):
            return None
        return ("Haraka is not installed (npm install --prefix build/haraka "
                "--ignore-scripts --omit=optional Haraka@3.3.4)")

    def make_root(self):
        return None

    def configure(self):
        self.path = os.path.join(self.directory, "haraka")
        # What `haraka -i` gives to begin with.
        given = os.path.join(os.path.dirname(self.program), "../config")
        shutil.copytree(given, os.path.join(self.path, "config"))
        for folder in ("plugins", "queue"):
            os.mkdir(os.path.join(self.path, folder))
        recipes = ("plugins/bsbl.js", "config/bsbl.ini")
        for name, text in (self.conf | {
                name: read_recipe("haraka/" + name) for name in recipes
        }).items():
            with open(os.path.join(self.path, name), "w") as file:
                file.write(text)
        ask_the_resolver(self.path)

    def start(self):
        with open(os.path.join(self.path, "log"), "wb") as log:
            self.process = subprocess.Popen(
                ["node", self.program, "-c", self.path],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        if not wait_for(self.answers):
            raise RuntimeError("Haraka does not answer: " + self.log())

    def log(self):
        with open(os.path.join(self.path, "log"), errors="replace") as log:
            return log.read()


def program_of(build):
    return os.path.join(os.path.abspath(build),
                        "haraka/node_modules/Haraka/bin/haraka")


def main(verb="", folder=""):
    if verb != "fetch" or folder == "":
        print(__doc__, file=sys.stderr)
        return 2
    for system in (Exim, Sendmail, OpenSmtpd, Rspamd, SpamAssassin):
        mailroot.fetch(system.name, system.packages,
                       os.path.abspath(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
