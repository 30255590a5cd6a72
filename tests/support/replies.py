"""Replies that come once, or that nobody can ask for again, kept and then
looked at in Chromium: by axe, by html-validate, and for what is English in a
German page."""

import html
import json
import os
import re
import subprocess
import tempfile

from lab import PATIENCE

NPM = os.path.join(os.path.dirname(__file__), "../npm")
LANGUAGES = ("en", "de")

# Words that no German sentence of ours has.
ENGLISH = re.compile(r"\b(the|this|that|and|of|is|are|please|not|your|have|"
                     r"must|there)\b", re.I)


def sentences(text):
    """What a page says, without what is code, or somebody's own words."""
    text = re.sub(r"(?s)<(head|code|pre|blockquote|footer|textarea)\b.*?</\1>",
                  " ", text)
    return html.unescape(re.sub(r"<[^>]*>", "\n", text)).split("\n")


class Replies:
    """`shots`: a folder for pictures of each, or None."""

    def __init__(self, tap, lab, shots):
        self.tap, self.lab, self.shots = tap, lab, shots
        self.kept = []

    def keep(self, name, target, ask, status, alike=False):
        """In each language; `ask` has that as its one argument. Of pages
        `alike`, which differ in their words, the browser sees one."""
        for lang in LANGUAGES:
            reply = ask(lang)
            self.tap.ok(
                reply is not None and reply.status == status
                and (reply.field("Content-Type") or "").startswith(
                    "text/html"), f"{name}: a page with {status} ({lang})",
                reply)
            if reply is None:
                continue
            self.kept.append({
                "name": name, "alike": alike, "target": target, "lang": lang,
                "status": reply.status, "html": reply.text(),
                "headers": {key: value for key, value in reply.fields
                            if key.lower() in ("content-type",
                                               "content-security-policy")}})

    def check_german(self):
        for reply in self.kept:
            if reply["lang"] != "de":
                continue
            found = [one for one in sentences(reply["html"])
                     if len(ENGLISH.findall(one)) > 1]
            self.tap.equal(found, [], f"{reply['name']}: German to the end")

    def look(self):
        self.check_german()
        if self.shots:
            os.makedirs(self.shots, exist_ok=True)
        # More than a pipe holds.
        with tempfile.TemporaryFile("w+") as jobs:
            json.dump({"replies": [one for one in self.kept if self.shots
                                   or not one["alike"]],
                       "shots": self.shots}, jobs)
            jobs.seek(0)
            done = subprocess.run(
                ["node", os.path.join(NPM, "replies.mjs"),
                 os.path.join(self.lab.build, "npm"),
                 f"http://127.0.0.1:{self.lab.http_port}", self.lab.path],
                stdin=jobs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=48 * PATIENCE)
        for line in done.stdout.decode().splitlines():
            if line.startswith(("ok - ", "not ok - ")):
                self.tap.ok(line.startswith("ok"), line.split(" - ", 1)[1])
            else:
                print("# " + line.removeprefix("# "))
        self.tap.equal(done.returncode, 0, "all of it was looked at")
