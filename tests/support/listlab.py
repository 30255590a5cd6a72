"""The world of a mail server that uses the list: bsbl-dnsd with a few addresses
listed, Unbound before it as deploy/unbound has it, and clients of every sort.
All have the names and addresses that the recipes in deploy/ show, so that those
can be used as they are. Only in namespaces of one's own."""

import contextlib
import os
import shutil
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mailroot  # noqa: E402
from dns import TYPES  # noqa: E402
from dnslab import DnsLab  # noqa: E402
from lab import Tap  # noqa: E402
from mailsystem import SmtpClient  # noqa: E402
from resolvers import Resolver  # noqa: E402

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../deploy")
ORIGIN = "bl.example.org"
PORTAL = "https://bl.example.org/l/"
NAME_SERVER, RESOLVER = "192.0.2.53", "127.0.0.1"
SERVER, SERVER6 = "192.0.2.1", "2001:db8::1"
BOUNCER, BOUNCER6 = "192.0.2.25", "2001:db8:25::25"  # in the main list
NETWORK6 = "2001:db8:25:"  # of which all is listed, however it is written
WORST = "192.0.2.26"  # in the main list and in strict.
CALLER = "192.0.2.27"  # in callout. alone
SHARED = "192.0.2.28"  # in shared. alone
ROBOT = "192.0.2.29"  # in the main list, not for bounces
OTHER, OTHER6 = "192.0.2.30", "2001:db8:30::30"  # in none
ADDRESSES = (NAME_SERVER, SERVER, BOUNCER, WORST, CALLER, SHARED, ROBOT,
             OTHER)
ADDRESSES6 = (SERVER6, BOUNCER6, OTHER6)

UNBOUND = """\
server:
	interface: {resolver}
	directory: "PATH"
	username: ""
	chroot: ""
	pidfile: ""
	use-syslog: no
	do-daemonize: no
	# What the recipe must stand up against: nothing comes from outside that
	# points inside.
	private-address: 127.0.0.0/8
	private-address: 192.0.2.0/24
	# There is nobody else to ask.
	local-zone: "." always_nxdomain
	local-zone: "{origin}." transparent
remote-control:
	control-enable: no
include: "{recipe}"
"""

MESSAGE = """\
From: Mail Delivery System <MAILER-DAEMON@mail.example.net>
To: user@mx.example.net
Subject: Undelivered Mail Returned to Sender
Date: Mon, 6 Jan 2025 10:00:00 +0000
Message-ID: <{mark}@mail.example.net>

It could not be delivered.
"""


def recipe(name):
    return os.path.join(DEPLOY, name)


def read_recipe(name):
    with open(recipe(name)) as file:
        return file.read()


class ListLab(DnsLab):
    def __init__(self, build):
        super().__init__(build, listen=[NAME_SERVER + ":53"])
        self.sections["zone"].update({
            "origin": ORIGIN, "portal": PORTAL,
            "name_servers": [f"ns1.{ORIGIN} {NAME_SERVER}"],
            "contact": "hostmaster@example.org",
        })
        self.write_conf()
        self.resolver = None

    def begin(self):
        self.fill("make")
        for address in (BOUNCER, BOUNCER6):
            self.put(address, [2, 3])
            self.put(address, [3], "dsn")
        self.put(ROBOT, [2, 4])
        self.put(WORST, [2, 4])
        self.put(WORST, [2], "strict")
        self.put(CALLER, [7], "callout")
        self.put(SHARED, [8], "shared")
        self.start_dnsd()
        self.resolver = Resolver(
            self, "Unbound", RESOLVER, ["unbound", "-d"], UNBOUND.format(
                resolver=RESOLVER, origin=ORIGIN,
                recipe=recipe("unbound/bsbl.conf")))
        return self

    def close(self):
        if self.resolver is not None:
            self.resolver.close()
        super().close()


class OddResolver(threading.Thread):
    """In place of one that works: refuses (an rcode), or tells with an address
    that whoever asks may not, as some public resolvers and lists do."""

    def __init__(self, rcode=0, address=None):
        super().__init__(daemon=True)
        self.rcode, self.address, self.asked = rcode, address, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((RESOLVER, 53))

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            if not query:
                return
            self.asked += 1
            self.socket.sendto(self.answer(query), peer)

    def answer(self, query):
        end = query.index(b"\0", 12) + 5
        kind = struct.unpack(">H", query[end - 4:end - 2])[0]
        data = b""
        if self.address is not None and kind == TYPES["A"]:
            data = b"\xc0\x0c" + struct.pack(
                ">HHIH", kind, 1, 60, 4) + socket.inet_aton(self.address)
        return query[:2] + struct.pack(
            ">5H", 0x8180 | self.rcode, 1, data != b"", 0, 0
        ) + query[12:end] + data

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", (RESOLVER, 53))
        self.join()
        self.socket.close()


def resolvers_that_fail(lab):
    """(what it does, it at work): instead of Unbound from now on."""
    lab.resolver.close()
    yield "refuses", OddResolver(rcode=5)
    yield "fails", OddResolver(rcode=2)
    yield "answers with an error code", OddResolver(address="127.255.255.254")
    yield "is down", None


def talk(client, sender, stages=("MAIL", "RCPT", "DATA", "end"),
         message=MESSAGE):
    """(stage, reply): where the server refused, or the last of them."""
    server = SERVER6 if ":" in client else SERVER
    with SmtpClient(server, source=client) as peer:
        said = {
            "greeting": lambda: peer.greeting,
            "EHLO": lambda: peer.say("EHLO mail.example.net"),
            "MAIL": lambda: peer.say(f"MAIL FROM:<{sender}>"),
            "RCPT": lambda: peer.say("RCPT TO:<user@mx.example.net>"),
            "DATA": lambda: peer.say("DATA"),
            "end": lambda: peer.say(message.format(
                mark=os.urandom(8).hex()).replace("\n", "\r\n") + "."),
        }
        for stage in ("greeting", "EHLO", *stages):
            reply = said[stage]()
            if reply[:1] not in ("2", "3"):
                break
        if reply[:1] in ("2", "5"):
            peer.say("QUIT")
        return stage, reply


CALLOUT = ("MAIL", "RCPT")
HOP = ("Received: from mail.example.net ([%s])\n"
       "\tby relay.example.net; Mon, 6 Jan 2025 10:00:00 +0000\n" % BOUNCER)


def told(result, server):
    return f"{result}\n" + "\n".join(server.log().splitlines()[-4:])


def refused(tap, server, result, address, sentence):
    """For good, and with the address that tells why."""
    tap.ok(result[0] == "DATA" and result[1].startswith("55")
           and PORTAL + address in result[1], sentence, told(result, server))


def passes(tap, server, result, sentence, stage="end"):
    tap.ok(result[0] == stage and result[1].startswith("250"), sentence,
           told(result, server))


def check_null_sender(tap, lab, server):
    """What all recipes promise that look at bounces alone."""
    refused(tap, server, talk(BOUNCER, ""), BOUNCER,
            "a bounce of a listed server is refused at DATA, with the address "
            "where to read why")
    refused(tap, server, talk(BOUNCER, "postmaster@mail.example.net"), BOUNCER,
            "so is what its postmaster sends")
    passes(tap, server, talk(BOUNCER, "person@mail.example.net"),
           "what its people send is taken")
    passes(tap, server, talk(BOUNCER, "", CALLOUT),
           "it may ask whether an address exists", "RCPT")
    passes(tap, server, talk(OTHER, ""),
           "a bounce of a server that is not listed is taken")
    passes(tap, server, talk(OTHER, "", message=HOP + MESSAGE),
           "even if it came through a listed one before")
    passes(tap, server, talk(CALLER, ""),
           "who is only in callout. is no such server")
    passes(tap, server, talk(SHARED, ""), "nor who is only in shared.")
    refused(tap, server, talk(BOUNCER6, ""), NETWORK6,
            "the same over IPv6: listed")
    passes(tap, server, talk(OTHER6, ""), "and not listed")
    for what, resolver in resolvers_that_fail(lab):
        check_open(tap, server, what, resolver)


SCORED = [  # client, sender, what stands above the message; does it score?
    (BOUNCER, "", "", True, "a bounce of a listed server scores"),
    (BOUNCER6, "", "", True, "over IPv6, too"),
    (BOUNCER, "postmaster@mail.example.net", "", True,
     "so does what its postmaster sends"),
    (BOUNCER, "person@mail.example.net", "", False,
     "what its people send does not"),
    (OTHER, "", "", False, "nor a bounce of a server that is not listed"),
    (OTHER, "", HOP, False, "even if it came through a listed one before"),
    (OTHER6, "", "", False, "nor over IPv6"),
    (CALLER, "", "", False, "nor of one that is only in callout."),
    (SHARED, "", "", False, "nor of one that is only in shared."),
]


def check_score(tap, lab, server):
    """What recipes promise that only score; server.scored(mails) tells of each
    (client, sender, message) whether it scores."""
    became = server.scored([
        (client, sender, hops + MESSAGE.format(mark="scored"))
        for client, sender, hops, _, _ in SCORED])
    for (*_, scores, sentence), got in zip(SCORED, became):
        tap.ok(got == scores, sentence, server.log()[-2000:])
    bounce = [(BOUNCER, "", MESSAGE.format(mark="open"))]
    for what, resolver in resolvers_that_fail(lab):
        with resolver or contextlib.nullcontext():
            tap.equal(server.scored(bounce), [False],
                      f"when the resolver {what}, nothing scores")


def check_open(tap, server, what, resolver, sentence="bounces are taken",
               client=BOUNCER, sender=""):
    """Whatever becomes of the resolver, mail goes on."""
    sentence = f"when the resolver {what}, {sentence}"
    if resolver is None:
        passes(tap, server, talk(client, sender), sentence)
        return
    with resolver:
        passes(tap, server, talk(client, sender), sentence)
        tap.ok(resolver.asked > 0, "and it had been asked")


def main(script, missing, check):
    """Runs check(tap, lab) in namespaces of its own; `missing` tells why not,
    or None."""
    if len(sys.argv) > 2:
        tap = Tap()
        with ListLab(sys.argv[1]) as lab:
            check(tap, lab.begin())
        return tap.end()
    reason = "namespaces need root" if os.geteuid() != 0 else missing(
        sys.argv[1])
    if reason is None and shutil.which("unbound") is None:
        reason = "unbound is not installed"
    if reason is not None:
        print(f"1..0 # SKIP {reason}")
        return 0
    return mailroot.isolated(
        [a + "/32" for a in ADDRESSES] + [a + "/128" for a in ADDRESSES6],
        sys.executable, os.path.abspath(script), sys.argv[1], "inside")
