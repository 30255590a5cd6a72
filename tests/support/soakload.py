"""Who uses the list in tests/soak, each on a thread: servers that answer to
traps, mail servers that ask, people who look and ask to be removed. What each
knows to be wrong it says."""

import random
import threading
import time
import traceback

from dns import Tcp, Udp
from dnslab import SUBLISTS
from lab import Client, bounce
from soakworld import (
    ALWAYS, DAY, EXEMPT, MANUAL, SERVERS, SILENT, TRAPS)

AUTOMATIC = """\
From: Person <person@{host}>
To: {trap}
Subject: Out of Office: {subject}
In-Reply-To: <spam-{mark}@dialup.example.com>
Message-ID: <reply-{mark}@{host}>
Auto-Submitted: auto-replied

I am on annual leave until Monday. For urgent matters please ring the front
desk.
""".replace("\n", "\r\n")

SPAM = """\
From: Good Friend <friend@{host}>
To: {trap}
Subject: {subject}
Message-ID: <spam-{mark}@{host}>

Look at http://shop.example.com/{mark} now.
""".replace("\n", "\r\n")


class Worker(threading.Thread):
    """Takes one step after the other, some `pace` a second, while the world
    goes on; `uses` are the programs that it cannot do without."""

    pace, uses = 1, ()

    def __init__(self, world, going):
        super().__init__(daemon=True)
        self.world, self.going = world, going
        self.busy, self.ending = threading.Lock(), False
        self.random = random.Random(random.random())
        self.since = {}

    def run(self):
        while not self.ending:
            self.going.wait()
            with self.busy:
                if self.going.is_set():
                    self.try_step()
            time.sleep(self.random.expovariate(self.pace))

    def disturbed(self):
        """Was anything down that this step needed?"""
        return any(self.since[name] != (True, self.world.lives[name])
                   for name in self.uses)

    def try_step(self):
        self.since = {name: (self.world.up[name], self.world.lives[name])
                      for name in self.uses}
        try:
            self.step()
        except OSError as error:
            self.lost()
            self.world.work["unanswered"] += 1
            self.world.check("whoever is up answers", self.disturbed(),
                             f"{type(self).__name__} {error!r}")
        except Exception:
            self.world.check("the soak has no fault", False,
                             traceback.format_exc())

    def lost(self):
        """A step was cut off."""


class Sender(Worker):
    """Servers that answer to forged mail. What was not acknowledged is sent
    again, or not, as by real ones."""

    pace, uses = 5, ("ingest",)

    def __init__(self, world, going, number, senders):
        super().__init__(world, going)
        self.number, self.serial = number, 0
        self.servers = [*SERVERS, EXEMPT][number::senders]
        self.client, self.life, self.retry = None, None, None
        self.tried_at = 0  # first, by the clock that jumps
        self.acknowledged = {}  # mark: where the clock stood
        self.unanswered = set()
        self.server_locks = {name: threading.Lock() for name in self.servers}

    def lost(self):
        if self.client is not None:
            self.client.close()
        self.client = None

    def message(self):
        """Server, mark, trap and text of one more."""
        self.serial += 1
        server = self.random.choice(self.servers)
        mark = f"m-{self.number}-{self.serial}-"
        trap = f"trap@{self.random.choice(TRAPS)[1:]}"
        words = dict(mark=mark, host=f"{mark}.example.net", trap=trap,
                     subject=f"A present, {self.world.clock.seconds}")
        kind = self.random.random()
        if kind < 0.1:
            return server, None, trap, SPAM.format(**words)
        if kind < 0.3:
            return server, mark, trap, AUTOMATIC.format(**words)
        return server, mark, trap, bounce(
            mark, trap, words["host"]).replace(
                "A present for you", words["subject"])

    def step(self):
        if self.retry is not None and \
                self.world.clock.seconds - self.tried_at >= DAY:
            self.unanswered.add(self.retry[1])  # it is another one then
            self.retry = None
        if self.retry is None:
            server, mark, trap, text = self.message()
            self.tried_at = self.world.clock.seconds
        else:
            server, mark, trap, text = self.retry
            self.world.work["messages sent again"] += 1
        self.retry = None
        with self.server_locks[server]:
            try:
                reply = self.deliver(server, mark, trap, text)
            except OSError:
                if self.random.random() < 0.5:
                    self.retry = server, mark, trap, text
                elif mark is not None:
                    self.unanswered.add(mark)
                raise
        self.world.check(
            "mail is taken, or asked to come again",
            reply[:3] in ("250", "451") or reply[:3] == "421", reply)
        if reply.startswith("250"):
            self.world.work["messages acknowledged"] += 1
            if mark is not None:
                self.acknowledged[mark] = self.world.clock.seconds
        elif mark is not None:
            self.unanswered.add(mark)

    def deliver(self, server, mark, trap, text):
        life = self.world.lives["ingest"]
        if self.life != life:
            self.lost()  # while nothing was sent
        if self.client is None:
            self.client, self.life = Client(self.world.smtp_port), life
        prefix = "IPV6:" if ":" in server else ""
        self.client.say(f"XCLIENT ADDR={prefix}{server} "
                        f"HELO={mark or 'dialup'}.example.net")
        sender = "" if mark else "friend@dialup.example.net"
        reply = self.client.mail([trap], text, sender)
        if reply == "" or reply.startswith("421"):
            raise OSError(f"connection lost: {reply}")
        if self.random.random() < 0.1:
            self.client.say("QUIT")
            self.lost()
        return reply


class Caller(Worker):
    """Verifies senders, and sends nothing."""

    pace, uses = 0.5, ("ingest",)

    def step(self):
        with Client(self.world.smtp_port) as client:
            client.start(f"198.18.{self.random.randrange(240)}.99")
            client.say("MAIL FROM:<>")
            reply = client.say(f"RCPT TO:<x@{self.random.choice(TRAPS)[1:]}>")
            if reply == "" or reply.startswith("421"):
                raise OSError(f"connection lost: {reply}")
            self.world.check("mail is taken, or asked to come again",
                             reply[:3] == "250", reply)
            client.say("QUIT")
        self.world.work["callouts"] += 1


class Asker(Worker):
    """A mail server that asks for whoever connects."""

    pace, uses = 100, ("dnsd",)

    def step(self):
        kind = self.random.random()
        way = Tcp if self.random.random() < 0.1 else Udp
        with way(self.world.port) as dns:
            if kind < 0.2:
                self.known(dns)
            elif kind < 0.3:
                self.world.answer(dns, self.random.choice(SERVERS),
                                  self.random.choice(list(SUBLISTS)))
            else:
                self.world.answer(dns, self.random.choice(SERVERS + MANUAL))

    def known(self, dns):
        """What is so whatever happens."""
        label = self.random.choice(list(SUBLISTS))
        for address, at, codes in (
                (ALWAYS, "", ["127.0.0.2", "127.0.0.9"]),
                (ALWAYS, "manual", ["127.0.0.9"]),
                (EXEMPT, label, []),
                (self.random.choice(SILENT), label, []),
                ("127.0.0.2", label, [f"127.0.0.{SUBLISTS[label]}"])):
            got = self.world.answer(dns, address, at)
            self.world.check("what never changes is answered so",
                             got == codes, f"{at} {address}: {got}")


class Reader(Worker):
    """Compares HTTP with DNS, while everything changes."""

    pace, uses = 8, ("dnsd", "httpapi")

    def step(self):
        address = self.random.choice(SERVERS + MANUAL + [ALWAYS, EXEMPT])
        if self.random.random() < 0.2:
            return self.page(address)
        before = self.world.codes(address)
        said = self.world.told(address)
        if before == self.world.codes(address):
            self.world.check("HTTP and DNS say the same at any moment",
                             sorted(said["codes"]) == before,
                             f"{address}: {said['codes']} {before}")

    def page(self, address):
        target = self.random.choice((
            f"/l/{address}", "/", "/policy", "/trends", "/v1/trends",
            "/v1/delistings", "/metrics"))
        reply = self.world.ask("GET", target)
        self.world.work["HTTP requests"] += 1
        self.world.check("HTTP answers with a page",
                         reply.status in (200, 303), f"{target}: {reply}")


class Remover(Worker):
    """Asks for a listed server's removal, for anybody or from the server
    itself. Nothing comes of that server meanwhile."""

    pace, uses = 1, ("dnsd", "httpapi")

    def __init__(self, world, going, senders):
        super().__init__(world, going)
        self.locks = {name: lock for sender in senders
                      for name, lock in sender.server_locks.items()}

    def step(self):
        for address in self.random.sample(SERVERS, 20):
            with self.locks[address]:
                if self.world.codes(address):
                    return self.remove(address)

    def remove(self, address):
        origin = address if self.random.random() < 0.7 else "192.0.2.77"
        reply = self.world.delist(address, X_Forwarded_For=origin)
        self.world.work["removals asked for"] += 1
        self.world.check("a request for removal is answered",
                         reply.status in (200, 403, 404, 409), reply)
        if reply.status == 200:
            self.world.work["removals"] += 1
            codes = self.world.codes(address)
            self.world.check("who was removed is off the list at once",
                             codes == [], f"{address}: {codes}")
