"""A DNS client that says just what it is told to, and reads what comes."""

import random
import socket
import struct

from lab import PATIENCE

TYPES = {"A": 1, "NS": 2, "SOA": 6, "TXT": 16, "AAAA": 28, "OPT": 41,
         "TSIG": 250, "IXFR": 251, "AXFR": 252, "ANY": 255}
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN",
          4: "NOTIMP", 5: "REFUSED", 9: "NOTAUTH", 16: "BADVERS",
          23: "BADCOOKIE"}


def wire_name(name):
    """Labels as text; a list of octet strings goes in as it is."""
    labels = name
    if isinstance(name, str):
        labels = [label.encode() for label in name.split(".") if label]
    return b"".join(bytes([len(l)]) + l for l in labels) + b"\0"


def option(code, data=b""):
    return struct.pack(">HH", code, len(data)) + data


def opt(size=1232, version=0, flags=0, options=b""):
    return b"\0" + struct.pack(
        ">HHBBHH", TYPES["OPT"], size, 0, version, flags, len(options)
    ) + options


def query(name, kind="A", edns=None, flags=0, identity=None, klass=1):
    identity = random.randrange(65536) if identity is None else identity
    kind = TYPES.get(kind, kind)
    return struct.pack(
        ">6H", identity, flags, 1, 0, 0, 0 if edns is None else 1
    ) + wire_name(name) + struct.pack(">HH", kind, klass) + (edns or b"")


def reverse(address, zone):
    """The name under which an address is looked up (RFC 5782)."""
    if ":" in address:
        digits = socket.inet_pton(socket.AF_INET6, address).hex()
        return ".".join(reversed(digits)) + "." + zone
    return ".".join(reversed(address.split("."))) + "." + zone


class Reply:
    """A message taken apart; raises on what is none."""

    def __init__(self, octets):
        self.octets = octets
        (self.id, self.flags, questions, answers, authority, additional
         ) = struct.unpack(">6H", octets[:12])
        self.rcode = self.flags & 15
        self.at = 12
        self.question = [self.read_question() for _ in range(questions)]
        self.answer = [self.read_record() for _ in range(answers)]
        self.authority = [self.read_record() for _ in range(authority)]
        self.additional = [self.read_record() for _ in range(additional)]
        if self.at != len(octets):
            raise ValueError("octets behind the message")
        self.edns = None
        for record in self.additional:
            if record[1] == TYPES["OPT"]:
                self.edns = record
                self.rcode |= record[3] >> 24 << 4
        self.status = RCODES.get(self.rcode, self.rcode)
        self.qr = bool(self.flags & 0x8000)
        self.aa = bool(self.flags & 0x0400)
        self.tc = bool(self.flags & 0x0200)

    def take(self, count):
        self.at += count
        if self.at > len(self.octets):
            raise ValueError("cut short")
        return self.octets[self.at - count:self.at]

    def read_name(self):
        labels, at, after = [], self.at, None
        while True:
            length = self.octets[at]
            if length >= 0xc0:
                after = after or at + 2
                target = (length & 63) << 8 | self.octets[at + 1]
                if target >= at:
                    raise ValueError("a pointer that leads forward")
                at = target
            elif length > 63:
                raise ValueError("no label")
            else:
                labels.append(self.octets[at + 1:at + 1 + length])
                at += 1 + length
                if length == 0:
                    break
        self.at = after or at
        return b".".join(labels[:-1]).decode("latin-1")

    def read_question(self):
        name = self.read_name()
        return (name, *struct.unpack(">HH", self.take(4)))

    def read_record(self):
        name = self.read_name()
        kind, klass, ttl, length = struct.unpack(">HHIH", self.take(10))
        return name, kind, klass, ttl, self.take(length)

    def addresses(self):
        """The A records of the answer as text, in their order."""
        return [socket.inet_ntoa(r[4]) for r in self.answer
                if r[1] == TYPES["A"]]

    def text(self):
        return [r[4][1:].decode() for r in self.answer
                if r[1] == TYPES["TXT"]]

    def options(self):
        data, found = self.edns[4] if self.edns else b"", {}
        while data:
            code, length = struct.unpack(">HH", data[:4])
            found[code] = data[4:4 + length]
            data = data[4 + length:]
        return found

    def error(self):
        """The extended error (RFC 8914), or None."""
        data = self.options().get(15)
        return None if data is None else struct.unpack(">H", data[:2])[0]


class Udp:
    def __init__(self, port, host="127.0.0.1", source=None):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        if source is not None:
            self.socket.bind((source, 0))
        self.socket.connect((host, port))
        self.socket.settimeout(PATIENCE)

    def send(self, octets):
        self.socket.send(octets)

    def receive(self, patience=PATIENCE):
        """The next message as octets, or None."""
        self.socket.settimeout(patience)
        try:
            return self.socket.recv(65535)
        except (socket.timeout, BlockingIOError):
            return None

    def exchange(self, octets):
        self.send(octets)
        while True:
            reply = self.receive()
            if reply is None or reply[:2] == octets[:2]:
                return None if reply is None else Reply(reply)

    def ask(self, *arguments, **words):
        return self.exchange(query(*arguments, **words))

    def serial(self, zone):
        """Of the zone as it is served; None where that is not told."""
        try:
            reply = self.ask(zone, "SOA")
        except OSError:
            return None
        if reply is None or not reply.answer:
            return None
        return int.from_bytes(reply.answer[0][4][-20:-16], "big")

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


class Tcp(Udp):
    def __init__(self, port, host="127.0.0.1", source=None):
        self.socket = socket.create_connection(
            (host, port), timeout=PATIENCE,
            source_address=None if source is None else (source, 0),
        )

    def send(self, octets):
        self.socket.sendall(struct.pack(">H", len(octets)) + octets)

    def take(self, count):
        octets = b""
        while len(octets) < count:
            more = self.socket.recv(count - len(octets))
            if not more:
                return None
            octets += more
        return octets

    def receive(self, patience=PATIENCE):
        """The next message; None at the end, or when none comes."""
        self.socket.settimeout(patience)
        try:
            length = self.take(2)
            return None if length is None else self.take(
                struct.unpack(">H", length)[0])
        except (socket.timeout, ConnectionResetError):
            return None

    def is_closed(self, patience=PATIENCE):
        """By the other side, within so long."""
        self.socket.settimeout(patience)
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except socket.timeout:
            return False
