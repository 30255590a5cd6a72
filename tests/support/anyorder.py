"""A list to which anything may happen in any order, by a seed: after each act
every way to ask it is compared with every other and, in most worlds, with what
tests/support/listmodel.py expects."""

import copy
import json
import os
import random
import signal
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dnslab import ZONE  # noqa: E402
from fakeclock import StoppedClock  # noqa: E402
from httplab import HttpLab  # noqa: E402
from lab import PATIENCE, wait_for  # noqa: E402
from listmodel import CODES, DAY, Model, network, within  # noqa: E402
from ways import TELLS, Ways  # noqa: E402

BEGIN = 1800000000  # a Friday in 2027; any will do
LAST = BEGIN + 29 * DAY  # evidence and model part after 30 days

# Both sides of every border that an act below may have.
UNITS = [
    "192.0.2.0", "192.0.2.255", "198.51.100.15", "198.51.100.16",
    "198.51.100.17", "198.51.100.19", "198.51.100.20", "203.0.113.7",
    # In reverse they are where the names of 2001:.. lead through (RFC 4592).
    "2.0.0.1", "1.0.0.2",
    "2001:db8:7:6::", "2001:db8:7:7::", "2001:db8:7:8::", "2001:db8:8::",
]
INSIDE = ["2001:db8:7:6:ffff:ffff:ffff:ffff", "2001:db8:7:7:1:2:3:4",
          "2001:db8:7:8::1"]
NEVER = ["10.1.2.3", "169.254.7.7", "fd00::1", "2002:c000:201::1",
         "192.168.255.255", "192.169.0.0"]
UNLISTABLE = NEVER[:-1]
ASKED = [*UNITS, *INSIDE, *NEVER, "198.51.100.18", "2001:db8:7:9::",
         "127.0.0.1", "127.0.0.2", "127.0.0.9", "::ffff:7f00:2"]
PREFIXES = [
    "198.51.100.16/30", "198.51.100.16/28", "198.51.100.0/24",
    "198.51.100.17/32", "192.0.2.0/24", "192.0.2.255/32", "0.0.0.0/0",
    "2001:db8:7:7::/64", "2001:db8:7:7:1:2:3:4/128", "2001:db8:7::/48",
    "2001:db8:7:6::/63", "2001:db8:7:7::/80", "::/0", "2.0.0.0/8",
]
BY_HAND = ["198.51.100.16/30", "198.51.100.16/31", "192.0.2.255",
           "2001:db8:7:7::/64", "2001:db8:7:8::/64", "10.1.2.3", "2.0.0.1"]
KINDS = [*CODES, "callout"]
SENSORS = (0, 1, 2)
PROGRAMS = ("dnsd", "httpapi", "ingest")
CHEAP = ("increments", "changes", "bulk")
OTHERS = sorted(set(TELLS) - {"dns", *CHEAP})


class Disagreement(Exception):
    pass


class Poll:
    """One who waits for the next change, as long as it takes."""

    def __init__(self, lab, version):
        self.since = version["serial"]
        self.http = lab.http()
        self.http.send(
            f"GET /v1/feed?since={self.since}&lineage={version['lineage']}"
            "&wait=300 HTTP/1.1\r\nHost: bl.example.test\r\n\r\n")

    def answer(self):
        """The version it is told; None when httpapi has ended meanwhile."""
        with self.http:
            reply = self.http.reply()
        if reply is None or reply.status == 503:
            return None
        if reply.status == 410:
            return reply.status
        head, *_, end = map(json.loads, reply.text().splitlines())
        return head["serial"] if end.get("end") else "cut off"


class World(HttpLab):
    """A wild one has settings that change and a clock that steps back and runs
    on for months: nobody knows then what is to be expected, and all have to
    agree."""

    def __init__(self, build, seed, wild=False):
        super().__init__(build, delist_per_hour=1000000, per_client=1000,
                         delist_per_network=1000000, proofs_per_minute=1000,
                         trusted_proxies=["127.0.0.1"])
        self.random = random.Random(seed)
        self.wild = wild
        self.clock = StoppedClock(os.path.join(self.path, "clock"), BEGIN)
        self.sections["dnsd"].update(
            transfer=["127.0.0.1"], transfers_per_minute=1000000)
        self.sections["policy"].update(strict_score=1000)
        if self.random.random() < 0.3:
            self.sections["safety"] = {
                "guard_additions": self.random.randrange(1, 4)}
        self.write_conf()
        self.model = Model(UNLISTABLE, BEGIN)
        self.ways = Ways(self, ASKED)
        self.ways.may_begin_anew = wild
        self.told, self.backup, self.poll = [], None, None
        self.texts = 0
        self.description = None

    def begin(self):
        self.fill("make")
        for name in PROGRAMS:
            self.raise_up(name)

    def raise_up(self, name):
        if name == "ingest":
            self.start_ingest()
        else:
            self.start(name, ready=" ready ")

    def expect(self, holds, what):
        if not holds and not self.wild:
            raise Disagreement(what)

    # --- acts ----------------------------------------------------------------

    def pick(self):
        return self.random.choice(UNITS + INSIDE)

    def ctl_did(self, *arguments):
        """Whether it did: 1 is that there was nothing, 4 a refusal."""
        text = self.ctl(*arguments)
        if self.status not in (0, 1, 4):
            raise RuntimeError(f"bsblctl {arguments}: {text}{self.stderr}")
        return self.status == 0

    def see(self):
        lines = []
        for _ in range(self.random.choice((1, 1, 2, 6))):
            address = self.random.choice(UNITS + INSIDE + NEVER)
            unit = self.model.unit(address)
            # What comes late to the exempt is nobody's promise.
            ago = 0 if unit.acts else self.random.choice(
                (0, 0, 0, 60, 4000, DAY, 4 * DAY))
            kind = self.random.choice(KINDS)
            trap, sensor = self.random.randrange(1, 5), self.random.choice(
                SENSORS)
            campaign = self.random.choice((None, self.random.getrandbits(60)))
            lines.append(f"{address} {kind} {ago} {trap} - sensor={sensor}"
                         + (f" campaign={campaign:x}" if campaign
                            else " flag=hour"))
            self.model.sight(address, kind, self.clock.seconds - ago, trap,
                             sensor, campaign)
        self.sight(*lines)
        return "; ".join(lines)

    def delist_one(self):
        address = self.pick()
        client = self.random.choice((address, "203.0.113.200"))
        reply = self.delist(address, X_Forwarded_For=client)
        problem = "" if reply.status == 200 else reply.problem()[1]
        listed = self.model.by_policy(self.model.unit(address))
        by_hand = (self.model.unit(address).manual_until
                   > self.clock.seconds)
        self.expect((problem == "not-listed") != (listed or by_hand),
                    f"{address}: {problem}, listed: {listed}")
        if reply.status == 200:
            self.expect(self.model.delist(address),
                        f"{address} was not listed")
        return f"{address} from {client}: {reply.status} {problem}"

    def remove(self):
        prefix = self.random.choice(
            UNITS + INSIDE + ["198.51.100.16/30", "2001:db8:7:7::/64"])
        removed = self.ctl_did("remove", prefix, "--reason", "x")
        self.expect(removed == self.model.remove(prefix),
                    f"{prefix}: removed: {removed}")
        return f"{prefix} {removed}"

    def add(self):
        prefix = self.random.choice(BY_HAND)
        hours = self.random.choice((1, 24, 24 * 40))
        added = self.ctl_did("add", prefix, "--reason", "x", "--until",
                             f"{hours}h")
        self.expect(added == self.model.add(
            prefix, self.clock.seconds + hours * 3600),
            f"{prefix}: added: {added}")
        return f"{prefix} for {hours} h: {added}"

    def exempt(self):
        prefix = self.random.choice(PREFIXES)
        seconds = self.random.choice((1, 1, 3600, 5 * DAY, None))
        self.ctl_did("exempt", prefix, "--reason", "x", *(
            ("--until", f"{seconds}s") if seconds else ()))
        self.model.exempt_until(
            prefix, self.clock.seconds + seconds if seconds else None)
        return f"{prefix} {seconds}"

    def purge(self):
        sensor = self.random.choice(SENSORS)
        hours = self.random.choice((1, 24, 24 * 29))
        since = self.clock.seconds - hours * 3600
        gone = self.ctl_did("purge", "--sensor", str(sensor), "--from",
                            f"{hours}h", "--confirm")
        # Until now is with all of this second.
        known = self.model.purge(sensor, since, self.clock.seconds + 1)
        self.expect(gone == (known > 0), f"sensor {sensor}: purged: {gone}")
        return f"sensor {sensor} {hours} h: {gone}"

    def held(self):
        """From the main list, and from that of callouts."""
        shown = json.loads(self.ctl("--json", "guard", "show"))["first"]
        return ({str(network(row["unit"])) for row in shown
                 if "main" in row["pending_in"]},
                {str(network(row["unit"])) for row in shown
                 if "callout" in row["pending_in"]})

    def guard(self):
        held = sorted(set.union(*self.held()) if self.wild
                      else self.model.pending())
        if not held:
            return "nothing is held"
        unit = self.random.choice(held)
        act = self.random.choice(("release", "reject"))
        if not self.ctl_did("guard", act, unit, "--confirm"):
            raise Disagreement(f"{unit} was not held")
        getattr(self.model, act)(unit)
        return f"{act} {unit}"

    def jump(self):
        """Often to where something ends, and to the second before it."""
        now = self.clock.seconds
        change = None if self.wild else self.model.next_change()
        to = now + self.random.choice((1, 60, 3600, DAY, 3 * DAY))
        if change is not None and self.random.random() < 0.6:
            to = max(now, change - self.random.randrange(2))
        if to > LAST and not self.wild:
            return "not beyond the end"
        self.clock.set(to)
        self.compare("before the sweep")
        return f"+{to - now} s"

    def restart(self):
        name = self.random.choice(PROGRAMS)
        number = self.random.choice((signal.SIGTERM, signal.SIGKILL))
        if name == "httpapi" and self.poll is not None:
            self.poll, poll = None, self.poll
            self.stop(name, number)
            poll.answer()
        else:
            self.stop(name, number)
        self.raise_up(name)
        return f"{name} after {number.name}"

    def hang_up(self):
        name = self.random.choice(PROGRAMS)
        self.reload(name)
        return name

    def apply(self):
        self.texts += 1
        self.sections["zone"].update(
            text=f"{self.texts} {{kinds}} {{seen}} {{url}}",
            ttl_seconds=60 + self.texts)
        self.write_conf()
        self.ctl_did("zone", "apply")
        self.ways.may_begin_anew = True  # the text of every entry is another
        return f"text {self.texts}"

    def back_up(self):
        if self.backup is not None:
            return "there is one"
        path = os.path.join(self.path, "backup")
        self.ctl_did("backup", path)
        self.backup = path, copy.deepcopy(
            (self.model.units, self.model.exempt))
        return ""

    def restore(self):
        if self.backup is None:
            return "there is none"
        path, (units, exempt) = self.backup
        self.backup = None
        self.ctl("restore", path, "--confirm")
        if self.status == 0:
            raise Disagreement("restored under programs that run")
        for name in PROGRAMS:
            self.stop(name)
        if not self.ctl_did("restore", path, "--confirm"):
            raise RuntimeError(f"not restored: {self.stderr}")
        for name in PROGRAMS:
            self.raise_up(name)
        self.model.units, self.model.exempt = units, exempt
        self.model.forbid([])  # what is one's own now was not then
        if self.poll is not None:
            self.poll.answer()
            self.poll = None
        return ""

    def own(self):
        """A network turns out to be the operator's."""
        prefix = self.random.choice(PREFIXES[:6] + PREFIXES[7:12])
        self.sections["policy"].setdefault("own_networks", []).append(prefix)
        self.write_conf()
        for name in ("ingest", "httpapi"):
            self.reload(name)
        self.model.forbid([prefix])
        return prefix

    def step_back(self):
        seconds = self.random.choice((1, 3600, 2 * DAY))
        self.clock.jump(-seconds)
        self.compare("before the sweep")
        return f"{seconds} s"

    def run_on(self):
        days = self.random.choice((10, 31, 95))
        self.clock.jump(days * DAY)
        self.compare("before the sweep")
        return f"{days} days"

    def decide_otherwise(self):
        settings = self.random.choice((
            {"preset": "small"}, {"preset": "large"}, {"preset": "eager"},
            {"corroborating_networks": 0, "span_seconds": 0},
            {"expiry_seconds": "1h"}, {"expiry_seconds": "9d"},
            {"weight_b": 1}, {"evidence_seconds": "40d"},
            {"strict_score": 2, "strict_span_seconds": 0},
            {"shared_networks": [self.random.choice(PREFIXES[:6])]},
            {"shared_networks": []}, {"warning_seconds": "1h"},
        ))
        self.sections["policy"].update(settings)
        self.write_conf()
        return f"{settings} " + " ".join(
            self.reload(name).partition("reload")[2].split()[0]
            for name in self.random.sample(("ingest", "httpapi"), 2))

    # --- what is looked at ---------------------------------------------------

    def compare(self, when, ways=()):
        """All at one version of the zone: DNS and these ways."""
        before = None
        while before is None or before != self.serial():
            before = self.serial()
            said = self.ways.said_by_dns()
            found = {way: self.ways.check(way, said) for way in ways}
        for way, difference in found.items():
            if difference is not None:
                raise Disagreement(f"{when}, {way}: {difference}")
        zone = self.ways.zone.follow(self)
        if self.serial() == before and zone.answers(self.ways.names) != said:
            theirs = zone.answers(self.ways.names)
            raise Disagreement(f"{when}, by IXFR: " + str([
                (name, said[name], theirs[name]) for name in said
                if said[name] != theirs[name]]))
        return said

    def listed(self):
        """By DNS, with the codes of all lists."""
        return {key: codes for key, (codes, _) in self.ways.dns().items()
                if key[0] in self.ways.units}

    def look(self, act):
        if not self.wild:
            self.look_for_expected(act)
        self.compare("then", CHEAP + tuple(self.random.sample(OTHERS, 2)))
        self.wait_on()

    def look_for_expected(self, act):
        self.model.settle(
            self.clock.seconds,
            self.held() if "safety" in self.sections else (set(), set()))
        expected = self.model.expected(self.ways.units)
        if not wait_for(lambda: self.listed() == expected,
                        PATIENCE if act in LATE else 0):
            listed = self.listed()
            raise Disagreement("address, list, codes, expected: " + str([
                (key, listed.get(key), expected.get(key))
                for key in sorted({*listed, *expected})
                if listed.get(key) != expected.get(key)]))

    def wait_on(self):
        """Who waits for a change is told of the first."""
        if self.poll is not None and self.poll.since != self.serial():
            told = self.poll.answer()
            if not isinstance(told, int) or told == self.poll.since:
                raise Disagreement(f"a poll was answered with {told}")
            self.poll = None
        if self.poll is None:
            self.poll = Poll(self, self.ways.version)

    def live(self, acts):
        """Does so many of them; raises what it found, `told` says how."""
        self.begin()
        weights = {**ACTS, **(WILD_ACTS if self.wild else {})}
        for _ in range(acts):
            [act] = self.random.choices(
                list(weights), list(weights.values()))
            self.told.append(act)
            self.told[-1] += " " + getattr(self, act)()
            self.look(act)
        self.compare("at the end", sorted(TELLS))
        if self.faults():
            raise Disagreement(self.faults())

    def close(self):
        if self.poll is not None:
            self.poll.http.close()
        super().close()


# How often each is done.
ACTS = {"see": 30, "delist_one": 10, "remove": 5, "add": 8, "exempt": 8,
        "purge": 4, "guard": 6, "jump": 25, "restart": 3, "hang_up": 3,
        "apply": 2, "back_up": 2, "restore": 2, "own": 2}
WILD_ACTS = {"step_back": 8, "run_on": 4, "decide_otherwise": 12}
# Not done with it, but with the next sweep.
LATE = ("jump", "restore", "own")
