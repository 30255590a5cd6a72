"""What system tests share: a directory of their own, the programs started on
free ports in it, clients that speak octet by octet, and TAP."""

import contextlib
import os
import random
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

# Seconds, for what takes milliseconds when all is well; an emulated machine
# asks for more.
PATIENCE = int(os.environ.get("TEST_PATIENCE", 30))
# What ends a program after a test; only who ends in order tells gcov.
CLOSING = signal.SIGTERM if "TEST_COVERAGE" in os.environ else signal.SIGKILL


class Tap:
    """Counts what is asserted, on whatever thread; leave with
    `sys.exit(tap.end())`."""

    def __init__(self):
        self.count = self.failed = 0
        self.lock = threading.Lock()

    def ok(self, holds, sentence, detail=""):
        with self.lock:
            self.count += 1
            self.failed += not holds
            print(f"{'ok' if holds else 'not ok'} {self.count} - {sentence}")
            if not holds and detail != "":
                print("\n".join("# " + l for l in str(detail).splitlines()))
            sys.stdout.flush()
        return holds

    def equal(self, got, expected, sentence):
        return self.ok(
            got == expected, sentence, f"got {got!r}\nexpected {expected!r}"
        )

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def wait_for(condition, seconds=PATIENCE):
    """Asks again and again; what it last said is returned."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.02)


def next_second():
    """Waits until the clock's second is another."""
    second = int(time.time())
    wait_for(lambda: int(time.time()) != second)


def own_ports():
    """Ports of this test alone: a name of the network, for as long as the test
    runs, is the claim to a hundred of them. None of those that the kernel gives
    to clients: a client that asks again and again for a server that is down
    would in the end get the server's port for its own end, and be connected to
    itself."""
    claims = []
    for first in random.SystemRandom().sample(range(10000, 32000, 100), 220):
        claim = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError):
            claim.bind(f"\0bsbl-test-ports-{first}")
            claims.append(claim)
            yield from range(first, first + 100)


PORTS = own_ports()


def free_port(host="127.0.0.1", kind=socket.SOCK_STREAM):
    """Given once, and free until this test binds it."""
    for port in PORTS:
        with socket.socket(socket.AF_INET, kind) as s:
            with contextlib.suppress(OSError):
                s.bind((host, port))
                return port
    raise RuntimeError("no port is left")


def quoted(value):
    if isinstance(value, (list, tuple)):
        return "{ " + ", ".join(f'"{item}"' for item in value) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)


def forget_faketime(pid):
    """What that library makes, and cannot remove from a confined program."""
    for name in "faketime_shm", "sem.faketime_sem":
        with contextlib.suppress(OSError):
            os.unlink(f"/dev/shm/{name}_{pid}")


def tell(error):
    """What ended a test before its end, and on what way it came there: a line
    above all logs, for whoever sees no more than the first."""
    print(f"# {error[1]!r} in " + ", ".join(
        f"{frame.name}:{frame.lineno}"
        for frame in traceback.extract_tb(error[2])))


class Running:
    """What is started, closed and has a log, for as long as a block lasts:
    where that fails, the end of the log is shown."""

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        if error[0] is not None:
            tell(error)
            for line in self.log().splitlines()[-20:]:
                print("#   " + line)
        self.close()


class Disk:
    """What a program that is started with its environment finds below the
    database; see tests/shim/disk.c."""

    def __init__(self, lab):
        self.shim = os.path.join(lab.build, "tests/shim/disk.so")
        self.path = os.path.join(lab.path, "disk")
        self.set("good")

    def environment(self):
        return {"LD_PRELOAD": self.shim, "BSBL_DISK": self.path}

    def set(self, how):
        with open(self.path + ".new", "w") as file:
            file.write(how + "\n")
        os.rename(self.path + ".new", self.path)


class Lab:
    """A database, a bsbl.conf and the programs that were started."""

    def __init__(self, build, **sections):
        self.build = os.path.abspath(build)
        self.path = tempfile.mkdtemp(prefix="bsbl-test-")
        os.chmod(self.path, 0o755)
        self.conf = os.path.join(self.path, "bsbl.conf")
        self.smtp_port = free_port()
        self.programs = {}
        self.sections = {
            "database": {
                "path": os.path.join(self.path, "db"),
                "map_bytes": "1GiB",
                "group": "",
            },
            "zone": {
                "origin": "bl.example.test",
                "name_servers": ["ns.bl.example.test 127.0.0.1"],
                "contact": "hostmaster@example.test",
                "portal": "http://127.0.0.1/",
            },
            "ingest": {
                "listen": [f"127.0.0.1:{self.smtp_port}"],
                "hostname": "mx.example.test",
                "user": "",
                "resolver": "none",
                "commit_milliseconds": 0,  # what is answered is seen
            },
            "policy": {
                "preset": "eager",
                "listable_reserved": [
                    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
                    "2001:db8::/32",
                ],
            },
        }
        for section, settings in sections.items():
            self.sections.setdefault(section, {}).update(settings)
        self.write_conf()

    def write_conf(self):
        with open(self.conf, "w") as conf:
            for section, settings in self.sections.items():
                conf.write(section + " {\n")
                for name, value in settings.items():
                    conf.write(f"\t{name} = {quoted(value)}\n")
                conf.write("}\n")

    def run(self, program, *arguments, input=""):
        """A program that ends by itself; standard output as text."""
        done = subprocess.run(
            [os.path.join(self.build, program), *arguments],
            input=input.encode(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=PATIENCE * 4,
        )
        self.status = done.returncode
        self.stderr = done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace")

    def ctl(self, *arguments):
        return self.run("bsblctl", "-c", self.conf, *arguments)

    def init(self, *traps):
        for arguments in (("init",), ("trap", "add", *traps)):
            self.ctl(*arguments)
            if self.status != 0:
                raise RuntimeError(f"bsblctl {arguments}: {self.stderr}")

    def log_path(self, name):
        return os.path.join(self.path, name + ".log")

    def log(self, name):
        with open(self.log_path(name), errors="replace") as log:
            return log.read()

    def start(self, name, ready=None, limits=None):
        """bsbl-NAME; waits until `ready` is in its log, if it is given."""
        mark = (
            os.path.getsize(self.log_path(name))
            if os.path.exists(self.log_path(name)) else 0
        )
        with open(self.log_path(name), "ab") as log:
            program = subprocess.Popen(
                [os.path.join(self.build, "bsbl-" + name), "-c", self.conf],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=limits,
            )
        self.programs[name] = program
        if ready is not None and not wait_for(
            lambda: program.poll() is not None
            or ready in self.log(name)[mark:]
        ):
            raise RuntimeError(f"{name} is not ready: {self.log(name)}")
        return program

    def stop(self, name, number=signal.SIGTERM):
        """Returns the exit status."""
        program = self.programs.pop(name)
        if program.poll() is None:
            program.send_signal(number)
        try:
            return program.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
            return None
        finally:
            forget_faketime(program.pid)

    def reload(self, name, **settings):
        """The settings of its section by SIGHUP; what its log says from then
        until they are in force, or refused."""
        self.sections[name].update(settings)
        self.write_conf()
        mark = len(self.log(name))
        self.programs[name].send_signal(signal.SIGHUP)
        if not wait_for(lambda: re.search(" reload(ed|_refused)\\b",
                                          self.log(name)[mark:])):
            raise RuntimeError(f"{name} has not reloaded: {self.log(name)}")
        return self.log(name)[mark:]

    def start_ingest(self, limits=None):
        self.start("ingest", limits=limits)
        if not wait_for(self.answers):
            raise RuntimeError("no greeting: " + self.log("ingest"))

    def answers(self):
        if self.programs["ingest"].poll() is not None:
            raise RuntimeError("ingest ended: " + self.log("ingest"))
        try:
            with Client(self.smtp_port) as client:
                return client.greeting.startswith("220 ")
        except OSError:
            return False

    def evidence(self):
        """Sightings as dictionaries, oldest first."""
        names = ("id", "address", "kind", "grade", "flags", "trap", "helo",
                 "sender", "diagnostic", "signs")
        text = self.run("tests/tools/evidence_list", self.conf)
        if self.status != 0:
            raise RuntimeError("evidence_list: " + self.stderr)
        return [
            dict(zip(names, line.split("\t"))) for line in text.splitlines()
        ]

    def numbers(self, path):
        """Name -> number, as a program tells them at its local socket."""
        with socket.socket(socket.AF_UNIX) as told:
            told.connect(path)
            text = b""
            while more := told.recv(65536):
                text += more
        return {
            name: float(number) for name, number in (
                line.rsplit(" ", 1) for line in text.decode().splitlines()
                if not line.startswith("#"))
        }

    def faults(self):
        """What in the database contradicts itself, a line each."""
        text = self.ctl("verify")
        return "" if self.status == 0 else text + self.stderr

    @contextlib.contextmanager
    def held(self, what):
        holder = subprocess.Popen(
            [os.path.join(self.build, "tests/tools/hold"), self.conf, what],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        try:
            if holder.stdout.readline() != b"held\n":
                raise RuntimeError("the database was not held")
            yield holder
        finally:
            holder.stdin.close()
            holder.wait()
            holder.stdout.close()

    def writer_held(self):
        """Nobody else can write to the database meanwhile."""
        return self.held("writer")

    def reader_held(self):
        """Somebody looks at the database as it is now."""
        return self.held("reader")

    def close(self):
        for name in list(self.programs):
            self.stop(name, CLOSING)
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if error[0] is not None:
            tell(error)
            for name in self.programs:
                print(f"# the log of {name}:")
                for line in self.log(name).splitlines()[-40:]:
                    print("#   " + line)
        self.close()


class Client:
    """An SMTP client that says just what it is told to."""

    def __init__(self, port, source="127.0.0.1", greeting=True):
        self.socket = socket.create_connection(
            ("127.0.0.1", port), timeout=PATIENCE, source_address=(source, 0)
        )
        self.buffer = b""
        self.greeting = self.reply() if greeting else None

    def send(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        self.socket.sendall(data)

    def line(self):
        """The next line without its CR LF; "" at the end."""
        while b"\n" not in self.buffer:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return ""
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode(errors="replace").rstrip("\r")

    def reply(self):
        """The next reply; its lines are joined by line feeds."""
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return "\n".join(lines)

    def say(self, text):
        self.send(text + "\r\n")
        return self.reply()

    def is_silent(self, seconds):
        """Nothing to read, and not closed, for so long."""
        return not self.buffer and not select.select(
            [self.socket], [], [], seconds
        )[0]

    def start(self, address=None, helo="client.example"):
        """EHLO, as another client if its address is given."""
        if address is not None:
            prefix = "IPV6:" if ":" in address else ""
            self.say(f"XCLIENT ADDR={prefix}{address}")
        return self.say(f"EHLO {helo}")

    def starttls(self):
        """TLS from here on, whoever the other end is."""
        self.say("STARTTLS")
        self.secure()

    def secure(self):
        """The server is about to begin with TLS."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)

    def mail(self, recipients, message, sender=""):
        """One transaction; the last reply."""
        reply = self.say(f"MAIL FROM:<{sender}>")
        for recipient in recipients:
            if reply.startswith("2"):
                reply = self.say(f"RCPT TO:<{recipient}>")
        if reply.startswith("2"):
            reply = self.say("DATA")
        if reply.startswith("3"):
            self.send(message)
            reply = self.say(".")
        return reply

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def bounce(mark, trap="trap@trap.example.test", reporter="mail.example.net"):
    """A non-delivery report whose original was sent in the trap's name;
    `mark` is found in the diagnostic text and in the Message-IDs."""
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@{reporter}>
To: {trap}
Subject: Undelivered mail: your message came back
Date: Mon, 6 Jan 2025 10:00:00 +0000
Message-ID: <report-{mark}@{reporter}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="part-of-the-report"

--part-of-the-report
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered to one of its recipients.
The details are below.

--part-of-the-report
Content-Type: message/delivery-status

Reporting-MTA: dns; {reporter}
Arrival-Date: Mon, 6 Jan 2025 09:59:00 +0000

Final-Recipient: rfc822; nobody@{reporter}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user {mark}

--part-of-the-report
Content-Type: message/rfc822

Received: from dialup.example.com ([203.0.113.77])
 by {reporter} with SMTP id q1; Mon, 6 Jan 2025 09:59:00 +0000
From: Good Friend <{trap}>
To: nobody@{reporter}
Subject: A present for you
Message-ID: <spam-{mark}@dialup.example.com>
Date: Mon, 6 Jan 2025 09:58:00 +0000
Return-Path: <{trap}>

Look at http://shop.example.com/{mark} now.

--part-of-the-report--
""".replace("\n", "\r\n")
