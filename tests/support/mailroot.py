"""A root directory of its own for each mail system: what is installed here,
and above it the Debian packages of one system, unpacked and not installed.
They conflict with each other, and their paths are compiled in; here each of
them is alone. What is written goes to memory and ends with the namespace."""

import os
import shutil
import subprocess
import tempfile

CACHE = os.environ.get("BSBL_MAIL_SYSTEMS", "/var/cache/bsbl/mail-systems")


def run(*command, **options):
    """Raises with what the command said if it fails."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stdout.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


def isolated(addresses, *command):
    """Runs it with a loopback that has these addresses, and with mounts,
    processes and a host name of its own: nothing leaves, and nothing stays."""
    script = "hostname mx.example.net && ip link set lo up && " + " && ".join(
        f"ip address add {address} dev lo" for address in addresses
    ) + ' && exec "$@"'
    return subprocess.run(
        ["unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork",
         "--kill-child", "--mount-proc", "sh", "-c", script, "-", *command]
    ).returncode


def packages_of(name, cache=CACHE):
    folder = os.path.join(cache, name)
    if not os.path.isdir(folder):
        return []
    return sorted(
        os.path.join(folder, file) for file in os.listdir(folder)
        if file.endswith(".deb")
    )


def fetch(name, packages, cache=CACHE):
    """Them and what they need; apt plans as if it installed them, but only
    downloads. What is there already is left as it is."""
    if packages_of(name, cache):
        return
    folder = os.path.join(cache, name)
    os.makedirs(os.path.join(folder, "partial"), exist_ok=True)
    run("apt-get", "install", "--yes", "--quiet", "--download-only",
        "--no-install-recommends", "-o", "Debug::NoLocking=1",
        "-o", "Dir::Cache::archives=" + folder, *packages)


class Root:
    """Only within a mount namespace of one's own."""

    def __init__(self, name, cache=CACHE):
        base = tempfile.mkdtemp(prefix="bsbl-root-")
        run("mount", "-t", "tmpfs", "none", base)
        for folder in ("upper", "work", "root"):
            os.mkdir(os.path.join(base, folder))
        self.base = base
        self.path = os.path.join(base, "root")
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir=/,upperdir={base}/upper,workdir={base}/work", self.path)
        run("mount", "--rbind", "/dev", self("/dev"))
        run("mount", "-t", "proc", "proc", self("/proc"))
        for package in packages_of(name, cache):
            run("sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar -x '
                '--keep-directory-symlink -C "$2"', "-", package, self.path)
        for folder in ("/tmp", "/run", "/run/lock"):
            os.makedirs(self(folder), exist_ok=True)
            os.chmod(self(folder), 0o1777)

    def __call__(self, path):
        """The path of a file in it, as seen from without."""
        return self.path + path

    def write(self, path, text, mode=0o644, owner="root"):
        os.makedirs(os.path.dirname(self(path)), exist_ok=True)
        if os.path.islink(self(path)):
            os.unlink(self(path))
        with open(self(path), "w") as file:
            file.write(text)
        os.chmod(self(path), mode)
        self.own(path, owner)

    def read(self, path):
        with open(self(path), errors="replace") as file:
            return file.read()

    def folder(self, path, owner="root", mode=0o755):
        os.makedirs(self(path), exist_ok=True)
        os.chmod(self(path), mode)
        self.own(path, owner)

    def own(self, path, owner):
        if owner != "root":
            self.run("chown", "-R", owner + ":", path)

    def user(self, name, number, home="/nonexistent"):
        with open(self("/etc/group"), "a") as file:
            file.write(f"{name}:x:{number}:\n")
        with open(self("/etc/passwd"), "a") as file:
            file.write(f"{name}:x:{number}:{number}::{home}:/bin/sh\n")

    def run(self, *command, user="root", **options):
        return run("chroot", "--userspec=" + user, self.path, *command,
                   **options)

    def start(self, *command):
        """A program that stays."""
        with open(self("/tmp/output"), "ab") as output:
            return subprocess.Popen(
                ["chroot", self.path, *command], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )

    def close(self):
        run("umount", "--recursive", "--lazy", self.base)
        shutil.rmtree(self.base, ignore_errors=True)
