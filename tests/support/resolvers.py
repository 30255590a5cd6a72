"""Real resolvers, each in a directory of its own and on an address of
loopback's, that ask a name server for its zone: to be started in a network
namespace, where port 53 is free. Stopped by the process that was started."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from dns import Udp, query  # noqa: E402
from lab import wait_for  # noqa: E402

PROGRAMS = ("unbound", "named")
RECURSE = 0x0100


class Resolver:
    """`conf` is its configuration, PATH in it its directory."""

    def __init__(self, lab, name, host, command, conf):
        self.name, self.host = name, host
        self.path = os.path.join(lab.path, name.replace(" ", "-"))
        shutil.rmtree(self.path, ignore_errors=True)
        os.mkdir(self.path)
        file_path = os.path.join(self.path, "conf")
        with open(file_path, "w") as file:
            file.write(conf.replace("PATH", self.path))
        self.log = os.path.join(self.path, "log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*command, "-c", file_path], stdout=log, stderr=log)
        if not wait_for(self.answers):
            self.close()
            with open(self.log, errors="replace") as log:
                raise RuntimeError(log.read())

    def answers(self):
        with Udp(53, host=self.host) as udp:
            try:
                udp.send(query("version.bind", "TXT", klass=3))
                return udp.receive(0.5) is not None
            except ConnectionRefusedError:
                return False

    def udp(self):
        return Udp(53, host=self.host)

    def close(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def unbound(lab, host, servers, name="Unbound", modules="iterator"):
    """`servers`: zone -> the address that is asked for it. Strict about an
    NXDOMAIN on the way, and with letters of either case (0x20). A server that
    was slow is soon asked again, and not after minutes."""
    stubs = "".join(
        f"stub-zone:\n\tname: {zone}\n\tstub-addr: {address}\n"
        for zone, address in servers.items())
    return Resolver(lab, name, host, ["unbound", "-d"], f"""
server:
	interface: {host}
	directory: "PATH"
	username: ""
	chroot: ""
	pidfile: ""
	use-syslog: no
	do-daemonize: no
	do-not-query-localhost: no
	access-control: 127.0.0.0/8 allow
	module-config: "{modules}"
	qname-minimisation: yes
	qname-minimisation-strict: yes
	use-caps-for-id: yes
	local-zone: test. nodefault
	aggressive-nsec: yes
	harden-below-nxdomain: yes
	infra-cache-max-rtt: 2000
	infra-keep-probing: yes
remote-control:
	control-enable: no
{stubs}""")


def bind(lab, host, servers):
    stubs = "".join(
        f'zone "{zone}" {{ type static-stub; '
        f"server-addresses {{ {address}; }}; }};\n"
        for zone, address in servers.items())
    return Resolver(lab, "BIND", host, ["named", "-g", "-n", "1"], f"""
options {{
	directory "PATH";
	pid-file none;
	session-keyfile none;
	managed-keys-directory "PATH";
	listen-on {{ {host}; }};
	listen-on-v6 {{ none; }};
	query-source address {host};
	recursion yes;
	allow-query {{ any; }};
	dnssec-validation no;
	qname-minimization strict;
	synth-from-dnssec yes;
	empty-zones-enable no;
}};
controls {{ }};
{stubs}""")
