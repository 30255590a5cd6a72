#!/usr/bin/env python3
"""What Debian's mail systems say to the sender of a mail that they accepted.

    tests/support/mailzoo.py fetch [SYSTEM...]
        downloads their packages to where 46-mail-systems looks for them
        (/var/cache/bsbl/mail-systems, or $BSBL_MAIL_SYSTEMS); installs nothing
    tests/support/mailzoo.py save FOLDER [SYSTEM...]
        provokes each of them, and keeps what it sends to the trap as files
"""

import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mailroot  # noqa: E402
import postfix  # noqa: E402
from lab import wait_for  # noqa: E402
from mailrobots import ROBOTS  # noqa: E402
from mailservers import SERVERS  # noqa: E402
from mailsystem import NEXT_HOP, RELAY, SPAMMER, TRAP_DOMAIN  # noqa: E402
from smtpsink import Sink  # noqa: E402

SYSTEMS = {system.name: system for system in SERVERS + ROBOTS}


def missing(system):
    """Why it cannot be run here, or None."""
    if not system.packages:
        return postfix.missing()
    if not mailroot.packages_of(system.name):
        return "not downloaded (tests/support/mailzoo.py fetch)"
    return None


def address_of(system):
    return f"192.0.2.{30 + list(SYSTEMS).index(system.name)}"


def isolated(*command):
    """Runs it in namespaces of its own, with every system's address."""
    addresses = [RELAY, NEXT_HOP, SPAMMER]
    addresses += [address_of(system) for system in SYSTEMS.values()]
    return mailroot.isolated(
        [address + "/32" for address in addresses], *command)


def come_from(address):
    """Whoever connects to the trap server from now on has this address."""
    for target in (RELAY, NEXT_HOP):
        mailroot.run("ip", "route", "replace", "local", target, "dev", "lo",
                     "table", "local", "src", address)


def next_hops():
    return Sink(NEXT_HOP), Sink(NEXT_HOP, port=26, size=2000)


def save(folder, names):
    os.makedirs(folder, exist_ok=True)
    trap, hops = Sink(RELAY, only="@" + TRAP_DOMAIN), next_hops()
    directory = tempfile.mkdtemp(prefix="bsbl-zoo-")
    os.chmod(directory, 0o755)
    for name in names:
        system = SYSTEMS[name]
        if missing(system):
            print(f"{name}: {missing(system)}")
            continue
        come_from(address_of(system))
        try:
            with system(directory, address_of(system)) as running:
                for case in running.cases:
                    keep(folder, trap, running, case)
        except RuntimeError as error:
            print(f"{name}: {error}")
    shutil.rmtree(directory)
    return 0


def keep(folder, trap, running, case):
    trap.messages.clear()
    reply = running.provoke(case)
    wait_for(lambda: trap.messages, 8 if reply.startswith("2") else 0)
    print(f"{running.name} {case}: {reply.splitlines()[-1:]}")
    if case == "delayed":
        wait_for(lambda: len(trap.messages) > 1, 5)
    for number, (_, sender, _, octets) in enumerate(list(trap.messages)):
        path = os.path.join(
            folder, f"{running.name}-{case}" + "-again" * number + ".eml")
        with open(path, "wb") as file:
            file.write(octets)
        print(f"  {path}\t<{sender}>")
    if not trap.messages:
        print("  nothing\n" + "\n".join(running.log().splitlines()[-12:]))


def main(verb="", *arguments):
    if verb == "fetch":
        for name in arguments or SYSTEMS:
            if SYSTEMS[name].packages:
                mailroot.fetch(name, SYSTEMS[name].packages)
        return 0
    if verb == "save" and arguments:
        return isolated(sys.executable, os.path.abspath(__file__), "inside",
                        *arguments)
    if verb == "inside":
        return save(arguments[0], arguments[1:] or SYSTEMS)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
