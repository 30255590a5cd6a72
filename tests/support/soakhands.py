"""The hands on the list in tests/soak: an operator's, and those that kill."""

import os
import signal
import subprocess
import time

from lab import forget_faketime
from soakload import Worker
from soakworld import MANUAL, PROGRAMS


class Operator(Worker):
    """Lists by hand and takes off, adds traps; now and then bsblctl is killed
    at work."""

    pace, uses = 1.5, ("dnsd",)

    def call(self, *arguments):
        """Did it say that it had done so?"""
        process = subprocess.Popen(
            [os.path.join(self.world.build, "bsblctl"), "-c", self.world.conf,
             *arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if self.random.random() < 0.1:
            time.sleep(self.random.random() * 0.02)
            process.kill()
        with process.stderr:
            error = process.stderr.read().decode()
        status = process.wait()
        forget_faketime(process.pid)
        self.world.work["bsblctl"] += 1
        # 1: it is not listed, there is no such trap; 4: there is one.
        self.world.check("bsblctl does what it is told", status in (
            0, 1, 4, -signal.SIGKILL), f"{arguments}: {status} {error}")
        return status == 0

    def step(self):
        address, kind = self.random.choice(MANUAL), self.random.random()
        if kind < 0.4:
            if self.call("add", address, "--reason", "a soak", "--until",
                         self.random.choice(("20s", "1h", "2d"))):
                self.see(address, "127.0.0.9", True)
        elif kind < 0.7:
            if self.call("remove", address, "--reason", "a soak"):
                self.see(address, "127.0.0.2", False)
        else:
            verb = self.random.choice(("add", "remove"))
            self.call("trap", verb,
                      f"@o{self.random.randrange(9)}.example.test")

    def see(self, address, code, there):
        codes = self.world.codes(address)
        self.world.check("what bsblctl acknowledged is published at once",
                         (code in codes) == there, f"{address}: {codes}")


class Disturber(Worker):
    """Kills and restarts, whoever is not spared."""

    pace = 1 / 6
    spared = None

    def step(self):
        world = self.world
        for name in world.fell():
            world.check("nobody ends by himself", False, name)
            world.let_down(name, signal.SIGKILL)
            world.raise_up(name)
        name = self.random.choice(
            [name for name in (*PROGRAMS, *PROGRAMS, "nsd")
             if name != self.spared])
        kind = self.random.random()
        if kind < 0.15 and name != "nsd":
            world.work["SIGHUP"] += 1
            world.process(name).send_signal(signal.SIGHUP)
            return
        number = signal.SIGTERM if kind < 0.35 else signal.SIGKILL
        status = world.let_down(name, number)
        world.work[f"{name}: {number.name}"] += 1
        if number == signal.SIGTERM:
            world.check("SIGTERM ends a program well", status == 0,
                        f"{name}: {status}")
        time.sleep(self.random.choice((0, 0.1, 1)))
        world.raise_up(name)
