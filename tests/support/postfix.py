"""A real Postfix with a configuration and a queue of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess

from lab import Running, free_port, wait_for

MASTER = """\
{listen}  inet n - n - - smtpd
pickup    unix n - n 1 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
lmtp      unix - - n - - lmtp
error     unix - - n - - error
discard   unix - - n - - discard
retry     unix - - n - - error
local     unix - n n - - local
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
tlsmgr    unix - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
{more}"""

MAIN = {
    "compatibility_level": "3.6",
    "mail_owner": "postfix",
    "setgid_group": "postdrop",
    "inet_protocols": "ipv4",
    "mydestination": "$myhostname",
    "mynetworks": "127.0.0.0/8",
    "alias_maps": "",
    "alias_database": "",
    # Nothing is looked up, and everything goes to one place.
    "smtp_dns_support_level": "disabled",
    "smtp_host_lookup": "native",
    "default_transport": "smtp",
    "smtpd_peername_lookup": "no",
    "notify_classes": "",
}


def missing():
    """Why there can be no Postfix here, or None."""
    if os.geteuid() != 0:
        return "Postfix needs root"
    if shutil.which("postfix") is None:
        return "Postfix is not installed"
    return None


def recipe(name, **changes):
    """The settings in deploy/postfix/NAME, with what must differ here."""
    path = os.path.join(os.path.dirname(__file__), "../../deploy/postfix", name)
    with open(path) as file:
        text = re.sub(r"(?m)^#.*\n", "", file.read())
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    text = re.sub(r"\n[ \t]+", " ", text)
    return dict(re.findall(r"(?m)^(\w+) *= *(.*)$", text))


class Postfix(Running):
    """Sends from `address` to `relay`, all of it, whoever it is for."""

    def __init__(self, directory, name, address, relay, listen="127.0.0.1",
                 services="", **settings):
        self.path = os.path.join(directory, name)
        self.host, self.port = listen, free_port(listen)
        self.hostname = name + ".example.net"
        self.log_path = os.path.join(self.path, "mail.log")
        for folder in ("etc", "queue", "data"):
            os.makedirs(os.path.join(self.path, folder))
        shutil.chown(os.path.join(self.path, "data"), "postfix", "postfix")
        main = {
            **MAIN,
            "queue_directory": os.path.join(self.path, "queue"),
            "data_directory": os.path.join(self.path, "data"),
            "myhostname": self.hostname,
            "inet_interfaces": "127.0.0.1, " + address,
            "smtp_bind_address": address,
            "relayhost": relay,
            "maillog_file": self.log_path,
            "maillog_file_prefixes": self.path,
            **settings,
        }
        self.write("main.cf", "".join(f"{k} = {v}\n" for k, v in main.items()))
        self.write("master.cf", MASTER.format(
            listen=f"{listen}:{self.port}", more=services))
        self.process = None

    def write(self, name, text):
        with open(os.path.join(self.path, "etc", name), "w") as file:
            file.write(text)

    def start(self):
        self.process = subprocess.Popen(
            ["postfix", "-c", os.path.join(self.path, "etc"), "start-fg"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if not wait_for(self.answers):
            raise RuntimeError("Postfix does not answer: " + self.log())

    def answers(self):
        try:
            with socket.create_connection((self.host, self.port), 5) as s:
                return s.recv(4).startswith(b"220")
        except OSError:
            return False

    def log(self):
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, errors="replace") as log:
            return log.read()

    def has_queued(self, *folders):
        queue = os.path.join(self.path, "queue")
        return any(files for folder in folders
                   for _, _, files in os.walk(os.path.join(queue, folder)))

    def queue_is_empty(self):
        """Looked at twice: what moves is not where one looks next."""
        folders = "incoming", "active", "deferred", "maildrop"
        return not self.has_queued(*folders + folders)

    def master(self):
        """Its process; it has a session of its own, and ends what is in it."""
        path = os.path.join(self.path, "queue/pid/master.pid")
        with open(path) as file:
            return int(file.read().split()[0])

    def close(self):
        if self.process is None or self.process.poll() is not None:
            return
        os.kill(self.master(), signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.master(), signal.SIGKILL)
            self.process.wait()
