"""The mail systems of mailzoo.py with what the portal tells their operators,
each line where its text says that it belongs."""

import os
import re
import tempfile

from lab import wait_for
from mailrobots import Dovecot, Mlmmj, Procmail
from mailroot import run
from mailservers import Exim, OpenSmtpd, Postfix, Sendmail
from mailsystem import TRAP

POSTMASTER = "postmaster@next.example.org"  # where smtpsink.py keeps its mail
FORWARDED = "content@next.example.org"  # refused there, after DATA


def files(settings):
    """{path: lines}; what comes before the first "# path" is under ""."""
    parts = re.split(r"(?m)^# (.*)\n", settings)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2]))}


class Mended:
    """With the files of a repair, or none. `extra` cases are those that
    mailservers.py has not."""

    extra = {}

    def __init__(self, directory, address, repair):
        self.repair = repair
        self.cases = {**self.cases, **self.extra}
        own = tempfile.mkdtemp(dir=directory)
        os.chmod(own, 0o755)  # mail systems drop their privileges
        super().__init__(own, address)

    def part(self, path, indent=""):
        text = self.repair.get(path, "")
        return re.sub(r"(?m)^(?=.)", indent, text.rstrip("\n") + "\n") \
            if text else ""

    def spam(self, recipient, case):
        """Some are marked by a filter in front."""
        text = super().spam(recipient, case)
        return "X-Spam-Flag: YES\r\n" + text if "marked" in case else text

    def is_done(self):
        """With what it accepted."""
        return True


class MendedPostfix(Mended, Postfix):
    extra = {
        "program": ("person", "", ""),
        "forwarded": ("person", "", ""),
    }
    aliases = {
        "program": "person: \"|/bin/sh -c 'exit 69'\"\n",
        "forwarded": f"person: {FORWARDED}\n",
    }

    def special_for(self, case):
        text = re.sub(r"\n[ \t]+", " ", self.part("/etc/postfix/main.cf"))
        special = super().special_for(case)
        special.update(re.findall(r"(?m)^(\w+) *= *(.*)$", text))
        if case in self.aliases:
            special["alias_maps"] = self.alias_map(
                self.part("/etc/aliases") or self.aliases[case])
        return special

    def alias_map(self, text):
        path = os.path.join(self.directory, "aliases")
        for name, content in (("aliases", text), ("main.cf", "")):
            with open(os.path.join(self.directory, name), "w") as file:
                file.write(content)
        run("postalias", "-c", self.directory, "hash:" + path)
        return "hash:" + path

    def is_done(self):
        return self.server.queue_is_empty()


class MendedExim(Mended, Exim):
    extra = {
        "forwarded": ("forwarded", "", ""),
        "marked": ("away", "", ""),
        "too-large": ("friend@next.example.org", "", ""),
    }
    forwarded = f"""\
begin routers
postmaster:
  driver = redirect
  local_parts = postmaster
  data = {POSTMASTER}
forwarded:
  driver = redirect
  local_parts = forwarded
  data = {FORWARDED}
"""
    # Who is not answered has his mail all the same.
    delivered = """\
delivered:
  driver = redirect
  local_parts = away
  data = :blackhole:
begin transports
"""
    lists = ("domainlist local_domains = {hostname}\n"
             "domainlist relay_to_domains = next.example.org\n")
    callout = ("  deny local_parts = callout\n"
               "       !verify = sender/callout=5s,no_cache\n")

    def behind(self, line, path):
        """Its part of the repair goes there."""
        assert line in self.conf, line
        text = self.part(path, "  ").replace("{", "{{").replace("}", "}}")
        self.conf = self.conf.replace(line, line + text, 1)

    def configure(self):
        self.conf = self.lists + self.part("exim.conf") + self.conf.replace(
            "begin routers\n", self.forwarded).replace(
            "begin transports\n", self.delivered)
        self.behind("check_rcpt:\n", "acl_smtp_rcpt")
        if "verify = sender" in self.part("acl_smtp_rcpt"):
            self.conf = self.conf.replace(self.callout, "")
        self.behind(f"  data = {FORWARDED}\n", "forwarding router")
        self.behind("  local_parts = away\n", "replying router")
        if self.part("the transport"):
            self.conf = self.conf.replace("  return_output\n", "")
        self.behind('  command = /bin/sh -c "echo this mailbox is closed; '
                    'exit 69"\n', "the transport")
        super().configure()
        self.root.write("/var/spool/exim4/full", "x" * 100,
                        owner="Debian-exim")

    def is_done(self):
        return "Completed" in self.log()


class MendedSendmail(Mended, Sendmail):
    extra = {
        "virtual": ("person@virtual.example.org", "", ""),
        "too-large": ("content@next.example.org", "", ""),
    }
    virtual = "@virtual.example.org  nobody@next.example.org\n"

    def configure(self):
        self.macro = self.macro.replace(
            "MAILER_DEFINITIONS", self.part("/etc/mail/sendmail.mc") +
            "FEATURE(`virtusertable', `hash -o /etc/mail/virtusertable')dnl\n"
            "MAILER_DEFINITIONS") + "Cwvirtual.example.org\n"
        super().configure()
        self.map("virtusertable", self.part("/etc/mail/virtusertable") or
                 self.virtual)
        self.map("access", self.part("/etc/mail/access"))

    def map(self, name, text):
        self.root.write("/etc/mail/" + name, text)
        self.root.run("sh", "-c", "cd /etc/mail && PATH=/usr/sbin:/usr/"
                      f"libexec/sendmail:$PATH && makemap hash {name} <{name}")


class MendedOpenSmtpd(Mended, OpenSmtpd):
    extra = {"too-large": ("content@next.example.org", "", "")}
    whole = 'match from any for domain "next.example.org" action "next"\n'

    def configure(self):
        text = self.part("/etc/smtpd.conf")
        if "rcpt-to" in text:
            self.conf = self.conf.replace(self.whole, text)
        else:
            self.conf = text + self.conf
        # Every address here is a local one: that rule would relay for all.
        self.conf = self.conf.replace('match for any action "out"\n', "")
        self.root.write("/etc/mail/recipients", "friend@next.example.org\n")
        super().configure()

    def spam(self, recipient, case):
        return super().spam(recipient, case).replace(
            "again. ", "again.\r\n")


class MendedDovecot(Mended, Dovecot):
    extra = {"marked": Dovecot.cases["vacation"]}

    def configure(self):
        self.conf += self.part("/etc/dovecot/conf.d/90-sieve.conf").replace(
            "{", "{{").replace("}", "}}")
        self.root.write("/etc/dovecot/spam.sieve",
                        self.part("/etc/dovecot/spam.sieve"))
        super().configure()


class MendedProcmail(Mended, Procmail):
    extra = {"marked": Procmail.cases["autoreply"]}

    def configure(self):
        self.recipe = self.part("~/.procmailrc") + self.recipe
        super().configure()


class MendedMlmmj(Mended, Mlmmj):
    def deliver(self, case, text):
        if self.part(""):
            self.shell(f"cd {self.spool}\n" + self.part("").strip(), "")
        super().deliver(case, text)


class Case:
    """A mail system as it is answers the trap in the case `name`. With the
    repair of `cause` for `software`, where `examples` are replaced, the
    spammer is told `reply`, and the trap nothing; `comes` is who has what
    there is to say then, at the next hop. `paths` tells apart what has no
    file."""

    def __init__(self, name, cause, software, reply="5", comes=None,
                 paths=None, examples=None):
        self.name, self.cause, self.software = name, cause, software
        self.reply, self.comes = reply, comes
        self.paths, self.examples = paths or {}, examples or {}
        self.title = f"{name} of {software}, {cause}"

    def repair(self, repairs):
        text = repairs[self.cause][self.software]
        for old, new in self.examples.items():
            assert old in text, (old, text)
            text = text.replace(old, new)
        return {self.paths.get(path, path): lines
                for path, lines in files(text).items()}


CASES = {
    MendedPostfix: [
        Case("unknown-user", "unknown-user", "Postfix"),
        Case("relay-refused", "backup-mx", "Postfix"),
        Case("content-refused", "after-queue-filter", "Postfix"),
        Case("too-large", "too-large", "Postfix",
             examples={"10240000": "2000"}),
        Case("callout", "callout", "Postfix", reply="4"),
        Case("program", "local-delivery", "Postfix, Sendmail", reply="2",
             examples={"/usr/local/bin/program": "/bin/false"}),
        Case("forwarded", "forwarding", "Postfix, Sendmail", reply="2",
             comes=POSTMASTER,
             examples={"person@elsewhere.example": FORWARDED,
                       "  postmaster": "  " + POSTMASTER}),
    ],
    MendedExim: [
        Case("unknown-user", "unknown-user", "Exim"),
        Case("relay-refused", "backup-mx", "Exim"),
        Case("quota", "quota", "Exim"),
        Case("too-large", "too-large", "Exim", examples={"10M": "10K"}),
        Case("callout", "callout", "Exim", reply="2"),
        Case("pipe-failed", "local-delivery", "Exim", reply="2"),
        Case("forwarded", "forwarding", "Exim", reply="2", comes=POSTMASTER,
             paths={"the router": "forwarding router"}),
        Case("marked", "autoresponder", "Exim", reply="",
             paths={"the router": "replying router"}),
    ],
    MendedSendmail: [
        Case("virtual", "unknown-user", "Sendmail",
             examples={"example.com": "virtual.example.org"}),
        Case("relay-refused", "backup-mx", "Sendmail",
             examples={"example.com": "next.example.org"}),
        Case("too-large", "too-large", "Sendmail",
             examples={"10240000": "2000"}),
        Case("content-refused", "after-queue-filter", "Sendmail"),
    ],
    MendedOpenSmtpd: [
        Case("relay-refused", "backup-mx", "OpenSMTPD",
             examples={"inbound": "next"}),
        Case("too-large", "too-large", "OpenSMTPD", examples={"10M": "10K"}),
    ],
    MendedDovecot: [
        Case("reject", "sieve-reject", "Dovecot, Sieve", reply="2"),
        Case("marked", "vacation", "Dovecot, Sieve", reply="2"),
    ],
    MendedProcmail: [
        Case("marked", "vacation", "procmail, vacation(1)", reply="2"),
    ],
    MendedMlmmj: [
        Case("deny", "list-hold", "mlmmj", reply="2"),
    ],
}
