"""A resolver that knows a few names, and says that there are no others: over
UDP, and over TCP where an answer is too long for that."""

import contextlib
import socket
import struct
import threading

import dns
from lab import free_port

A, CNAME, PTR, TXT, AAAA = 1, 5, 12, 16, 28
UDP_MOST = 512
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


def reverse_name(address):
    zone = "ip6.arpa" if ":" in address else "in-addr.arpa"
    return dns.reverse(address, zone)


def text(*strings):
    """TXT data of one record: its character strings."""
    return b"".join(bytes([len(s)]) + s.encode() for s in strings)


class NameServer:
    def __init__(self):
        self.port = free_port(kind=socket.SOCK_DGRAM)
        self.records = {}  # (name in lower case, kind): [data, ...]
        self.silent, self.failing = set(), set()  # names
        self.unanswered = []  # questions by UDP, and who asked
        self.odd = {}  # name: the answer to a question's octets
        self.asked = []  # names, in lower case
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for listener in (self.udp, self.tcp):
            listener.bind(("127.0.0.1", self.port))
        self.tcp.listen(16)
        for serve in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def host(self, address, *names):
        """Names of an address that lead back to it."""
        self.point(address, *names)
        for name in names:
            self.lead(name, address)

    def point(self, address, *names):
        self.records[reverse_name(address), PTR] = [
            dns.wire_name(name) for name in names]

    def lead(self, name, *addresses):
        for address in addresses:
            family, kind = (socket.AF_INET6, AAAA) if ":" in address else (
                socket.AF_INET, A)
            self.records.setdefault((name.lower(), kind), []).append(
                socket.inet_pton(family, address))

    def publish(self, name, *strings):
        self.records.setdefault((name.lower(), TXT), []).append(
            text(*strings))

    def found(self, name, kind):
        """Records as (owner, kind, data), through at most ten aliases."""
        answer = []
        for _ in range(10):
            alias = self.records.get((name, CNAME))
            if alias is None or kind == CNAME:
                break
            answer.append((name, CNAME, dns.wire_name(alias)))
            name = alias
        return answer + [(name, kind, data)
                         for data in self.records.get((name, kind), [])]

    def reply(self, octets, most):
        """None: silence."""
        labels, at = [], 12
        while octets[at] != 0:
            labels.append(octets[at + 1:at + 1 + octets[at]].decode())
            at += 1 + octets[at]
        kind, = struct.unpack(">H", octets[at + 1:at + 3])
        name = ".".join(labels).lower()
        self.asked.append(name)
        if name in self.silent:
            return None
        if name in self.odd:
            return self.odd[name](octets)
        records = self.found(name, kind)
        code = SERVFAIL if name in self.failing else (
            NOERROR if records else NXDOMAIN)
        answer = b"".join(
            dns.wire_name(owner) + struct.pack(
                ">HHIH", found, 1, 60, len(data)) + data
            for owner, found, data in records)
        flags, count = 0x8180 | code, len(records)
        if at + 5 + len(answer) > most:
            flags, count, answer = flags | 0x0200, 0, b""
        return octets[:2] + struct.pack(
            ">5H", flags, 1, count, 0, 0) + octets[12:at + 5] + answer

    def serve_udp(self):
        with contextlib.suppress(OSError):
            while True:
                octets, peer = self.udp.recvfrom(4096)
                reply = self.reply(octets, UDP_MOST)
                if reply is not None:
                    self.udp.sendto(reply, peer)
                else:
                    self.unanswered.append((octets, peer))

    def speak(self):
        """Nothing is silent any more, and all that was asked is answered."""
        self.silent.clear()
        for octets, peer in self.unanswered:
            self.udp.sendto(self.reply(octets, UDP_MOST), peer)

    def serve_tcp(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.tcp.accept()
                threading.Thread(
                    target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        with peer, contextlib.suppress(OSError, struct.error, IndexError):
            while True:
                length, = struct.unpack(">H", peer.recv(2))
                reply = self.reply(peer.recv(length), 65535)
                if reply is None:
                    continue
                peer.sendall(struct.pack(">H", len(reply)) + reply)

    def close(self):
        for listener in (self.udp, self.tcp):
            listener.close()
