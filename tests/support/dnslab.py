"""A lab with bsbl-dnsd in it, and a database filled by tests/tools."""

import os
import socket
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dns import Tcp, Udp, reverse  # noqa: E402,F401
from lab import Lab, free_port  # noqa: E402

ZONE = "bl.example.test"
SUBLISTS = {  # label: what 127.0.0.2 answers there
    "": 2, "strict": 2, "dsn": 3, "auto": 4, "challenge": 5, "virus": 6,
    "callout": 7, "shared": 8, "manual": 9,
}


def zone_of(label):
    return f"{label}.{ZONE}" if label else ZONE


class DnsLab(Lab):
    def __init__(self, build, listen=None, **dnsd):
        self.port = free_port()
        super().__init__(
            build,
            zone={
                "origin": ZONE,
                "name_servers": [f"ns1.{ZONE} 127.0.0.1 ::1",
                                 "ns2.example.net"],
                "contact": "hostmaster@example.test",
                "apex_addresses": ["192.0.2.80"],
                "portal": "http://bl.example.test/lookup/",
            },
            dnsd={
                "listen": listen or [f"127.0.0.1:{self.port}"],
                "user": "", "workers": 2, **dnsd,
            },
        )
        self.sections["dnsd"]["metrics"] = os.path.join(self.path, "metrics")
        self.write_conf()

    def fill(self, *arguments):
        text = self.run(
            "tests/tools/zone_fill", self.conf, *map(str, arguments))
        if self.status != 0:
            raise RuntimeError(f"zone_fill {arguments}: {self.stderr}")
        return text

    def put(self, address, codes, label=""):
        """Lists an address; the time of its commit, in seconds of the
        monotonic clock."""
        return int(self.fill("put", address, label,
                             sum(1 << code for code in codes))) / 1e6

    def start_dnsd(self):
        return self.start("dnsd", ready=" ready ")

    def metrics(self):
        return self.numbers(self.sections["dnsd"]["metrics"])

    def stat(self):
        return {
            name: int(value)
            for name, value in (
                word.split("=") for word in self.fill("stat").split())
        }

    def serial(self):
        with self.udp() as udp:
            return udp.serial(ZONE)

    def udp(self, **words):
        return Udp(self.port, **words)

    def tcp(self, **words):
        return Tcp(self.port, **words)
