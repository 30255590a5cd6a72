"""What the tests' mail systems have in common: each is set up in a root of its
own (mailroot.py), relays to NEXT_HOP, says to RELAY what it has to say to a
sender, and is provoked by a spammer's mail in the trap's name."""

import os
import signal
import socket
import subprocess

from lab import Client, Running, wait_for
from mailroot import CACHE, Root

TRAP = "trap@trap.example.test"
TRAP_DOMAIN = "trap.example.test"
RELAY = "192.0.2.1"  # the trap server
NEXT_HOP = "192.0.2.9"  # smtpsink.py
NOBODY_LISTENS = "192.0.2.10"
SPAMMER = "203.0.113.77"

SPAM = """\
From: A friend <{sender}>
To: {recipient}
Subject: You have won
Message-ID: <win.{mark}@dialup.example.com>
Date: Mon, 6 Jan 2025 10:00:00 +0000

Look at http://win.example.com/ at once.
"""


class SmtpClient(Client):
    def __init__(self, host, port=25, source=""):
        self.socket = socket.create_connection(
            (host, port), timeout=30, source_address=(source, 0))
        self.buffer = b""
        self.greeting = self.reply()


class System(Running):
    """One mail system with `address`; `cases` are (recipient, parameters of
    MAIL, parameters of RCPT) by name: mail that a spammer sends through it in
    the trap's name."""

    name = None
    packages = ()
    cache = CACHE
    port = 25

    def __init__(self, directory, address):
        self.directory, self.address = directory, address
        self.hostname = self.name + ".example.net"
        self.process = None
        self.root = self.make_root()
        try:
            self.configure()
        except BaseException:
            self.close()
            raise

    def make_root(self):
        root = Root(self.name, self.cache)
        root.write("/etc/hosts", f"127.0.0.1 localhost\n{self.address} "
                   f"{self.hostname}\n{RELAY} {TRAP_DOMAIN}\n")
        root.write("/etc/mailname", self.hostname + "\n")
        root.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
        return root

    def configure(self):
        raise NotImplementedError

    def command(self):
        """What stays; None if there is no such thing."""
        return None

    def start(self):
        command = self.command()
        if command is None:
            return
        self.process = self.root.start(*command)
        if not wait_for(self.answers):
            raise RuntimeError(self.name + " does not answer: " + self.log())

    def answers(self):
        try:
            with SmtpClient(self.address, self.port) as client:
                return client.greeting.startswith("220")
        except OSError:
            return False

    def log(self):
        return self.root.read("/tmp/output") if os.path.exists(
            self.root("/tmp/output")) else ""

    def provoke(self, case):
        """A spammer's mail; the last reply."""
        recipient, mail, rcpt = self.cases[case]
        if "@" not in recipient:
            recipient += "@" + self.hostname
        with SmtpClient(self.address, self.port, SPAMMER) as spammer:
            spammer.say("EHLO dialup.example.com")
            spammer.say(f"MAIL FROM:<{TRAP}> {mail}".rstrip())
            reply = spammer.say(f"RCPT TO:<{recipient}> {rcpt}".rstrip())
            if reply.startswith("2") and "callout" not in case:
                spammer.say("DATA")
                spammer.send(self.spam(recipient, case))
                reply = spammer.say(".")
            spammer.say("QUIT")
        self.again(case)
        return reply

    def spam(self, recipient, case):
        text = SPAM.format(sender=TRAP, recipient=recipient,
                           mark=f"{self.name}.{case}")
        if case == "too-large":
            text += "Again and again. " * 4096
        return text.replace("\n", "\r\n") + "\r\n"

    def again(self, case):
        """Whatever makes it look at its queue."""

    def close(self):
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        if self.root is not None:
            self.root.close()
