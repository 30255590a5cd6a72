"""What tests/soak looks at in the calm between two rounds, when nobody changes
anything, and the gauges that it reads all the time."""

import json
import os
import threading
import time

from dnslab import SUBLISTS
from lab import wait_for
from soakworld import (
    ALWAYS, DAY, EVIDENCE_DAYS, EXEMPT, MANUAL, PROGRAMS, SERVERS, SILENT,
    unit)

EVERY_ADDRESS = SERVERS + MANUAL + SILENT + [ALWAYS, EXEMPT]
SAMPLE_SECONDS = 2


def check_evidence(world, senders):
    """What got its 250 is there once, as long as evidence is kept or half of
    that, and nothing that was not sent."""
    found, again = set(), []
    for sighting in world.evidence():
        mark = sighting["helo"].split(".")[0]
        if not mark.startswith("m-"):
            continue
        if mark in found:
            again.append(mark)
        found.add(mark)
    since = world.clock.seconds - EVIDENCE_DAYS * DAY / 2
    wanted, sent = set(), set()
    for sender in senders:
        wanted |= {mark for mark, then in sender.acknowledged.items()
                   if then >= since}
        sent |= set(sender.acknowledged) | sender.unanswered | (
            {sender.retry[1]} if sender.retry else set())
    lost = sorted(wanted - found)
    world.check("what got its 250 is in the evidence", not lost,
                f"{len(lost)} of {len(wanted)}: {lost[:5]}")
    world.check("nothing is in the evidence twice", not again, again[:5])
    foreign = sorted(found - sent)
    world.check("nothing is in the evidence that was not sent", not foreign,
                foreign[:5])


def bulk(world, addresses):
    """Address: its codes, as HTTP has them."""
    reply = world.ask("POST", "/v1/lookup", json.dumps(
        {"addresses": addresses}), Content_Type="application/json")
    return {address: sorted(result["codes"]) for address, result in zip(
        addresses, reply.json()["results"])}


def known(world):
    """Address: whether it is listed, as bsblctl has it."""
    return {fact["address"]: fact["listed"] for fact in json.loads(
        world.ctl("--json", "lookup", *EVERY_ADDRESS))}


def exported(world):
    return {line for line in world.must("export", "plain").splitlines()
            if line[0] != "#"}


def of_one_version(world, look):
    """What `look` finds; once more, if something ran out meanwhile."""
    while True:
        before = world.serial()
        found = look()
        if world.serial() == before:
            return found


def check_agreement(world):
    """DNS, HTTP, bsblctl and an export, of every address."""
    own, http, told, export = of_one_version(world, lambda: (
        {address: world.codes(address) for address in EVERY_ADDRESS},
        bulk(world, EVERY_ADDRESS), known(world), exported(world)))
    for address in EVERY_ADDRESS:
        world.check("DNS and HTTP agree of every address",
                    own[address] == http[address],
                    f"{address}: {own[address]} {http[address]}")
        world.check("DNS and bsblctl agree of every address",
                    told[address] == (own[address] != []),
                    f"{address}: {own[address]} {told[address]}")
    listed = {unit(address) for address in EVERY_ADDRESS if own[address]}
    world.check("an export has what DNS lists, and nothing else",
                export == listed, sorted(export ^ listed)[:5])
    world.work["most listed"] = max(world.work["most listed"], len(listed))


def follows(world):
    return wait_for(lambda: world.secondary.serial() == world.serial())


def both_lists(world, label):
    """dnsd's and the secondary's, which has had its time to follow."""
    follows(world)
    return ({address: world.codes(address, label)
             for address in EVERY_ADDRESS},
            {address: world.secondary_codes(address, label)
             for address in EVERY_ADDRESS})


def check_secondary(world):
    """Of every list and address."""
    world.check("the secondary follows", follows(world),
                f"{world.secondary.serial()} {world.serial()}")
    for label in SUBLISTS:
        own, other = of_one_version(world, lambda: both_lists(world, label))
        for address in EVERY_ADDRESS:
            world.check("the secondary answers as dnsd does",
                        own[address] == other[address],
                        f"{label} {address}: {own[address]} {other[address]}")


def check_database(world):
    faults = world.faults()
    world.check("bsblctl verify finds no fault", faults == "", faults)


class Gauges(threading.Thread):
    """Memory of each program, life by life, and the database's file."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.world, self.ending = world, False
        self.lives = {}  # (name, pid): [(seconds, KiB of its own, KiB), ...]
        self.files = []  # (seconds, octets)
        self.began = time.monotonic()

    def run(self):
        while not self.ending:
            for name in PROGRAMS:
                self.sample(name)
            self.files.append((self.age(), self.world.bytes()))
            time.sleep(SAMPLE_SECONDS)

    def age(self):
        return time.monotonic() - self.began

    def sample(self, name):
        program = self.world.programs.get(name)
        if program is None or not self.world.up[name]:
            return
        try:
            with open(f"/proc/{program.pid}/status") as status:
                fields = dict(line.split(":", 1) for line in status)
            files = len(os.listdir(f"/proc/{program.pid}/fd"))
            kib = [int(fields[field].split()[0])
                   for field in ("RssAnon", "VmRSS")]
        except (OSError, KeyError):
            return  # it has just been killed
        self.lives.setdefault((name, program.pid), []).append(
            (self.age(), *kib, files))

    def longest(self, name):
        """Samples of its longest life."""
        return max((samples for (whose, _), samples in self.lives.items()
                    if whose == name), key=len, default=[])


def slope(points):
    """Of (seconds, value): how much a second, by least squares."""
    if len(points) < 2:
        return 0.0
    x = sum(p[0] for p in points) / len(points)
    y = sum(p[1] for p in points) / len(points)
    below = sum((p[0] - x) ** 2 for p in points)
    return sum((p[0] - x) * (p[1] - y) for p in points) / below
