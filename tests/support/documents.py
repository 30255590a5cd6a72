"""What a Markdown document or a manual page says that can be looked up: links,
files, commands, settings."""

import os
import re

SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PROGRAMS = ("bsblctl", "bsbl-dnsd", "bsbl-ingest", "bsbl-httpapi")


class Document:
    def __init__(self, path):
        self.path = path
        with open(path) as file:
            text = file.read()
        self.is_page = not path.endswith(".md")
        if self.is_page:  # mdoc escapes what roff would change
            text = text.replace("\\-", "-").replace("\\&", "")
        self.text = text

    def paragraphs(self):
        """Prose and tables; what is shown by indentation is no prose."""
        return "\n".join(line for line in self.text.splitlines()
                         if not line.startswith("    "))

    def spans(self):
        """What stands between backticks, on one line."""
        return [" ".join(span.split())
                for span in SPAN.findall(self.paragraphs())]

    def shown(self):
        """Lines that are shown to be typed."""
        if self.is_page:
            return re.findall(r"^(?:\.Dl )?([a-z].*)$", self.text, re.M)
        return [line.strip() for line in self.text.splitlines()
                if line.startswith("    ")]

    def links(self):
        return LINK.findall(self.paragraphs())

    def anchors(self):
        """Of its headings, as those who show Markdown make them."""
        return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
                for heading in re.findall(r"^#+ (.*)$", self.text, re.M)}

    def commands(self):
        """(program, words) of each command shown or named; a picture is
        none."""
        found = []
        for line in filter(str.isascii, self.spans() + self.shown()):
            for part in re.split(r"[|;&]+|\s#", line):
                words = part.split()
                if words and words[0] in ("then", "run", "sudo"):
                    words = words[1:]
                if words and words[0] in PROGRAMS:
                    found.append((words[0], words[1:]))
        return found


def linked_file(document, target):
    """Path and anchor of a link that stays in the tree; None of others."""
    if re.match(r"[a-z]+:", target):
        return None
    path, _, anchor = target.partition("#")
    if path == "":
        return document.path, anchor
    return os.path.normpath(os.path.join(
        os.path.dirname(document.path), path)), anchor
