"""A browser for the operator's console that does just what it is told to."""

import base64
import hmac
import json
import re
import struct
import time
import urllib.parse

PASSWORD = "correct horse battery staple"
FORM = "application/x-www-form-urlencoded"


class Browser:
    """Keeps cookies, and follows nothing."""

    def __init__(self, tap, lab, source="127.0.0.1"):
        self.tap, self.lab, self.source = tap, lab, source
        self.cookies = {}

    def ask(self, method, target, form=None, **fields):
        if self.cookies:
            fields["Cookie"] = "; ".join(
                f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            fields["Content_Type"] = FORM
            body = urllib.parse.urlencode(form)
        reply = self.lab.ask(method, target, body, source=self.source,
                             Accept="text/html", **fields)
        for name, value in reply.fields:
            if name.lower() == "set-cookie":
                pair, *rest = value.split("; ")
                key, content = pair.split("=", 1)
                if key.startswith("__Host-"):
                    self.tap.equal(sorted(r for r in rest
                                     if not r.startswith("Max-Age")),
                              ["HttpOnly", "Path=/", "SameSite=Strict",
                               "Secure"], f"{key} is for us alone")
                self.cookies.pop(key, None)
                if content:
                    self.cookies[key] = content
        return reply

    def token(self, target):
        found = re.search(r'name="token" value="([\w-]{43})"',
                          self.ask("GET", target).text())
        return found and found.group(1)

    def sign_in(self, name, password=PASSWORD, code=""):
        return self.ask("POST", "/console/login", {
            "token": self.token("/console/login"), "name": name,
            "password": password, "code": code})

    def do(self, act, page="/console/", **form):
        return self.ask("POST", "/console/do/" + act,
                        {"token": self.token(page), **form})


def add(lab, name, role):
    lab.run("bsblctl", "-c", lab.conf, "account", "add", name, "--role", role,
            input=PASSWORD + "\n")
    if lab.status != 0:
        raise RuntimeError(lab.stderr)


def acts(lab):
    return [(entry["who"], entry["what"]) for entry in json.loads(
        lab.ctl("--json", "audit", "--all"))["entries"]]


def one_time_code(secret):
    """RFC 6238, as authenticators make it."""
    step = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.digest(base64.b32decode(secret), step, "sha1")
    number = struct.unpack_from(">I", mac, mac[19] & 15)[0] & 0x7fffffff
    return f"{number % 1000000:06}"
