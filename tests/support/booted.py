"""What tests/systemd looks at, run by it in a Debian that has booted: the
package is installed, used, disturbed and upgraded; after another boot it
serves by itself, and is removed. TAP, in two parts.

	booted.py installed|again

tests/kernel looks at the first half of it:

	booted.py kernel
"""

import ctypes
import glob
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import urllib.request

sys.path.insert(0, os.path.dirname(__file__))
from dns import Udp, reverse  # noqa: E402
from lab import PATIENCE, Tap, bounce, wait_for  # noqa: E402
from steadyload import Load  # noqa: E402

PROGRAMS = ("dnsd", "ingest", "httpapi")
SERVICES = [f"bsbl-{program}" for program in PROGRAMS]
SERVER, ZONE = "198.51.100.25", "bl.example.test"
PAGE = "http://127.0.0.1:8080/v1/policy"
CONF, DATABASE = "/etc/bsbl/bsbl.conf", "/var/lib/bsbl/data.mdb"
EXPOSURE_MOST = 1.5
BATCH = 64  # queries that a worker of dnsd reads at a time, at most
LANDLOCK_CREATE_RULESET = 444, 0, 0, 1  # which version of it there is
WATCHDOG_SECONDS = 2  # instead of those of the unit, so as not to wait

tap = Tap()


def run(*command):
    """Its status and what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def does(sentence, *command):
    status, text = run(*command)
    return tap.ok(status == 0, sentence, text)


def install(sentence, *options):
    return does(sentence, "apt-get", "install", "-q", "-y",
                "--no-install-recommends", *options, "/bsbl.deb")


def fact(service, name):
    """What systemd has of it."""
    return run("systemctl", "show", "--value", "-p", name, service)[1].strip()


def pid_of(service):
    return int(fact(service, "MainPID"))


def is_active(unit):
    return fact(unit, "ActiveState") == "active"


def all_serve(sentence):
    tap.ok(wait_for(lambda: all(map(is_active, SERVICES))), sentence,
           run("systemctl", "status", "--no-pager", *SERVICES)[1])


def sockets_of(pid):
    return {os.readlink(path) for path in glob.glob(f"/proc/{pid}/fd/*")
            if os.readlink(path).startswith("socket:")}


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(re.split(r":\s*", line.rstrip("\n"), maxsplit=1)
                    for line in file)


def has_landlock():
    return ctypes.CDLL(None).syscall(*LANDLOCK_CREATE_RULESET) > 0


def replace(path, old, new):
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace(old, new))


def codes():
    with Udp(53) as client:
        return client.ask(reverse(SERVER, ZONE)).addresses()


# --- installed, and used ------------------------------------------------------


def test_installation():
    install("the package is installed")
    tap.equal([is_active(service + ".service") for service in SERVICES],
              [False] * 3, "nothing serves before there is a database")
    tap.equal(run("systemctl", "--failed", "--no-legend", "--plain")[1], "",
              "and nothing has failed")


def test_beginning():
    """As docs/production.md has it, with addresses that there are here."""
    replace(CONF, "bl.example.org", ZONE)
    replace(CONF, '"192.0.2.53:53", "[2001:db8::53]:53"', '"127.0.0.1:53"')
    replace(CONF, 'preset = "small"',
            'preset = "eager" listable_reserved = { "198.51.100.0/24" }')
    does("a database is made", "bsblctl", "init")
    does("a trap is added", "bsblctl", "trap", "add", "@trap.example.test")
    does("systemd reads the sockets anew", "systemctl", "daemon-reload")
    does("and binds them", "systemctl", "restart",
         *[service + ".socket" for service in SERVICES])
    does("the services start", "systemctl", "start", *SERVICES)
    all_serve("all of them serve")


def test_confinement():
    manager = sockets_of(1)
    for service in SERVICES:
        pid = pid_of(service)
        status = status_of(pid)
        tap.ok(sockets_of(pid) & manager,
               f"{service} has its sockets from systemd")
        tap.equal(
            (status["CapEff"].strip("0"), status["CapBnd"].strip("0"),
             status["NoNewPrivs"], status["Seccomp"],
             "0" in status["Uid"].split()),
            ("", "", "1", "2", False),
            f"{service} has no right, a filter of calls, and is not root")
        text = run("systemd-analyze", "security", "--no-pager",
                   service + ".service")[1]
        found = re.search(r"Overall exposure level.*: ([0-9.]+)", text)
        tap.ok(found and float(found.group(1)) <= EXPOSURE_MOST,
               f"{service} exposes at most {EXPOSURE_MOST}", text[-200:])
        told = run("journalctl", "-q", "-o", "cat", "-g", "confined files=",
                   "-u", service)[1]
        tap.ok(("files=landlock" in told) == has_landlock(),
               f"{service} has Landlock, where the kernel does", told)


def test_main_job():
    run("ip", "address", "add", SERVER, "dev", "lo")
    with smtplib.SMTP("127.0.0.1", 25, timeout=PATIENCE,
                      source_address=(SERVER, 0)) as client:
        trap = "a@trap.example.test"
        client.sendmail("", [trap], bounce("one", trap))
    tap.ok(wait_for(lambda: "127.0.0.2" in codes()),
           "a bounce is taken, and DNS lists its server")
    with urllib.request.urlopen(
            f"http://127.0.0.1:8080/v1/lookup/{SERVER}") as reply:
        tap.ok(b'"listed":true' in reply.read().replace(b" ", b""),
               "so does HTTP")


# --- disturbed ----------------------------------------------------------------


class Visitors(threading.Thread):
    """Come one after the other; `turned_away` were not answered."""

    def __init__(self):
        super().__init__()
        self.over, self.came, self.turned_away = False, 0, []
        self.start()

    def run(self):
        while not self.over:
            self.came += 1
            try:
                urllib.request.urlopen(PAGE, timeout=PATIENCE).read()
            except OSError as error:
                self.turned_away.append(error)

    def end(self):
        self.over = True
        self.join()
        return self.turned_away


def welcomed(visitors, restarts):
    """Who had connected and not yet asked is let go when httpapi ends; that is
    one of them, for they come one by one."""
    turned_away = visitors.end()
    tap.ok(len(turned_away) <= restarts,
           f"of {visitors.came} visitors {len(turned_away)} must come again",
           turned_away)


def test_restarts():
    load, visitors = Load(53), Visitors()
    for service in SERVICES * 2:
        before = pid_of(service)
        does(f"{service} is started anew", "systemctl", "restart", service)
        tap.ok(pid_of(service) != before, "and is another process")
    lost = load.lost()
    tap.equal(lost, 0, f"which loses none of {load.asked} queries")
    welcomed(visitors, 2)


def comes_back(service, before):
    return wait_for(lambda: is_active(service) and pid_of(service) not in (
        0, before))


def test_kills():
    load = Load(53)
    for service in SERVICES:
        before = pid_of(service)
        os.kill(before, signal.SIGKILL)
        tap.ok(comes_back(service, before), f"{service} comes back when killed")
    lost = load.lost()
    most = BATCH * os.cpu_count()
    tap.ok(lost <= most, f"at most {most} of {load.asked} queries are lost:"
                         f" {lost}")


def test_watchdog():
    for service in SERVICES:
        directory = f"/run/systemd/system/{service}.service.d"
        os.makedirs(directory)
        with open(directory + "/watchdog.conf", "w") as file:
            file.write(f"[Service]\nWatchdogSec={WATCHDOG_SECONDS}\n"
                       "TimeoutAbortSec=1\n")
    run("systemctl", "daemon-reload")
    for service in SERVICES:
        run("systemctl", "restart", service)
        last = fact(service, "WatchdogTimestampMonotonic")
        tap.ok(wait_for(lambda: fact(
            service, "WatchdogTimestampMonotonic") != last),
            f"{service} feeds the watchdog")
        before = pid_of(service)
        os.kill(before, signal.SIGSTOP)
        tap.ok(comes_back(service, before),
               f"{service} is started anew when it stands still")


def test_mistakes():
    with open(CONF) as file:
        good = file.read()
    replace(CONF, "policy {", "nonsense policy {")
    for service in SERVICES:
        before = pid_of(service)
        run("systemctl", "reload", service)
        tap.ok(is_active(service) and pid_of(service) == before,
               f"{service} goes on when new settings are wrong")
    service = SERVICES[0]
    run("systemctl", "restart", service)
    tap.ok(wait_for(lambda: fact(service, "ActiveState") == "failed"),
           "with wrong settings it does not start, nor try again")
    tap.equal(fact(service, "ExecMainStatus"), "78", "and says why")
    with open(CONF, "w") as file:
        file.write(good)
    does("with them mended it does", "systemctl", "start", service)
    for other in SERVICES[1:]:
        does(f"{other} reads them again", "systemctl", "reload", other)


def test_upgrade():
    before = [pid_of(service) for service in SERVICES]
    load, visitors = Load(53), Visitors()
    install("an upgrade is installed", "--reinstall")
    all_serve("all of them serve")
    lost = load.lost()
    tap.equal(lost, 0, f"it loses none of {load.asked} queries")
    welcomed(visitors, 1)
    tap.ok(not set(before) & {pid_of(service) for service in SERVICES},
           "each is of the new one")


# --- after another boot -------------------------------------------------------


def test_boot():
    all_serve("after a boot all of them serve")
    tap.ok("127.0.0.2" in codes(), "and what was listed is listed")
    does("the database has no fault", "bsblctl", "verify")


def test_removal():
    does("it is removed", "apt-get", "remove", "-q", "-y", "bsbl")
    tap.equal([is_active(service) for service in SERVICES], [False] * 3,
              "and nothing serves any longer")
    with socket.socket() as client:
        tap.ok(client.connect_ex(("127.0.0.1", 25)) != 0,
               "nor does systemd listen for it")
    tap.ok(os.path.exists(CONF) and os.path.exists(DATABASE),
           "settings and database stay")
    does("it is purged", "apt-get", "purge", "-q", "-y", "bsbl")
    tap.ok(not os.path.exists(CONF) and os.path.exists(DATABASE),
           "and only the database stays")


PARTS = {
    "installed": (test_installation, test_beginning, test_confinement,
                  test_main_job, test_restarts, test_kills, test_watchdog,
                  test_mistakes, test_upgrade),
    "again": (test_boot, test_removal),
    "kernel": (test_installation, test_beginning, test_confinement,
               test_main_job),
}


def main(part):
    for test in PARTS[part]:
        test()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
