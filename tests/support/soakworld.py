"""The world of tests/soak: a database, the four programs and a secondary, and
a clock that jumps, so that months pass within the hour. It knows who is up,
who was disturbed, and what was found to be wrong."""

import collections
import contextlib
import ipaddress
import os
import signal
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dns import Udp, reverse  # noqa: E402
from dnslab import ZONE, zone_of  # noqa: E402
from fakeclock import Clock  # noqa: E402
from httplab import HttpLab  # noqa: E402
from lab import PATIENCE, Client, forget_faketime, wait_for  # noqa: E402
from secondaries import KEY, SECRET, nsd  # noqa: E402

DAY = 86400  # seconds
PROGRAMS = ("dnsd", "ingest", "httpapi")
EVERYBODY = (*PROGRAMS, "nsd")

# Evidence, listings and history end soon, so that many do within a run; the
# audit is kept for the least that the settings allow.
EVIDENCE_DAYS, AUDIT_DAYS = 5, 30
DAYS = 3 * AUDIT_DAYS  # that a run lasts, by the programs' clock
COMMIT_MS = 200  # as by default: until then the intake log has what was promised

TRAPS = [f"@t{n}.example.test" for n in range(16)]
SERVERS = (
    [f"198.18.{n}.25" for n in range(240)]  # networks of their own
    + [f"192.0.2.{n}" for n in range(10, 30)]
    + [f"2001:db8:{n:x}:1::25" for n in range(40)])
MANUAL = [f"203.0.113.{n}" for n in range(1, 41)]  # which the operator lists
ALWAYS = "203.0.113.250"  # by hand, beyond the end
EXEMPT = "192.0.2.200"    # answers to traps as others do
SILENT = ["192.0.2.250", "10.1.2.3", "127.0.0.1", "2001:db8:dead::1"]

MOST_FAULTS = 20  # after which a run ends


def unit(address):
    """What is listed with it: IPv6 its /64."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(address + "/64", strict=False))


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        children = [int(child) for child in file.read().split()]
    return children + [grandchild for child in children
                       for grandchild in children_of(child)]


class Invariants:
    """How often each was looked at, and how often it did not hold."""

    def __init__(self):
        self.lock = threading.Lock()
        self.checked = collections.Counter()
        self.broken = collections.Counter()

    def check(self, name, holds, detail=""):
        with self.lock:
            self.checked[name] += 1
            if not holds:
                self.broken[name] += 1
                print(f"BROKEN {name}: {detail}", flush=True)
        return holds

    def too_many(self):
        return sum(self.broken.values()) >= MOST_FAULTS


class World(HttpLab):
    def __init__(self, build):
        super().__init__(build, delist_per_hour=1000000,
                         delist_per_network=1000000,
                         trusted_proxies=["127.0.0.1"])
        self.invariants = Invariants()
        self.check = self.invariants.check
        self.work = collections.Counter()
        self.clock = Clock(os.path.join(self.path, "clock"))
        self.secondary = nsd(self)
        self.up = dict.fromkeys(EVERYBODY, False)
        self.lives = dict.fromkeys(EVERYBODY, 0)
        self.configure()

    def configure(self):
        keys = os.path.join(self.path, "keys")
        with open(keys, "w") as file:
            file.write(f'key "{KEY}" {{ algorithm hmac-sha256;'
                       f' secret "{SECRET}"; }};\n')
        os.chmod(keys, 0o600)
        self.sections["dnsd"].update(
            tsig_key_file=keys, transfer=[f"127.0.0.1 key {KEY}"],
            notify=[f"127.0.0.1:{self.secondary.port} key {KEY}"],
            transfers_per_minute=10000)
        self.sections["ingest"].update(
            xclient_peers=["127.0.0.1"], per_client=100,
            commit_milliseconds=COMMIT_MS)
        self.sections["policy"].update(
            preset="small", span_seconds=0, expiry_seconds="12h",
            expiry_max_seconds="2d", history_seconds="6d",
            evidence_seconds=f"{EVIDENCE_DAYS}d", drain_seconds=0)
        self.sections["policy"]["listable_reserved"].append("198.18.0.0/15")
        self.sections["safety"] = {"audit_seconds": f"{AUDIT_DAYS}d"}
        self.write_conf()

    # --- programs ------------------------------------------------------------

    def begin(self):
        self.init(*TRAPS)
        for arguments in (
                ("add", ALWAYS, "--reason", "a soak", "--until", "360d"),
                ("exempt", EXEMPT, "--reason", "a soak")):
            self.must(*arguments)
        for name in EVERYBODY:
            self.raise_up(name)
        self.read_description()

    def must(self, *arguments):
        text = self.ctl(*arguments)
        if self.status != 0:
            raise RuntimeError(f"bsblctl {arguments}: {self.stderr}")
        return text

    def raise_up(self, name):
        """Starts it, until it serves."""
        if name == "nsd":
            self.secondary.start()
            serves = self.secondary.serial
        else:
            self.start(name)
            serves = getattr(self, name + "_serves")
        self.check("what was started serves", wait_for(serves), name)
        self.up[name] = True

    def ingest_serves(self):
        try:
            with Client(self.smtp_port) as client:
                return client.greeting.startswith("220 ")
        except OSError:
            return False

    def dnsd_serves(self):
        return self.serial() is not None

    def httpapi_serves(self):
        try:
            with self.http() as http:
                reply = http.ask("GET", "/v1/policy")
                return reply is not None and reply.status == 200
        except OSError:
            return False

    def process(self, name):
        return (self.secondary.process if name == "nsd"
                else self.programs.get(name))

    def fell(self):
        """Who ended without having been told to."""
        return [name for name in EVERYBODY
                if self.up[name] and self.process(name).poll() is not None]

    def let_down(self, name, number):
        """Ends it by a signal; what it then returned."""
        self.up[name] = False
        self.lives[name] += 1
        if name != "nsd":
            return self.stop(name, number)
        process, self.secondary.process = self.secondary.process, None
        children = children_of(process.pid)
        process.send_signal(number)
        status = process.wait(PATIENCE)
        if number == signal.SIGKILL:
            for pid in children:  # which would go on answering
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        forget_faketime(process.pid)
        return status

    def end(self):
        for name in EVERYBODY:
            if self.process(name) is not None:
                status = self.let_down(name, signal.SIGTERM)
                self.check("SIGTERM ends a program well", status == 0,
                           f"{name}: {status}")

    def close(self):
        if self.secondary.process is not None:
            self.let_down("nsd", signal.SIGKILL)
        super().close()

    # --- what it says --------------------------------------------------------

    def serial(self):
        with self.udp() as udp:
            return udp.serial(ZONE)

    def answer(self, udp, address, label=""):
        """The codes that DNS has for it there; raises without an answer."""
        reply = udp.ask(reverse(address, zone_of(label)))
        if reply is None:
            raise TimeoutError("no answer")
        self.work["DNS questions"] += 1
        self.check("DNS says NOERROR or NXDOMAIN, as the authority",
                   reply.status in ("NOERROR", "NXDOMAIN") and reply.aa,
                   f"{label} {address}: {reply.status}")
        return sorted(reply.addresses())

    def codes(self, address, label=""):
        with self.udp() as udp:
            return self.answer(udp, address, label)

    def secondary_codes(self, address, label=""):
        with Udp(self.secondary.port) as udp:
            return self.answer(udp, address, label)

    def ask(self, *arguments, **fields):
        """As in every lab; raises without an answer."""
        reply = super().ask(*arguments, **fields)
        if reply is None:
            raise ConnectionError("no answer")
        return reply

    def told(self, address):
        """What HTTP says of it."""
        reply = self.ask("GET", "/v1/lookup/" + address)
        self.work["HTTP requests"] += 1
        return reply.json()

    def verifies(self, directory):
        """Is it a database without a fault?"""
        conf = os.path.join(self.path, "backup.conf")
        with open(conf, "w") as file:
            file.write(f'database {{ path = "{directory}" }}\n')
        self.run("bsblctl", "-c", conf, "verify")
        return self.status == 0

    def bytes(self):
        """Of the database's file."""
        return os.path.getsize(os.path.join(self.path, "db", "data.mdb"))
