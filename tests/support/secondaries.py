"""Real name servers as secondaries of bsbl-dnsd, each in a directory of its own
and on a port of loopback's, with the configurations of deploy/. Stopped by the
process that was started."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dns import Udp  # noqa: E402
from dnslab import ZONE  # noqa: E402
from lab import free_port, wait_for  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
KEY, SECRET = f"secondary.{ZONE}", "c2VjcmV0IG9mIHRoZSBzZWNvbmRhcmllcw=="


def deployed(name, primary_port):
    """The configuration that deploy/NAME shows, for this place."""
    with open(os.path.join(ROOT, "deploy", name, "bsbl.conf")) as conf:
        text = conf.read()
    for shown, here in [
            ("192.0.2.53@53", f"127.0.0.1@{primary_port}"),
            ("192.0.2.53 port 53", f"127.0.0.1 port {primary_port}"),
            ("192.0.2.53", "127.0.0.1"), ("bl.example.org", ZONE),
            ("REPLACE+WITH+YOUR+OWN+SECRET=", SECRET)]:
        text = text.replace(shown, here)
    return text


class Secondary:
    def __init__(self, lab, name, server, command):
        """`server` is what stands before the deployed configuration, PATH and
        PORT in it its directory and port."""
        self.name, self.port = name, free_port()
        self.path = os.path.join(lab.path, name)
        self.command = command
        os.mkdir(self.path)
        self.log = os.path.join(self.path, "log")
        self.conf = os.path.join(self.path, "conf")
        with open(self.conf, "w") as conf:
            conf.write(server.replace("PATH", self.path)
                       .replace("PORT", str(self.port)))
            conf.write(deployed(name, lab.port))
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*self.command, "-c", self.conf], stdout=log, stderr=log,
                cwd=self.path)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def udp(self):
        return Udp(self.port)

    def serial(self):
        with self.udp() as udp:
            return udp.serial(ZONE)

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()


def nsd(lab):
    return Secondary(lab, "nsd", """
server:
	ip-address: 127.0.0.1@PORT
	username: ""
	chroot: ""
	zonesdir: "PATH"
	pidfile: "PATH/pid"
	zonelistfile: "PATH/zone.list"
	xfrdfile: "PATH/xfrd.state"
	xfrdir: "PATH"
	logfile: "PATH/log"
	database: ""
	server-count: 1
	verbosity: 2
	rrl-ratelimit: 0
remote-control:
	control-enable: no
""", ["nsd", "-d"])


def knot(lab):
    return Secondary(lab, "knot", """
server:
    listen: 127.0.0.1@PORT
    rundir: PATH
database:
    storage: PATH
log:
  - target: stderr
    any: info
template:
  - id: default
    storage: PATH
""", ["knotd"])


def bind(lab):
    return Secondary(lab, "bind", """
options {
	directory "PATH";
	listen-on port PORT { 127.0.0.1; };
	listen-on-v6 { none; };
	pid-file "PATH/pid";
	session-keyfile "PATH/session.key";
	recursion no;
	dnssec-validation no;
	notify no;
};
controls { };
""", ["named", "-g", "-n", "1"])
