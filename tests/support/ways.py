"""Every way to ask what is listed, in one form: (address, list) -> (codes,
text), of those that have codes. None for a text that a way does not tell."""

import csv
import ipaddress
import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dns import Reply, query, reverse  # noqa: E402
from dnslab import SUBLISTS, ZONE, zone_of  # noqa: E402
from transferred import Zone  # noqa: E402

LABELS = {zone_of(label): label for label in SUBLISTS}
AT_A_TIME = 100  # questions; what one socket's buffer holds of answers


def is_test(address):
    """Does it stand in every list, of an empty database too?"""
    return ipaddress.ip_address(address) in (
        ipaddress.ip_network("127.0.0.0/8") if ":" not in address
        else ipaddress.ip_network("::ffff:7f00:0/104"))


def without_tests(said):
    return {key: value for key, value in said.items() if not is_test(key[0])}


def main_list(said):
    return {key: value for key, value in said.items() if key[1] == ""}


def label_of(name):
    return "" if name == "main" else name


class Ways:
    """To ask a lab of these addresses."""

    def __init__(self, lab, addresses):
        self.lab = lab
        self.addresses = addresses
        self.names = {reverse(address, zone_of(label)): (address, label)
                      for address in addresses for label in SUBLISTS}
        self.units = [address for address in addresses
                      if not is_test(address)]
        self.zone = Zone(ZONE)
        self.listings, self.version = {}, None  # of the feed
        self.may_begin_anew = False  # so much has changed
        self.kept = {}  # address: the last look-up, and its ETag

    # --- DNS -----------------------------------------------------------------

    def ask_all(self, udp, names, kind):
        """Name: answer."""
        answers = {}
        for i in range(0, len(names), AT_A_TIME):
            part = names[i:i + AT_A_TIME]
            for identity, name in enumerate(part):
                udp.send(query(name, kind, identity=identity))
            for _ in part:
                octets = udp.receive()
                if octets is None:
                    raise RuntimeError("dnsd does not answer")
                reply = Reply(octets)
                answers[part[reply.id]] = reply
        return answers

    def said_by_dns(self):
        """Name: (status, A, TXT, TTLs)."""
        with self.lab.udp() as udp:
            found = self.ask_all(udp, list(self.names), "A")
            texts = self.ask_all(udp, [name for name in found
                                       if found[name].answer], "TXT")
        said = {}
        for name, reply in found.items():
            records = reply.answer + (
                texts[name].answer if name in texts else [])
            text = texts[name].text() if name in texts else []
            said[name] = (reply.status, tuple(sorted(reply.addresses())),
                          text[0] if text else None,
                          {record[3] for record in records})
        return said

    def of_names(self, said):
        return {self.names[name]: (codes, text)
                for name, (_, codes, text, _) in said.items() if codes}

    def dns(self):
        return self.of_names(self.said_by_dns())

    # --- transfers -----------------------------------------------------------

    def transfer(self):
        zone = Zone(ZONE).transfer(self.lab)
        return self.of_names(zone.answers(self.names))

    def increments(self):
        """A secondary's zone, brought up by IXFR."""
        return self.of_names(self.zone.follow(self.lab).answers(self.names))

    # --- HTTP ----------------------------------------------------------------

    def get(self, target, **fields):
        with self.lab.http() as http:
            return http.ask("GET", target, **fields)

    def of_units(self, rows):
        """Rows of (list, unit, codes, text), for each address asked."""
        said = {}
        for label, unit, codes, text in rows:
            network = ipaddress.ip_network(unit)
            said.update({
                (address, label): (tuple(sorted(codes)), text)
                for address in self.units
                if ipaddress.ip_address(address) in network})
        return said

    def take_feed(self, target):
        """Its first line; what it says is in the listings then."""
        reply = self.get(target)
        if reply.status == 410:
            return None
        head, *lines, end = map(json.loads, reply.text().splitlines())
        if not end.get("end") or end["count"] != len(lines):
            raise RuntimeError(f"{target} is not whole: {end}")
        if head["since"] is None:
            self.listings = {}
        for line in lines:
            key = line["list"], line["unit"]
            self.listings.pop(key, None)
            if not line.get("gone"):
                self.listings[key] = line["codes"]
        return head

    def listings_of_feed(self):
        return self.of_units((label, unit, codes, None) for (label, unit),
                             codes in self.listings.items())

    def feed(self):
        self.version = self.take_feed("/v1/feed")
        return self.listings_of_feed()

    def changes(self):
        """The listings of before, brought up by what changed."""
        if self.version is None:
            return self.feed()
        before = self.version
        self.version = self.take_feed(
            f"/v1/feed?since={before['serial']}"
            f"&lineage={before['lineage']}")
        if self.version is None:
            self.feed()
            if self.version["lineage"] == before["lineage"] and \
                    not self.may_begin_anew:
                raise RuntimeError(f"what changed since {before} is not told")
        return self.listings_of_feed()

    def lookup_of(self, http, address):
        """That of before where nothing is said to have changed."""
        before, etag = self.kept.get(address, (None, None))
        fields = {"If_None_Match": etag} if etag else {}
        reply = http.ask("GET", "/v1/lookup/" + address, **fields)
        if reply.status != 304:
            self.kept[address] = before, _ = reply.json(), reply.field("ETag")
        return before

    def of_lookups(self, answers):
        """The text is told with the first list alone."""
        said = {}
        for told in answers:
            texts = [told["text"]] + [None] * len(told["zones"])
            for place, text in zip(told["zones"], texts):
                said[told["address"], LABELS[place["zone"]]] = (
                    tuple(sorted(place["codes"])), text)
            main = said.get((told["address"], ""), ((), None))[0]
            if told["listed"] != bool(told["zones"]) or \
                    tuple(sorted(told["codes"])) != main:
                raise RuntimeError(f"contradicts itself: {told}")
        return said

    def lookups(self):
        with self.lab.http() as http:
            return self.of_lookups([self.lookup_of(http, address)
                                    for address in self.units])

    def bulk(self):
        with self.lab.http() as http:
            reply = http.ask(
                "POST", "/v1/lookup", json.dumps({"addresses": self.units}),
                Content_Type="application/json")
        return self.of_lookups(reply.json()["results"])

    def pages(self):
        """As text for people: a line for each list."""
        said = {}
        for address in self.units:
            text = self.get("/v1/lookup/" + address,
                            Accept="text/plain").text()
            for line in text.splitlines():
                name, _, codes = line.strip().partition(": 127.0.0.")
                if name in LABELS:
                    said[address, LABELS[name]] = tuple(sorted(
                        f"127.0.0.{codes}".split())), None
        return said

    # --- bsblctl -------------------------------------------------------------

    def ctl(self, *arguments):
        text = self.lab.ctl(*arguments)
        if self.lab.status not in (0, 1):
            raise RuntimeError(f"bsblctl {arguments}: {self.lab.stderr}")
        return text

    def lookup_verb(self):
        said = {}
        for told in json.loads(self.ctl("--json", "lookup", *self.units)):
            for name, codes in told["lists"].items():
                said[told["address"], label_of(name)] = (
                    tuple(sorted(codes)), None)
        return said

    def lines(self, *arguments):
        return [line for line in self.ctl("export", *arguments).splitlines()
                if line[0] not in "#;$"]

    def export_jsonl(self):
        _, *rows = map(json.loads, self.ctl("export", "jsonl").splitlines())
        return self.of_units(
            (label_of(row["list"]), row["address"],
             [f"127.0.0.{code}" for code in row["codes"]], row["text"])
            for row in rows)

    def export_csv(self):
        return self.of_units(
            (label_of(row["list"]), row["address"], row["codes"].split(),
             row["text"]) for row in csv.DictReader(self.lines("csv")))

    def export_zone(self):
        """Of IPv6 addresses those that end where a wildcard begins."""
        found, owner = {}, None
        for line in self.lines("zone"):
            fields = line.split("\t")
            owner = fields[0] or owner
            codes, texts = found.setdefault(f"{owner}.{ZONE}", ([], []))
            if fields[1] == "A":
                codes.append(fields[2])
            elif fields[1] == "TXT":
                texts.append(fields[2].strip('"'))
        said = {}
        for name, key in self.names.items():
            entry = found.get(name) or found.get("*." + name[32:])
            if entry is not None:
                said[key] = tuple(sorted(entry[0])), entry[1][0]
        return said

    def export_rbldnsd(self):
        """rbldnsd joins what several of its datasets say."""
        rows, label = {}, None
        for line in self.ctl("export", "rbldnsd").splitlines():
            if line.startswith("$DATASET"):
                label = line.split()[2].replace("@", "")
            elif line[0] not in "#$" and " :" in line:
                unit, _, value = line.partition(" :")
                code, _, text = value.partition(":")
                row = rows.setdefault((label, unit), [[], None])
                row[0].append("127.0.0." + code)
                row[1] = text.replace("$$", "$") or row[1]
        return self.of_units((label, unit, *row)
                             for (label, unit), row in rows.items())

    # These have the main list, and no codes.

    def in_main(self, units):
        return self.of_units(("", unit, (), None) for unit in units)

    def export_plain(self):
        return self.in_main(self.lines("plain"))

    def export_postfix(self):
        return self.in_main(line.split()[0] for line in self.lines("postfix"))

    def export_nft(self):
        words = " ".join(line.partition("{")[2].rstrip(" }") for line in
                         self.lines("nft") if "add element" in line)
        return self.in_main(words.replace(",", " ").split())

    def export_rpz(self):
        return self.in_main(
            self.unit_of_trigger(line.split()[0].split("."))
            for line in self.lines("rpz") if ".rpz-ip" in line)

    @staticmethod
    def unit_of_trigger(labels):
        length, *parts = labels[:-1]
        if length == "32":
            return ".".join(reversed(parts))
        return ":".join(reversed(parts)).replace("zz", ":") + "/" + length

    # --- all of them ---------------------------------------------------------

    def check(self, way, said):
        """What of a way differs from DNS' answers; None where nothing does."""
        told = getattr(self, way)()
        wanted = self.of_names(said)
        for alike in TELLS[way]:
            wanted = alike(wanted)
        wanted = {key: (codes, text if told.get(key, (0, 0))[1] is not None
                        else None) for key, (codes, text) in wanted.items()}
        if told == wanted:
            return None
        return [(key, told.get(key), wanted.get(key))
                for key in sorted({*told, *wanted})
                if told.get(key) != wanted.get(key)]


def without_codes(said):
    return {key: ((), None) for key in said}


# Which of DNS' answers a way has, too.
LISTED = (without_tests,)
MAIN = (without_tests, main_list)
TELLS = {
    "dns": (), "transfer": (), "increments": (), "export_zone": (),
    "feed": LISTED, "changes": LISTED, "lookups": LISTED, "bulk": LISTED,
    "lookup_verb": LISTED, "export_jsonl": LISTED, "export_csv": LISTED,
    "export_rbldnsd": LISTED, "pages": LISTED,
    "export_plain": MAIN + (without_codes,),
    "export_postfix": MAIN + (without_codes,),
    "export_nft": MAIN + (without_codes,),
    "export_rpz": MAIN + (without_codes,),
}
