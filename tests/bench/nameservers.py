"""Name servers to be measured, each on a core and a port of its own, and who
asks them from another core. The caller ends with the removal of `scratch`."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build")
TOOLS = os.path.join(BUILD, "tests/tools")
SIZE = int(os.environ.get("SIZE", 1000000))
SECONDS = float(os.environ.get("SECONDS", 6))
SERVER_CPU = os.environ.get("SERVER_CPU", "0")
LOAD_CPU = os.environ.get("LOAD_CPU", "1")
ZONE = "bl.example.test"
WAIT_SECONDS = 300  # for the slowest to load ten million

scratch = tempfile.mkdtemp(prefix="bench-dns-")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def tool(name, *arguments):
    return [os.path.join(TOOLS, name), *map(str, arguments)]


def run(*command, **words):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          **words).stdout.decode()


def listing(form, count):
    """The list in the form of one server or another, in a file."""
    path = os.path.join(scratch, f"{form}-{count}")
    if not os.path.exists(path):
        with open(path, "wb") as out:
            subprocess.run(tool("dns_list", form, count), check=True,
                           stdout=out)
    return path


# --- servers -----------------------------------------------------------------


def processes(pid):
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as children:
            for child in children.read().split():
                found += processes(int(child))
    return found


class Server:
    """Started on a core and a port of its own; `entries` are IPv4 addresses,
    or /64 networks where `ipv6` says so."""

    name = needs = None

    def __init__(self, entries=SIZE, ipv6=False):
        self.entries, self.ipv6, self.port = entries, ipv6, free_port()
        self.path = tempfile.mkdtemp(dir=scratch)
        self.form = "6" if ipv6 else ""
        self.prepare()
        with open(os.path.join(self.path, "log"), "wb") as log:
            self.began = time.monotonic()
            self.process = subprocess.Popen(
                ["taskset", "-c", SERVER_CPU, *self.command()], stdout=log,
                stderr=log, cwd=self.path)
        self.ready_seconds = self.wait()

    @classmethod
    def is_there(cls):
        path = os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin"
        return cls.needs is None or shutil.which(cls.needs, path=path)

    def file(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w") as out:
            out.write(text)
        return path

    def prepare(self):
        pass

    def wait(self):
        """Seconds from the start to the first right answer."""
        while time.monotonic() < self.began + WAIT_SECONDS:
            if self.process.poll() is not None:
                break
            if self.answers():
                return time.monotonic() - self.began
            time.sleep(0.002)
        with open(os.path.join(self.path, "log")) as log:
            raise RuntimeError(f"{self.name} does not answer: {log.read()}")

    def answers(self):
        name = ("ns1." if self.ipv6 else "2.0.0.127.") + ZONE
        labels = b"".join(bytes([len(l)]) + l.encode()
                          for l in name.split("."))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.2)
            s.connect(("127.0.0.1", self.port))
            with contextlib.suppress(OSError):
                s.send(b"\0\1\0\0\0\1" + bytes(6) + labels + b"\0\0\1\0\1")
                reply = s.recv(512)
                return len(reply) > 12 and self.is_right(reply)
        return False

    def is_right(self, reply):
        return reply[3] & 15 == 0 and reply[7] > 0

    def pids(self):
        return ",".join(map(str, processes(self.process.pid)))

    def memory(self):
        """MiB that are nobody else's."""
        total = 0
        for pid in processes(self.process.pid):
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += sum(int(line.split()[1]) for line in rollup
                             if line.startswith("Private_Dirty"))
        return total / 1024

    def stop(self):
        pids = processes(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in pids:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.path, ignore_errors=True)

    def target(self):
        """How dns_load is told of this server."""
        return ["-p", self.port, "-P", self.pids()]


class Bsbl(Server):
    """As it is used: cookies and counters are always on, the rate limit too,
    from which loopback is exempt; access lists are asked."""

    name = "bsbl-dnsd"

    def prepare(self):
        self.conf = self.file("bsbl.conf", f"""
database {{ path = "{self.path}/db" group = "" reserve_percent = 0
  reserve_bytes = 0 }}
zone {{ origin = "{ZONE}" name_servers = {{ "ns1.{ZONE} 127.0.0.1" }}
  contact = "hostmaster@{ZONE}" portal = "https://{ZONE}/lookup/"
  text = "{{url}}" }}
dnsd {{ listen = {{ "127.0.0.1:{self.port}" }} user = "" workers = 1
  allow = {{ "127.0.0.0/8", "192.0.2.0/24" }} refuse = {{ "127.9.0.0/16" }} }}
""")
        kind = "units" if self.ipv6 else "addresses"
        self.fill("make")
        self.fill(kind, listing(kind, self.entries))

    def fill(self, *arguments):
        run(*tool("zone_fill", self.conf, *arguments))

    def command(self):
        return [os.path.join(BUILD, "bsbl-dnsd"), "-c", self.conf]

    def index_serials(self):
        """Of the zone, each time the index was whole."""
        log = open(os.path.join(self.path, "log")).read()
        return [int(serial)
                for serial in re.findall(r"index_ready serial=(\d+)", log)]

    def wait_for_index(self):
        while not self.index_serials():
            time.sleep(0.01)
        return time.monotonic() - self.began

    def rebuild(self):
        """The most memory, in MiB, while the index is built anew: the journal
        lost what changed while the server stood still."""
        before = self.index_serials()
        pid = self.process.pid
        os.kill(pid, signal.SIGSTOP)
        self.fill("put", "198.51.100.1", "", 2)
        self.fill("trim", before[-1] + 1)
        os.kill(pid, signal.SIGCONT)
        most = 0
        while self.index_serials() == before:
            most = max(most, self.memory())
            time.sleep(0.01)
        return most


class Null(Server):
    name = "null responder"

    def command(self):
        return tool("dns_null", self.port)

    def is_right(self, reply):
        return True

    def target(self):
        return [*super().target(), "-x"]


class Rbldnsd(Server):
    name, needs = "rbldnsd", "rbldnsd"

    def prepare(self):
        os.chmod(scratch, 0o755)
        os.chmod(self.path, 0o755)
        shutil.copy(listing("rbldnsd" + self.form, self.entries),
                    os.path.join(self.path, "list"))

    def command(self):
        kind = "ip6trie" if self.ipv6 else "ip4trie"
        return ["rbldnsd", "-u", "nobody", "-n", "-a", "-b",
                f"127.0.0.1/{self.port}", "-w", self.path,
                f"{ZONE}:{kind}:list"]

    def is_right(self, reply):
        # Of IPv6 it has no name server's address to give.
        return self.ipv6 or super().is_right(reply)


class Nsd(Server):
    name, needs = "NSD", "nsd"

    def prepare(self):
        path = self.path
        self.conf = self.file("nsd.conf", f"""
server:
  server-count: 1
  ip-address: 127.0.0.1@{self.port}
  username: ""
  chroot: ""
  zonesdir: "{path}"
  database: ""
  pidfile: "{path}/pid"
  xfrdfile: "{path}/xfrd"
  zonelistfile: "{path}/zones"
  xfrdir: "{path}"
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  minimal-responses: yes
remote-control:
  control-enable: no
zone:
  name: {ZONE}
  zonefile: {listing("zone" + self.form, self.entries)}
""")

    def command(self):
        return ["nsd", "-d", "-c", self.conf]


class Knot(Server):
    name, needs = "Knot", "knotd"

    def prepare(self):
        self.conf = self.file("knot.conf", f"""
server:
  rundir: {self.path}
  listen: 127.0.0.1@{self.port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  tcp-max-clients: 64
database:
  storage: {self.path}
zone:
  - domain: {ZONE}
    file: {listing("zone" + self.form, self.entries)}
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: off
""")

    def command(self):
        return ["knotd", "-c", self.conf]


# --- who asks ----------------------------------------------------------------


def load(servers, *options, seconds=SECONDS):
    """What dns_load tells of one server, or of two asked in turns."""
    kind = ["-6"] if servers[0].ipv6 else []
    targets = [word for server in servers for word in server.target()]
    done = subprocess.run(
        ["taskset", "-c", LOAD_CPU,
         *tool("dns_load", "-n", servers[0].entries, "-s", seconds, *kind,
               *options, *targets)],
        stdout=subprocess.PIPE)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    for server, result in zip(servers, results):
        if result["wrong"]:
            print(f"{server.name}: {result['wrong']} wrong answers: "
                  f"{result['objection']}")
    return results
