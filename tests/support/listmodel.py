"""What should be listed, by the specification and from nothing but what was
done: preset `eager`, which lists at the first sighting that counts. Times are
seconds; nothing is forgotten here, so a test ends within the 30 days that
evidence is kept."""

import ipaddress

DAY = 86400
EXPIRY, EXPIRY_MOST, HISTORY = 3 * DAY, 28 * DAY, 90 * DAY
WARNING = 7 * DAY
CODES = {"dsn": 3, "auto": 4, "challenge": 5, "virus": 6}
HELD_SECONDS = 6 * 3600  # by the guard, until two traps bear it out


def network(text):
    """Of an address or prefix, as far as it can be listed: IPv6 by /64."""
    prefix = ipaddress.ip_network(text, strict=False)
    if prefix.version == 6 and prefix.prefixlen > 64:
        return prefix.supernet(new_prefix=64)
    return prefix


def within(unit, prefix):
    return unit.version == prefix.version and unit.subnet_of(prefix)


class Tally:
    """What counts since the last act."""

    def __init__(self):
        self.kinds, self.traps, self.seen = set(), set(), set()
        self.last = 0

    def counts(self, sighting):
        """Not again for the same trap in the same hour."""
        self.kinds.add(sighting["kind"])
        key = sighting["trap"], sighting["at"] // 3600
        if sighting["campaign"] is None and key in self.seen:
            return False
        if sighting["campaign"] is None:
            self.seen.add(key)
        self.traps.add(sighting["trap"])
        self.last = sighting["at"]
        return True


class Place:
    """On the list, or held by the guard."""

    def __init__(self):
        self.listed, self.pending_at = False, 0

    def settle(self, now, until, traps, held):
        if not until:
            self.listed, self.pending_at = False, 0
        elif self.pending_at and now >= self.pending_at + HELD_SECONDS \
                and len(traps) >= 2:
            self.release()
        elif not self.listed and not self.pending_at:
            self.listed = not held
            self.pending_at = now if held else 0

    def release(self):
        self.listed, self.pending_at = True, 0


class Unit:
    """An IPv4 address or an IPv6 /64."""

    def __init__(self, network):
        self.network = network
        self.sightings, self.acts = [], []
        self.manual_until = 0
        self.main_place, self.callout_place = Place(), Place()

    def places(self):
        return self.main_place, self.callout_place

    def is_held(self):
        return any(place.pending_at for place in self.places())

    def act(self, at):
        """A delisting, removal or exemption: nothing before it counts."""
        self.acts.append(at)

    def judge(self, now):
        """Sets kinds, traps, until, callout_until as they follow from all."""
        steps = sorted(
            [(s["at"], 0, i, s) for i, s in enumerate(self.sightings)]
            + [(at, 1, i, None) for i, at in enumerate(self.acts)],
            key=lambda step: step[:3])
        self.ended, self.until, self.length = [], None, 0
        self.forget()
        for at, is_act, _, sighting in steps:
            self.run_out(at)
            if is_act:
                self.end(at)
                self.forget()
            else:
                self.take(sighting)
        self.run_out(now)

    def forget(self):
        self.main, self.callouts, self.callout_until = Tally(), Tally(), 0

    def end(self, at):
        if self.until is not None:
            self.ended.append(at)
        self.until = None

    def run_out(self, now):
        if self.until is not None and self.until <= now:
            self.end(self.until)
        if self.callout_until <= now:
            self.callout_until = 0

    def take(self, sighting):
        at = sighting["at"]
        if sighting["kind"] == "callout":
            if self.callouts.counts(sighting):
                self.callout_until = at + EXPIRY
        elif self.main.counts(sighting):
            if self.until is None:
                before = sum(at - end < HISTORY for end in self.ended)
                self.length = min(EXPIRY << before, EXPIRY_MOST)
            self.until = max(self.until or 0, at + self.length)

    def newest(self):
        """When that was seen which may still be told of; 0 never."""
        last_act = max(self.acts, default=-1)
        return max((s["at"] for s in self.sightings if s["at"] > last_act),
                   default=0)


class Model:
    def __init__(self, unlistable, now):
        self.unlistable = [network(prefix) for prefix in unlistable]
        self.units, self.exempt = {}, {}
        self.now = now

    def unit(self, address):
        key = network(address)
        return self.units.setdefault(key, Unit(key))

    def is_exempt(self, unit):
        return any(within(unit.network, prefix)
                   and (until is None or until > self.now)
                   for prefix, until in self.exempt.items())

    def is_refused(self, unit):
        return self.is_exempt(unit) or any(
            within(unit.network, prefix) for prefix in self.unlistable)

    def covered(self, prefix):
        prefix = network(prefix)
        return [unit for unit in self.units.values()
                if within(unit.network, prefix)]

    # --- what is done --------------------------------------------------------

    def sight(self, address, kind, at, trap, sensor, campaign):
        unit = self.unit(address)
        unit.sightings.append({"kind": kind, "at": at, "trap": trap,
                               "sensor": sensor, "campaign": campaign})
        if self.is_refused(unit):
            unit.act(self.now)

    def delist(self, address):
        """Whether it was there to be delisted."""
        unit = self.unit(address)
        listed = self.by_policy(unit)
        if listed:
            unit.act(self.now)
        return listed

    def remove(self, prefix):
        """Whether anything was there."""
        found = False
        for unit in self.covered(prefix):
            by_policy = self.by_policy(unit) or unit.is_held()
            if by_policy:
                unit.act(self.now)
            found |= by_policy or unit.manual_until > self.now
            unit.manual_until = 0
        return found

    def reject(self, address):
        """Of what the guard holds."""
        self.unit(address).act(self.now)

    def add(self, prefix, until):
        """False where one of them cannot be listed."""
        units = [self.unit(str(part)) for part in
                 ([network(prefix)] if ":" in prefix else network(prefix))]
        if any(self.is_refused(unit) for unit in units):
            return False
        for unit in units:
            unit.manual_until = until
        return True

    def exempt_until(self, prefix, until):
        self.exempt[network(prefix)] = until
        for unit in self.covered(prefix):
            self.take_off(unit)

    def take_off(self, unit):
        if self.by_policy(unit) or unit.is_held() or \
                self.now - unit.newest() < WARNING or \
                unit.manual_until > self.now:
            unit.act(self.now)
        unit.manual_until = 0

    def forbid(self, prefixes):
        """These are never listed from now on."""
        self.unlistable += map(network, prefixes)
        for prefix in self.unlistable:
            for unit in self.covered(str(prefix)):
                self.take_off(unit)

    def purge(self, sensor, since, until):
        """How many sightings go."""
        gone = 0
        for unit in self.units.values():
            kept = [s for s in unit.sightings if s["sensor"] != sensor
                    or not since <= s["at"] < until]
            gone += len(unit.sightings) - len(kept)
            unit.sightings = kept
        return gone

    # --- what follows --------------------------------------------------------

    def settle(self, now, held):
        """As judged at that time; held: the units that the guard holds of
        those that have just come, from the main list and that of callouts."""
        self.now = now
        for unit in self.units.values():
            unit.judge(now)
            unit.main_place.settle(now, unit.until, unit.main.traps,
                                   str(unit.network) in held[0])
            unit.callout_place.settle(now, unit.callout_until,
                                      unit.callouts.traps,
                                      str(unit.network) in held[1])
            if unit.manual_until <= now:
                unit.manual_until = 0

    def release(self, address):
        for place in self.unit(address).places():
            if place.pending_at:
                place.release()

    def by_policy(self, unit):
        return any(place.listed for place in unit.places())

    def pending(self):
        return {str(unit.network) for unit in self.units.values()
                if unit.is_held()}

    def next_change(self):
        """When something runs out; None never."""
        times = [at for unit in self.units.values() for at in
                 (unit.until or 0, unit.callout_until, unit.manual_until)
                 if at > self.now]
        return min(times, default=None)

    def lists_of(self, unit):
        """List: codes."""
        lists = {}
        kinds = unit.main.kinds if unit.main_place.listed else set()
        if kinds:
            lists[""] = {2, *(CODES[kind] for kind in kinds)}
            lists.update({kind: {CODES[kind]} for kind in kinds})
        if unit.callout_place.listed:
            lists["callout"] = {7}
        if unit.manual_until > self.now:
            lists[""] = lists.get("", set()) | {2, 9}
            lists["manual"] = {9}
        return lists

    def expected(self, addresses):
        """(address, list): codes, of those that have any."""
        said = {}
        for address in addresses:
            unit = self.units.get(network(address))
            for label, codes in (self.lists_of(unit) if unit else {}).items():
                said[address, label] = tuple(sorted(
                    f"127.0.0.{code}" for code in codes))
        return said
