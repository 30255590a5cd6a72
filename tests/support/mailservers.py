"""Debian's mail servers, set up to accept and bounce (mailsystem.py)."""

import os
import time

import postfix
from mailsystem import NEXT_HOP, NOBODY_LISTENS, RELAY, System


class Postfix(System):
    """The one that is installed; needs no root of its own."""

    name = "postfix"
    cases = {
        "unknown-user": ("nobody-there", "", ""),
        "header-only": ("nobody-there", "RET=HDRS", ""),
        "relay-refused": ("nobody@next.example.org", "", ""),
        "content-refused": ("content@next.example.org", "", ""),
        "too-large": ("friend@small.example.org", "", ""),
        "success": ("friend@next.example.org", "", "NOTIFY=SUCCESS"),
        "delayed": ("friend@down.example.org", "", ""),
        "template-de": ("nobody-there", "", ""),
        "callout": ("verify", "", ""),
        "callout-null": ("verify", "", ""),
    }
    settings = {
        "local_recipient_maps": "",
        "relay_domains": "next.example.org, small.example.org, "
                         "down.example.org",
        "transport_maps":
            "inline:{next.example.org=smtp:[" + NEXT_HOP + "]:25, "
            "small.example.org=smtp:[" + NEXT_HOP + "]:26, "
            "down.example.org=smtp:[" + NOBODY_LISTENS + "]:25, "
            "loop.example.org=error:loops}",
        "delay_warning_time": "1s",
        "queue_run_delay": "1s",
        "minimal_backoff_time": "1s",
        "maximal_backoff_time": "1s",
        "maximal_queue_lifetime": "4s",
        "bounce_queue_lifetime": "4s",
    }
    template = """\
failure_template = <<EOF
Charset: utf-8
From: MAILER-DAEMON (Postzustellung)
Subject: Unzustellbare Nachricht zurück an Absender
Postmaster-Subject: Kopie

Hier ist der Rechner $myhostname.

Ihre Nachricht konnte nicht zugestellt werden.
EOF
"""

    def make_root(self):
        return None

    def configure(self):
        self.server, self.special = None, {}

    def special_for(self, case):
        """Settings that only some cases want."""
        if case == "template-de":
            path = os.path.join(self.directory, "bounce-de.cf")
            with open(path, "w") as file:
                file.write(self.template)
            return {"bounce_template_file": path}
        if not case.startswith("callout"):
            return {}
        return {"smtpd_sender_restrictions": "reject_unverified_sender",
                "address_verify_poll_delay": "1s",
                **({"address_verify_sender": ""} if "null" in case else {})}

    def provoke(self, case):
        special = self.special_for(case)
        if self.server is None or special != self.special:
            self.restart(case, special)
        return super().provoke(case)

    def restart(self, case, special):
        self.close()
        self.server = postfix.Postfix(
            self.directory, f"postfix-{case}", self.address, f"[{RELAY}]:25",
            listen=self.address, **{**self.settings, **special})
        self.special = special
        self.hostname, self.port = self.server.hostname, self.server.port
        self.server.start()

    def log(self):
        return self.server.log() if self.server else ""

    def close(self):
        if self.server is not None:
            self.server.close()


class Exim(System):
    name = "exim4"
    packages = ("exim4-daemon-light",)
    cases = {
        "unknown-user": ("nobody-there", "", ""),
        "unrouteable": ("friend@unrouteable.example.org", "", ""),
        "relay-refused": ("nobody@next.example.org", "", ""),
        "content-refused": ("content@next.example.org", "", ""),
        "quota": ("full", "", ""),
        "pipe-failed": ("pipe", "", ""),
        "filter-fail": ("filtered", "", ""),
        "autoreply": ("away", "", ""),
        "filter-vacation": ("vacation", "", ""),
        "success": ("friend@next.example.org", "", "NOTIFY=SUCCESS"),
        "delayed": ("friend@down.example.org", "", ""),
        "callout": ("callout", "", ""),
        "other": ("othercallout", "", ""),
        "template-de": ("german", "", ""),
    }
    conf = r"""
primary_hostname = {hostname}
local_interfaces = {address}
exim_user = Debian-exim
exim_group = Debian-exim
never_users =
host_lookup =
rfc1413_hosts =
dns_ipv4_lookup = *
disable_ipv6
tls_advertise_hosts =
dsn_advertise_hosts = *
delay_warning = 1s
log_file_path = /var/log/exim4/%slog
acl_smtp_rcpt = check_rcpt
bounce_message_file = /etc/exim4/bounce
acl_smtp_data = check_data
begin acl
check_rcpt:
  deny local_parts = callout
       !verify = sender/callout=5s,no_cache
  accept
check_data:
  deny condition = ${{if match{{$recipients}}{{othercallout}}}}
       !verify = header_sender/callout=5s,no_cache,mailfrom=asker@{hostname}
  accept
begin routers
relay:
  driver = manualroute
  domains = next.example.org
  transport = smtp
  route_data = {next_hop}
  host_find_failed = fail
down:
  driver = manualroute
  domains = down.example.org
  transport = smtp
  route_data = {down}
trap:
  driver = manualroute
  domains = trap.example.test
  transport = smtp
  route_data = {relay}
unrouteable:
  driver = redirect
  domains = unrouteable.example.org
  data = :unknown:
nothing:
  driver = redirect
  local_parts = othercallout
  data = :blackhole:
nobody:
  driver = redirect
  local_parts = nobody-there : german
  allow_fail
  data = :fail: no such person here
full:
  driver = accept
  local_parts = full
  transport = full
pipe:
  driver = accept
  local_parts = pipe
  transport = pipe
away:
  driver = accept
  local_parts = away
  transport = away
filtered:
  driver = redirect
  local_parts = filtered
  file = /etc/exim4/filtered.filter
  allow_filter
  allow_fail
  user = Debian-exim
vacation:
  driver = redirect
  local_parts = vacation
  file = /etc/exim4/vacation.filter
  allow_filter
  user = Debian-exim
  reply_transport = reply
away_too:
  driver = redirect
  local_parts = vacation
  data = :blackhole:
begin transports
smtp:
  driver = smtp
full:
  driver = appendfile
  file = /var/spool/exim4/full
  quota = 10
  user = Debian-exim
pipe:
  driver = pipe
  command = /bin/sh -c "echo this mailbox is closed; exit 69"
  return_output
  user = Debian-exim
away:
  driver = autoreply
  from = away@{hostname}
  to = $sender_address
  subject = Re: $h_subject:
  text = I am on the road until Monday and read nothing before.
  user = Debian-exim
reply:
  driver = autoreply
  user = Debian-exim
begin retry
full@* quota
* * F,1h,1s
"""
    german = """\
Subject: Ihre Nachricht kam zurück
****
Dieser Text wurde vom Mailserver erzeugt.

Ihre Nachricht konnte diese Empfänger nicht erreichen:

****
Das folgende sagte der Server:
****
Eine Kopie Ihrer Nachricht:
****
"""

    def configure(self):
        root = self.root
        root.user("Debian-exim", 2001)
        root.write("/etc/exim4/exim4.conf", self.conf.format(
            hostname=self.hostname, address=self.address, next_hop=NEXT_HOP,
            relay=RELAY, down=NOBODY_LISTENS))
        root.write("/etc/exim4/filtered.filter",
                   "# Exim filter\nfail text \"we want no prizes here\"\n")
        root.write("/etc/exim4/vacation.filter", "# Exim filter\n"
                   "vacation subject \"On holiday\" to $sender_address "
                   "file /etc/exim4/vacation.msg once_repeat 7d "
                   "once /var/spool/exim4/once log /var/spool/exim4/vlog\n")
        root.write("/etc/exim4/vacation.msg", "I am away until Monday.\n")
        root.folder("/var/spool/exim4", "Debian-exim")
        root.folder("/var/log/exim4", "Debian-exim")

    def command(self):
        return ("/usr/sbin/exim4", "-bdf")

    def provoke(self, case):
        if case == "template-de":
            self.root.write("/etc/exim4/bounce", self.german)
        return super().provoke(case)

    def again(self, case):
        if case == "delayed":
            time.sleep(2)
            self.root.run("/usr/sbin/exim4", "-qff")

    def log(self):
        path = "/var/log/exim4/mainlog"
        return super().log() + (
            self.root.read(path) if os.path.exists(self.root(path)) else "")


class Sendmail(System):
    name = "sendmail"
    packages = ("sendmail-bin", "sendmail-cf")
    binary = "/usr/libexec/sendmail/sendmail"
    cases = {
        "unknown-user": ("pipe67", "", ""),
        "quota": ("pipe73", "", ""),
        "header-only": ("pipe67", "RET=HDRS", ""),
        "relay-refused": ("nobody@next.example.org", "", ""),
        "content-refused": ("content@next.example.org", "", ""),
        "success": ("friend@next.example.org", "", "NOTIFY=SUCCESS"),
        "delayed": ("later@next.example.org", "", ""),
    }
    macro = """\
divert(0)dnl
OSTYPE(`debian')dnl
DOMAIN(`debian-mta')dnl
define(`confDOMAIN_NAME', `{hostname}')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confSERVICE_SWITCH_FILE', `/etc/mail/service.switch-nodns')dnl
define(`confTO_IDENT', `0')dnl
define(`confTO_QUEUEWARN', `1s')dnl
define(`confTO_QUEUEWARN_NORMAL', `1s')dnl
define(`confTRUSTED_USER', `root')dnl
define(`confDEF_USER_ID', `mail:mail')dnl
define(`confTO_CONNECT', `3s')dnl
undefine(`confPID_FILE')dnl
define(`confPID_FILE', `/run/sendmail.pid')dnl
define(`ALIAS_FILE', `/etc/mail/aliases')dnl
define(`STATUS_FILE', `/var/lib/sendmail/statistics')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`nocanonify')dnl
FEATURE(`mailertable', `hash -o /etc/mail/mailertable')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port=smtp, Addr={address}')dnl
MAILER_DEFINITIONS
MAILER(`local')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
Cw{hostname}
"""

    def configure(self):
        root = self.root
        root.user("smmta", 2002)
        root.user("smmsp", 2003)
        root.write("/etc/mail/sendmail.mc", self.macro.format(
            hostname=self.hostname, address=self.address))
        root.write("/etc/mail/mailertable",
                   f"next.example.org\tesmtp:[{NEXT_HOP}]\n"
                   f"trap.example.test\tesmtp:[{RELAY}]\n")
        root.write("/etc/mail/aliases", 'pipe67: "|exit 67"\n'
                   'pipe73: "|exit 73"\npostmaster: root\n')
        root.write("/etc/mail/local-host-names", self.hostname + "\n")
        root.write("/etc/mail/trusted-users", "root\n")
        root.folder("/var/spool/mqueue")
        root.folder("/var/lib/sendmail/host_status")
        root.folder("/run/sendmail/mta")
        root.run("sh", "-c", "cd /etc/mail && m4 -D_CF_DIR_=/usr/share/"
                 "sendmail/cf/ /usr/share/sendmail/cf/m4/cf.m4 sendmail.mc "
                 ">sendmail.cf 2>/tmp/m4")
        root.run("sh", "-c", "cd /etc/mail && "
                 + self.binary + " -bi && "
                 "makemap hash mailertable <mailertable")

    def command(self):
        return (self.binary, "-bD", "-q1h")

    def again(self, case):
        if case == "delayed":
            time.sleep(2)
            self.root.run(self.binary, "-q")


class OpenSmtpd(System):
    name = "opensmtpd"
    packages = ("opensmtpd",)
    cases = {
        "unknown-user": ("pipe67", "", ""),
        "relay-refused": ("nobody@next.example.org", "", ""),
        "content-refused": ("content@next.example.org", "", ""),
        "success": ("friend@next.example.org", "", "NOTIFY=SUCCESS"),
        "delayed": ("later@next.example.org", "", ""),
    }
    conf = """\
bounce warn-interval 1s
listen on {address} port 25 hostname {hostname}
action "out" relay host smtp://{relay}
action "next" relay host smtp://{next_hop}
action "fails" mda "/bin/sh -c 'echo no such user; exit 67'" user person
match from any for domain "next.example.org" action "next"
match from any for domain "{hostname}" action "fails"
match from any for domain "trap.example.test" action "out"
match for any action "out"
"""

    def configure(self):
        root = self.root
        root.user("opensmtpd", 2004, "/run/opensmtpd")
        root.user("opensmtpq", 2005)
        root.user("person", 2000, "/home/person")
        root.user("pipe67", 2006, "/home/person")
        root.folder("/home/person", "person")
        root.folder("/run/opensmtpd")
        root.write("/etc/smtpd.conf", self.conf.format(
            address=self.address, hostname=self.hostname, relay=RELAY,
            next_hop=NEXT_HOP))
        root.write("/etc/aliases", "")

    def command(self):
        return ("/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf")

    def again(self, case):
        if case == "delayed":
            time.sleep(2)


SERVERS = (Postfix, Exim, Sendmail, OpenSmtpd)
