"""What a blocklist's zone holds at a name, found the plain way (RFC 1034
section 4.3.2, RFC 4592): names are looked up in a dictionary, label after
label taken off."""

import ipaddress
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dns import reverse  # noqa: E402
from dnslab import SUBLISTS, ZONE, zone_of  # noqa: E402

TEST_CODES = {2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 9: 9}  # of the main list


def unit_of(address):
    """What is listed with it: IPv6 its /64."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(address + "/64", strict=False)[0])


def owner_of(address, label):
    name = reverse(unit_of(address), zone_of(label))
    return "*." + name.split(".", 16)[16] if ":" in address else name


class Model:
    """Begins with what every new zone has."""

    def __init__(self):
        self.owners, self.units = {}, {}
        for label, code in SUBLISTS.items():
            codes = {2: code, code: code} if label else TEST_CODES
            for last, answer in codes.items():
                for address in (f"127.0.0.{last}", f"::ffff:7f00:{last:x}"):
                    self.owners[reverse(address, zone_of(label))] = [
                        f"127.0.0.{answer}"]
        self.note_names()

    def note_names(self):
        self.names = {ZONE}
        for name in self.owners:
            while name != ZONE:
                self.names.add(name)
                name = name.split(".", 1)[1]

    def put(self, address, codes, label=""):
        owner = owner_of(address, label)
        self.owners[owner] = [f"127.0.0.{code}" for code in codes]
        self.units[owner] = unit_of(address)
        self.note_names()

    def source(self, name):
        """The owner that answers for a name, the name itself where it exists
        without records; None where it does not exist."""
        if name in self.names:
            return name
        encloser = name
        while encloser not in self.names:
            encloser = encloser.split(".", 1)[1]
        wildcard = "*." + encloser
        return wildcard if wildcard in self.names else None

    def expect(self, name, kind="A"):
        """Status; addresses of A, or how the texts of TXT end."""
        source = self.source(name)
        if source is None:
            return "NXDOMAIN", []
        if kind == "A":
            return "NOERROR", self.owners.get(source, [])
        if kind == "TXT" and source in self.owners:
            return "NOERROR", [self.units.get(source, "")]
        return "NOERROR", []
