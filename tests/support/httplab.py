"""A lab with bsbl-httpapi in it, and an HTTP client that says just what it is
told to."""

import json
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dnslab import DnsLab  # noqa: E402
from openapi import Description  # noqa: E402
from lab import PATIENCE, free_port, wait_for  # noqa: E402,F401


# So long may the header of a reply be, where that of the request has left room
# for nothing else: REQUEST_REPLY_ROOM, less what a body in chunks needs.
HEADER_MAX = 1280 - 128


class Reply:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def field(self, name):
        """Its value, the first when there are more; None without one."""
        for key, value in self.fields:
            if key.lower() == name.lower():
                return value
        return None

    def lengths(self):
        return [name for name, _ in self.fields if name.lower() in
                ("content-length", "transfer-encoding")]

    def json(self):
        return json.loads(self.body)

    def text(self):
        return self.body.decode()

    def problem(self):
        """Status and name of a problem detail; else what it is instead."""
        if self.field("Content-Type") != "application/problem+json":
            return self.status, self.field("Content-Type")
        body = self.json()
        if body["status"] != self.status or \
                body["instance"] != self.field("X-Request-Id"):
            return self.status, "contradicts itself"
        return self.status, body["type"].split("#")[-1]

    def __repr__(self):
        return f"{self.status} {self.fields} {self.body[:400]!r}"


class Http:
    """One connection."""

    def __init__(self, port, source="127.0.0.1", host="127.0.0.1"):
        self.socket = socket.create_connection(
            (host, port), timeout=PATIENCE, source_address=(source, 0))
        self.buffer = b""

    def send(self, octets):
        self.socket.sendall(
            octets if isinstance(octets, bytes) else octets.encode())

    def more(self):
        try:
            octets = self.socket.recv(65536)
        except ConnectionError:
            octets = b""
        self.buffer += octets
        return octets != b""

    def reply(self, head=False):
        """The next reply, or None when the connection ends before it."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.more():
                return None
        header, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if len(header) > HEADER_MAX:
            raise RuntimeError(f"too long a header: {header}")
        lines = header.decode("latin-1").split("\r\n")
        fields = [tuple(line.split(": ", 1)) for line in lines[1:]]
        reply = Reply(int(lines[0].split(" ")[1]), fields, b"")
        if len(reply.lengths()) > 1:
            raise RuntimeError(f"two lengths: {reply}")
        if not head and reply.field("Transfer-Encoding") == "chunked":
            reply.body = self.chunks()
            return None if reply.body is None else reply
        length = 0 if head or reply.status in (204, 304) else int(
            reply.field("Content-Length") or 0)
        reply.body = self.take(length)
        return None if reply.body is None else reply

    def take(self, length):
        """So many octets; None when the connection ends before them."""
        while len(self.buffer) < length:
            if not self.more():
                return None
        octets, self.buffer = self.buffer[:length], self.buffer[length:]
        return octets

    def chunks(self):
        """A body in chunks, or None when it ends before its end."""
        body = b""
        while True:
            while b"\r\n" not in self.buffer:
                if not self.more():
                    return None
            size, self.buffer = self.buffer.split(b"\r\n", 1)
            chunk = self.take(int(size, 16) + 2)
            if chunk is None or int(size, 16) == 0:
                return chunk and body
            body += chunk[:-2]

    def ask(self, method, target, body=None, **fields):
        """`fields` are header fields with '_' for '-'."""
        lines = [f"{method} {target} HTTP/1.1", "Host: bl.example.test"]
        lines += [f"{name.replace('_', '-')}: {value}"
                  for name, value in fields.items()]
        octets = b"" if body is None else body.encode()
        if body is not None:
            lines.append(f"Content-Length: {len(octets)}")
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + octets)
        return self.reply(head=method == "HEAD")

    def is_closed(self):
        """By the other side, within PATIENCE, and nothing more came."""
        try:
            return not self.buffer and self.socket.recv(1) == b""
        except ConnectionError:
            return True
        except socket.timeout:
            return False

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


class HttpLab(DnsLab):
    def __init__(self, build, **httpapi):
        super().__init__(build)
        self.description, self.complaints = None, []
        self.http_port = free_port()
        self.sections["httpapi"] = {
            "listen": [f"127.0.0.1:{self.http_port}"], "user": "",
            "contact": "help@example.test", "requests_per_minute": 0,
            "resolver": "none",
            **httpapi,
        }
        self.sections["zone"]["portal"] = "http://bl.example.test/l/"
        self.write_conf()

    def start_http(self):
        program = self.start("httpapi", ready=" ready ")
        self.read_description()
        return program

    def read_description(self):
        if self.description is None:
            text = self.ask("GET", "/v1/openapi.yaml").text()
            self.description = Description(text)

    def http(self, **words):
        return Http(self.http_port, **words)

    def ask(self, method, target, body=None, source="127.0.0.1", **fields):
        """What comes back must be as the server's description has it."""
        with self.http(source=source) as http:
            reply = http.ask(method, target, body, **fields)
        if self.description is not None and reply is not None:
            complaint = self.description.complaint(method, target, reply)
            if complaint is not None:
                self.complaints.append(f"{method} {target}: {complaint}")
        return reply

    def look_up(self, address):
        return self.ask("GET", "/v1/lookup/" + address).json()

    def delist(self, address, **fields):
        return self.ask(
            "POST", "/v1/delistings", json.dumps({"address": address}),
            Content_Type="application/json", **fields)

    def sight(self, *lines):
        """Sightings: "ADDRESS KIND SECONDS_AGO TRAP CAUSE"."""
        self.run("tests/tools/sighting", self.conf,
                 input="".join(line + "\n" for line in lines))
        if self.status != 0:
            raise RuntimeError(f"sighting: {self.stderr}")

    def metric(self, name):
        for line in self.ask("GET", "/metrics").text().splitlines():
            if line.startswith(name + " "):
                return float(line.split(" ")[1])
        return None
