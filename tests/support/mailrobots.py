"""Debian's programs that answer or refuse mail on behalf of one mailbox or
list, each in a root of its own (mailroot.py): they read the spammer's mail on
standard input, as a mail server would give it to them."""

import time

from mailsystem import RELAY, System, TRAP

# In place of sendmail(1): what it is given goes to RELAY at once.
SENDMAIL = f"""\
#!/usr/bin/python3
import email, email.utils, smtplib, socket, sys
sender, words, names = "person@" + socket.gethostname(), sys.argv[1:], []
fields = False
while words:
    word = words.pop(0)
    if word in ("-f", "-r", "-F", "-N", "-R", "-V"):
        value = words.pop(0)
        sender = value if word in ("-f", "-r") else sender
    elif word.startswith("-f"):
        sender = word[2:]
    elif word.startswith("-") and word != "--":
        fields = fields or "t" in word[1:] and not word.startswith("-o")
    elif word != "--":
        names.append(word)
if sender.strip("<>") and "@" not in sender:
    sender += "@" + socket.gethostname()
octets = sys.stdin.buffer.read()
message = email.message_from_bytes(octets)
if fields:
    names = [a for _, a in email.utils.getaddresses(message.get_all("To", []))]
added = "" if "From" in message else "From: " + sender + "\\n"
if "Date" not in message:
    added += "Date: " + email.utils.formatdate() + "\\n"
if "Message-ID" not in message:
    added += "Message-ID: " + email.utils.make_msgid("made") + "\\n"
with smtplib.SMTP("{RELAY}", 25, socket.gethostname()) as server:
    server.sendmail("" if sender == "<>" else sender.strip("<>"), names,
                    added.encode() + octets)
"""

PERSON = 2000
HOME = "/home/person"


class Robot(System):
    """`cases` are commands by name, run as the person whose mail it is."""

    def make_root(self):
        root = super().make_root()
        root.user("person", PERSON, HOME)
        root.write("/usr/sbin/sendmail", SENDMAIL, 0o755)
        root.folder("/usr/lib")
        root.run("sh", "-c", "ln -sf ../sbin/sendmail /usr/lib/sendmail; "
                 "ln -sf ../sbin/sendmail /usr/bin/sendmail")
        root.folder(HOME, "person")
        root.folder("/var/mail", mode=0o1777)
        return root

    def recipient(self, case):
        return "person@mx.example.net"

    def provoke(self, case):
        text = self.spam(self.recipient(case), case).replace("\r\n", "\n")
        self.deliver(case, f"Return-Path: <{TRAP}>\n" + text)
        return "250 delivered"

    def deliver(self, case, text):
        self.shell(self.cases[case], text)

    def shell(self, command, text):
        # The status says to a mail server what to do; here it is no matter.
        done = self.root.run(
            "sh", "-c", f"cd {HOME}; export HOME={HOME} USER=person "
            f"LOGNAME=person SENDER={TRAP}; {command}; true",
            user="person", input=text.encode())
        with open(self.root("/tmp/output"), "a") as output:
            output.write(done)


class Vacation(Robot):
    name = "vacation"
    packages = ("vacation",)
    cases = {"reply": "vacation -j person"}

    def configure(self):
        self.root.write(HOME + "/.vacation.msg", "Subject: away from my mail\n"
                        "\nI will not be reading my mail for a while.\n"
                        "Your mail regarding \"$SUBJECT\" waits.\n",
                        owner="person")
        self.shell("vacation -i", "")


class Procmail(Robot):
    name = "procmail"
    packages = ("procmail",)
    cases = {"autoreply": "procmail -f " + TRAP}
    recipe = """\
SHELL=/bin/sh
:0 h c
* !^FROM_DAEMON
* !^X-Loop: person@mx.example.net
| (formail -rt -I"Precedence: junk" -A"X-Loop: person@mx.example.net"; \\
   echo "I have your mail and will read it on Monday.") \\
  | /usr/sbin/sendmail -oi -t
:0
/dev/null
"""

    def configure(self):
        self.root.write(HOME + "/.procmailrc", self.recipe, owner="person")


class Maildrop(Robot):
    name = "maildrop"
    packages = ("maildrop",)
    cases = {
        "mailbot": "mailbot -t text -s 'Away from my desk' "
                   "-A 'From: person@mx.example.net' sendmail -t -f ''",
        "mailbot-quoting": "mailbot -t text -N -T replyfeedback "
                           "-A 'From: person@mx.example.net' sendmail -t -f ''",
        "mailbot-dsn": "mailbot -t text -T replydsn "
                       "-A 'From: person@mx.example.net' sendmail -t -f ''",
    }

    def configure(self):
        self.root.write(HOME + "/text", "I am away until Monday.\n")


class Dovecot(Robot):
    name = "dovecot"
    packages = ("dovecot-sieve", "dovecot-lmtpd")
    deliver_command = ("/usr/lib/dovecot/dovecot-lda -c /etc/dovecot/{}.conf "
                       f"-f {TRAP} -a person@mx.example.net")
    cases = {
        "vacation": "require \"vacation\";\n"
                    "vacation :days 1 \"I am away until Monday.\";\n",
        "vacation-mime": "require \"vacation\";\nvacation :mime text:\n"
                         "MIME-Version: 1.0\nContent-Type: text/html; charset="
                         "utf-8\n\n<p>Ich bin verreist.</p>\n.\n;\n",
        "reject": "require \"reject\";\nreject \"I want no prizes.\";\n",
        "quota": None,
    }
    conf = """\
protocols =
mail_location = mbox:~/mail:INBOX=~/inbox
hostname = mx.example.net
postmaster_address = postmaster@mx.example.net
submission_host = {relay}:25
log_path = /tmp/output
stats_writer_socket_path =
protocol lda {{
  mail_plugins = {plugins}
}}
plugin {{
  sieve = file:~/sieve
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=1B
  sieve_vacation_send_from_recipient = yes
}}
"""

    def configure(self):
        for number, name in enumerate(("dovecot", "dovenull")):
            self.root.user(name, 2010 + number)
        for name, plugins in (("sieve", "sieve"), ("quota", "quota")):
            self.root.write(f"/etc/dovecot/{name}.conf", self.conf.format(
                relay=RELAY, plugins=plugins))
        self.root.write("/tmp/output", "", 0o666)

    def deliver(self, case, text):
        script = self.cases[case]
        if script is not None:
            self.root.write(HOME + "/sieve", script, owner="person")
        self.shell("rm -rf .dovecot.lda-dupes; " +
                   self.deliver_command.format(
                       "quota" if script is None else "sieve"), text)


class Mailutils(Robot):
    name = "mailutils"
    packages = ("mailutils",)
    cases = {
        "vacation": "require \"vacation\";\n"
                    "vacation :days 1 \"I am away until Monday.\";\n",
        "reject": "require \"reject\";\nreject \"I want no prizes.\";\n",
    }

    def configure(self):
        self.root.write("/etc/mailutils.conf",
                        "mailer { url \"sendmail:/usr/sbin/sendmail\"; };\n")

    def deliver(self, case, text):
        self.root.write(HOME + "/script", self.cases[case], owner="person")
        self.root.write(HOME + "/inbox", f"From {TRAP} Mon Jan  6 10:00:00 "
                        "2025\n" + text, owner="person")
        self.shell("sieve --email=person@mx.example.net -f inbox script", "")


class Mlmmj(Robot):
    name = "mlmmj"
    packages = ("mlmmj",)
    spool = "/var/spool/mlmmj/garden"
    cases = {  # the list's address, and its control files
        "deny": ("garden", ["subonlypost"]),
        "held": ("garden", ["moderated", "notifymod"]),
        "not-to": ("other", []),
        "too-large": ("garden", ["maxmailsize"]),
        "confirm": ("garden+subscribe", []),
        "confirm-digest": ("garden+subscribe-digest", []),
        "unsubscribe": ("garden+unsubscribe", []),
        "help": ("garden+help", []),
    }

    def configure(self):
        self.root.folder("/var/spool/mlmmj")
        self.root.run("/usr/bin/mlmmj-make-ml", "-L", "garden", "-s",
                      "/var/spool/mlmmj", input=b"lists.example.net\n"
                      b"owner@lists.example.net\nen\nn\nn\n")
        for name, text in (("listaddress", "garden@lists.example.net\n"),
                           ("owner", "owner@lists.example.net\n"),
                           ("moderators", "owner@lists.example.net\n"),
                           ("relayhost", RELAY + "\n"),
                           ("delimiter", "+\n")):
            self.root.write(f"{self.spool}/control/{name}", text)
        self.root.own(self.spool, "person")

    def recipient(self, case):
        return self.cases[case][0] + "@lists.example.net"

    def deliver(self, case, text):
        name, controls = self.cases[case]
        for control in controls:
            value = "2000\n" if control == "maxmailsize" else ""
            self.root.write(f"{self.spool}/control/{control}", value,
                            owner="person")
        self.shell(f"/usr/bin/mlmmj-receive -F -L {self.spool}/", text)
        time.sleep(0.5)
        for control in controls:
            self.shell(f"rm {self.spool}/control/{control}", "")


class Dma(Robot):
    """What its smart host refuses comes back to the sender through it."""

    name = "dma"
    packages = ("dma",)
    cases = {"relay-refused": "nobody@next.example.org"}

    def configure(self):
        self.root.user("dma", 2020)
        self.root.write("/etc/dma/dma.conf", f"SMARTHOST {RELAY}\n"
                        "MAILNAME dma.example.net\n")
        self.root.folder("/var/spool/dma", mode=0o777)

    def deliver(self, case, text):
        self.root.run("/usr/sbin/dma", "-f", TRAP, self.cases[case],
                      input=text.encode())


ROBOTS = (Vacation, Procmail, Maildrop, Dovecot, Mailutils, Mlmmj, Dma)
