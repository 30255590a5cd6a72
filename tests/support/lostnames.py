"""What a power loss may leave of the files of a directory and of their names,
after what strace saw a program do there.

A file has for certain what it had at its last fsync, a directory the names that
it had at its own; what came later is there or is not: octets by sectors, names
in the order of their directory. That is what POSIX promises; most file systems
promise more."""

import os
import re
import shutil

from powerloss import LOSSES, apply, survivors

CALLS = ("openat,creat,close,lseek,write,pwrite64,writev,pwritev,ftruncate,"
         "fsync,fdatasync,mkdir,mkdirat,rmdir,unlink,unlinkat,rename,renameat,"
         "renameat2,link,linkat")
LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
UNFINISHED = re.compile(r"(\d+) +(\w+\(.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)$")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
PLACE = re.compile(r"(AT_FDCWD|\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?")


def strace(output, *more):
    """What stands before the command that is watched."""
    return ["strace", "-f", "-y", "-xx", "-s", str(1 << 24), "-o", output,
            "-e", "trace=" + CALLS, *more]


def octets_of(text):
    return bytes.fromhex(text.replace("\\x", ""))


def calls_in(path):
    """(process, name, arguments, result) of each that went well."""
    begun = {}
    with open(path, errors="replace") as file:
        for line in file:
            line = line.rstrip("\n")
            if match := UNFINISHED.match(line):
                begun[match[1]] = match[2]
                continue
            if match := RESUMED.match(line):
                line = f"{match[1]} {begun.pop(match[1])}{match[2]}"
            match = LINE.match(line)
            if match and int(match[4]) >= 0:
                yield match[1], match[2], match[3], int(match[4])


class File:
    """Its octets for certain, and what was done since."""

    def __init__(self, octets=b"", certain=True):
        self.certain = [("W", 0, octets)] if certain else []
        self.pending = [] if certain else [("W", 0, octets)]

    def sync(self):
        self.certain += self.pending
        self.pending = []

    def left(self, loss, rng):
        image = bytearray()
        apply(image, self.certain)
        apply(image, survivors(self.pending, loss, rng))
        return bytes(image)


class Disk:
    """A directory, by steps: functions that change this."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.files = {}     # path: File, as programs see them
        self.names = []     # [directory, certain, function on names], in order
        self.durable = {self.root: None}  # path: File, or None for a directory
        for where, directories, files in os.walk(self.root):
            for name in directories:
                self.durable[os.path.join(where, name)] = None
            for name in files:
                path = os.path.join(where, name)
                with open(path, "rb") as file:
                    self.durable[path] = self.files[path] = File(file.read())

    # --- names ---------------------------------------------------------------

    def name(self, path, change):
        self.names.append([os.path.dirname(path), False, change])

    def make(self, path, file):
        """None for a directory."""
        if file is not None:
            self.files[path] = file
        self.name(path, lambda names: names.__setitem__(path, file)
                  if os.path.dirname(path) in names else None)

    def remove(self, path):
        self.files.pop(path, None)
        self.name(path, lambda names: names.pop(path, None))

    def rename(self, old, new):
        def change(names):
            if old in names and os.path.dirname(new) in names:
                names[new] = names.pop(old)
        self.files[new] = self.files.pop(old)
        self.name(new, change)

    def link(self, old, new):
        self.make(new, self.files[old])

    def sync(self, path):
        if path in self.files:
            self.files[path].sync()
        for entry in self.names:
            if entry[0] == path:
                entry[1] = True

    # --- what is left --------------------------------------------------------

    def left(self, rng):
        """Path: octets, or None for a directory."""
        names, open_ = dict(self.durable), {}
        fate = rng.choice(("none", "all", "some"))
        for directory, certain, change in self.names:
            if not certain and open_.setdefault(directory, fate != "none") \
                    and fate == "some":
                open_[directory] = rng.random() < 0.7
            if certain or open_[directory]:
                change(names)
        return {path: file and file.left(rng.choice(LOSSES), rng)
                for path, file in names.items()
                if os.path.dirname(path) in names or path == self.root}

    def restore(self, left):
        shutil.rmtree(self.root)
        for path in sorted(left):
            if left[path] is None:
                os.mkdir(path)
                continue
            with open(path, "wb") as file:
                file.write(left[path])


class Steps:
    """What strace saw, as functions on a Disk, in order."""

    def __init__(self, root, trace):
        self.root = os.path.realpath(root) + "/"
        self.steps, self.at, self.synced = [], {}, set()
        for call in calls_in(trace):
            self.take(*call)

    def add(self, *step):
        """Name of a method of the disk's or file's, and its arguments."""
        self.steps.append(step)

    def paths(self, arguments):
        """Those named by strings, each below the directory before it."""
        found, place = [], os.getcwd()
        for match in re.finditer(f"{PLACE.pattern}, |{STRING.pattern}",
                                 arguments):
            if match[3] is not None:
                found.append(os.path.normpath(os.path.join(
                    place, octets_of(match[3]).decode())))
            elif match[2]:
                place = octets_of(match[2]).decode()
        return found

    def take(self, process, name, arguments, result):
        kind = name.rstrip("64").replace("at2", "").removesuffix("at")
        if kind in ("open", "creat", "mkdir", "rmdir", "unlink", "rename",
                    "link"):
            paths = self.paths(arguments)
            if kind in ("open", "creat"):
                self.opened(process, paths[0], arguments, result)
            elif all(path.startswith(self.root) for path in paths):
                self.add(kind, *paths)
            return
        place = PLACE.match(arguments)
        fd, path = place[1], octets_of(place[2] or "").decode()
        if not (path + "/").startswith(self.root):
            return
        if kind in ("fsync", "fdatasync"):
            self.add("sync", path)
        elif kind == "ftruncate":
            self.add("size", path, int(arguments.split(", ")[1]))
        elif kind == "lseek":
            self.at[fd] = result
        elif kind in ("write", "writev", "pwrite", "pwritev"):
            self.written(kind, fd, path, arguments, result)

    def opened(self, process, path, arguments, fd):
        self.at[str(fd)] = 0
        self.synced.discard(str(fd))
        if not path.startswith(self.root):
            return
        if "O_DSYNC" in arguments or "O_SYNC" in arguments:
            self.synced.add(str(fd))
        if "O_CREAT" in arguments or "O_TRUNC" in arguments:
            self.add("open", path, "O_TRUNC" in arguments)

    def written(self, kind, fd, path, arguments, result):
        octets = b"".join(octets_of(text) for text in STRING.findall(
            arguments[arguments.index(","):]))[:result]
        if kind.startswith("p"):
            at = int(arguments.rsplit(", ", 1)[1])
        else:
            at = self.at.get(fd, 0)
            self.at[fd] = at + result
        self.add("write", path, at, octets, fd in self.synced)

    def disk(self, base, end, honest=True):
        """`base`, a fresh Disk, after the first `end` steps. One that is not
        honest only says that it syncs."""
        for step, *arguments in self.steps[:end]:
            if step == "sync" and not honest:
                continue
            getattr(self, "do_" + step)(base, *arguments)
        return base

    @staticmethod
    def do_open(disk, path, cut):
        if path not in disk.files:
            disk.make(path, File(certain=False))
        elif cut:
            disk.files[path].pending.append(("T", 0, b""))

    @staticmethod
    def do_write(disk, path, at, octets, synced):
        file = disk.files.get(path)  # none of what has no name any more
        if file is not None:
            (file.certain if synced else file.pending).append(
                ("W", at, octets))

    @staticmethod
    def do_size(disk, path, size):
        if path in disk.files:
            disk.files[path].pending.append(("T", size, b""))

    @staticmethod
    def do_sync(disk, path):
        disk.sync(path)

    @staticmethod
    def do_mkdir(disk, path):
        disk.make(path, None)

    @staticmethod
    def do_rename(disk, old, new):
        disk.rename(old, new)

    @staticmethod
    def do_link(disk, old, new):
        disk.link(old, new)

    @staticmethod
    def do_unlink(disk, path):
        disk.remove(path)

    do_rmdir = do_unlink
