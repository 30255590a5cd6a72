"""A zone as a secondary has it: taken whole once, and then by what changed
(RFC 5936, RFC 1995)."""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dns import TYPES, Reply, wire_name  # noqa: E402


def question(zone, kind, serial=None):
    """Of AXFR or, with the serial that is there, IXFR."""
    authority = b"" if serial is None else wire_name(zone) + struct.pack(
        ">HHIH", TYPES["SOA"], 1, 0, 22) + bytes(2) + struct.pack(
            ">5I", serial, 0, 0, 0, 0)
    return struct.pack(">6H", 7, 0, 1, 0, authority != b"", 0) + wire_name(
        zone) + struct.pack(">HH", TYPES[kind], 1) + authority


def serial_of(record):
    return struct.unpack(">I", record[4][-20:-16])[0]


def is_soa(record):
    return record[1] == TYPES["SOA"]


def is_whole(records):
    """Has the answer ended? A whole zone ends with the second SOA; changes
    with the newest where another change would begin."""
    if len(records) > 1 and not is_soa(records[1]):
        return is_soa(records[-1])
    soas = [serial_of(r) for r in records if is_soa(r)]
    return len(soas) == 1 or (
        len(soas) % 2 == 0 and is_soa(records[-1]) and soas[-1] == soas[0])


def ask(tcp, zone, kind, serial=None):
    """The records of an answer, in their order."""
    records = []
    tcp.send(question(zone, kind, serial))
    while not records or (kind == "AXFR" and len(records) == 1) or \
            not is_whole(records):
        octets = tcp.receive()
        if octets is None:
            raise RuntimeError(f"{kind}: cut off after {len(records)}")
        reply = Reply(octets)
        if reply.status != "NOERROR":
            raise RuntimeError(f"{kind}: {reply.status}")
        records += reply.answer
    return records


class Zone:
    """Records, each as (owner, type, TTL, data), and the serial."""

    def __init__(self, name):
        self.name, self.serial, self.records = name, None, set()
        self.wholes = 0  # how often it was taken whole

    def take(self, records):
        if len(records) > 1 and not is_soa(records[1]):
            self.records, self.wholes = set(), self.wholes + 1
            self.change(records[1:-1], self.records.add)
        else:
            self.step(records[1:-1])
        self.serial = serial_of(records[0])

    def step(self, records):
        """From one SOA on records go, from the next on they come."""
        comes = True
        for record in records:
            if is_soa(record):
                comes = not comes
            else:
                self.change([record], self.records.add if comes
                            else self.records.remove)

    @staticmethod
    def change(records, do):
        for owner, kind, _, ttl, data in records:
            do((owner, kind, ttl, data))

    def transfer(self, lab):
        with lab.tcp() as tcp:
            self.take(ask(tcp, self.name, "AXFR"))
        return self

    def follow(self, lab):
        if self.serial is None:
            return self.transfer(lab)
        with lab.tcp() as tcp:
            self.take(ask(tcp, self.name, "IXFR", self.serial))
        return self

    def names(self):
        """Those that exist, also without records."""
        names = set()
        for owner, *_ in self.records:
            while owner not in names and owner != self.name:
                names.add(owner)
                owner = owner.split(".", 1)[1]
        return names | {self.name}

    def answers(self, names):
        """(status, A, TXT, TTLs) of each, as RFC 1034 and 4592 have it."""
        exists, data = self.names(), {}
        for owner, kind, ttl, octets in self.records:
            data.setdefault((owner, kind), []).append((ttl, octets))

        def answer(name):
            source = name
            if name not in exists:
                while source not in exists:
                    source = source.split(".", 1)[1]
                source = "*." + source
            found = data.get((source, TYPES["A"]), [])
            texts = data.get((source, TYPES["TXT"]), [])
            return ("NOERROR" if source in exists else "NXDOMAIN",
                    tuple(sorted(socket.inet_ntoa(a) for _, a in found)),
                    texts[0][1][1:].decode() if texts else None,
                    {ttl for ttl, _ in found + texts})
        return {name: answer(name) for name in names}
