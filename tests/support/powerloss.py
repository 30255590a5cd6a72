"""What a power loss would have left of data.mdb and intake.log, from the
journal that tests/shim/disk.c keeps of their writes and syncs."""

import struct

HEADER = struct.Struct("=QII")
SECTOR = 512  # written whole or not at all; less than that no disk promises

# The journal's letters for each file, and which of the first they mean.
FILES = {"data.mdb": {letter: letter for letter in "WMTSD"},
         "intake.log": {"w": "W", "s": "S"}}

# What became of the writes that no sync had followed.
LOSSES = ["dropped", "kept", "some", "torn", "last"]


class Journal:
    """Its records as (type, offset, data), as far as they are whole."""

    def __init__(self, path):
        with open(path, "rb") as file:
            octets = file.read()
        self.records = []
        at = 0
        while at + HEADER.size <= len(octets):
            offset, length, kind = HEADER.unpack_from(octets, at)
            at += HEADER.size
            if at + length > len(octets):
                break
            self.records.append((chr(kind), offset, octets[at:at + length]))
            at += length

    def told(self, end):
        """Numbers of the changes that were acknowledged before `end`."""
        return {offset for kind, offset, _ in self.records[:end]
                if kind == "A"}

    def split(self, name, end, honest=True):
        """What of a file is on disk for certain at `end`, in its order; and
        what need not be. A disk that is not honest has only said so, of
        late."""
        letters = FILES[name]
        certain, pending = [], []
        for number, (kind, offset, data) in enumerate(self.records[:end]):
            late = not honest and number > end - 40
            kind = letters.get(kind)
            if kind is None:
                continue
            if kind in "WMT":
                pending.append((kind, offset, data))
            elif kind == "S" and not late:
                certain += pending
                pending = []
            elif kind == "D" and not late:
                done = next(n for n, write in enumerate(pending)
                            if write[0] == "M" and write[1] == offset)
                certain.append(pending.pop(done))
        return certain, pending


def tell(journal, number):
    """Adds to a journal that is open that a change was acknowledged."""
    journal.write(HEADER.pack(number, 0, ord("A")))


def apply(image, writes):
    for kind, offset, data in writes:
        if kind == "T":
            del image[offset:]
        missing = offset + len(data) - len(image)
        if missing > 0:
            image.extend(bytes(missing))
        image[offset:offset + len(data)] = data


def torn(write, rng):
    """Some of its sectors, by the place in the file."""
    kind, offset, data = write
    pieces, at = [], 0
    while at < len(data):
        length = min(len(data) - at, SECTOR - (offset + at) % SECTOR)
        if rng.random() < 0.5:
            pieces.append((kind, offset + at, data[at:at + length]))
        at += length
    return pieces


def survivors(pending, loss, rng):
    """The writes that came to the disk all the same, in any order."""
    if loss == "dropped":
        return []
    if loss == "kept":
        return pending
    if loss == "last":  # the newest first: a disk sorts as it likes
        return pending[-(len(pending) // 2 + 1):]
    chosen = [write for write in pending if rng.random() < 0.5]
    rng.shuffle(chosen)
    if loss == "torn":
        return [piece for write in chosen for piece in torn(write, rng)]
    return chosen


def image_after(name, base, journal, end, loss, rng, honest=True):
    """The octets of a file after a power loss behind record `end`."""
    certain, pending = journal.split(name, end, honest)
    image = bytearray(base)
    apply(image, certain)
    apply(image, survivors(pending, loss, rng))
    return bytes(image)
