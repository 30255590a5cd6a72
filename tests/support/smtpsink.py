"""An SMTP server that takes or refuses what it is told to, for the mail
systems under test: their next hop, and where their mail is kept as files."""

import socketserver
import threading


class Conversation(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def line(self):
        return self.rfile.readline().decode(errors="replace").rstrip("\r\n")

    def handle(self):
        try:
            self.converse()
        except OSError:
            pass

    def converse(self):
        sink = self.server.sink
        sender, recipients = None, []
        self.say("220 next.example.org ESMTP")
        while True:
            line = self.line()
            verb = line[:4].upper()
            if verb == "EHLO":
                self.say("250-next.example.org")
                self.say(f"250 SIZE {sink.size}")
            elif verb == "MAIL":
                sender, recipients = address(line), []
                self.say("250 2.1.0 so be it")
            elif verb == "RCPT":
                reply = sink.answer(address(line))
                if reply[0] == "2":
                    recipients.append(address(line))
                self.say(reply)
            elif verb == "DATA":
                self.data(sender, recipients)
            elif verb == "QUIT" or line == "":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("250 2.0.0 yes")

    def data(self, sender, recipients):
        if not recipients:
            self.say("554 5.5.1 for nobody")
            return
        self.say("354 go on")
        octets = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            octets += line[1:] if line.startswith(b".") else line
        self.say(self.server.sink.take(
            self.client_address[0], sender, recipients, octets))


def address(line):
    return line[line.find("<") + 1:line.find(">")]


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Sink:
    """Refuses at RCPT who is named nobody, after DATA who is named content,
    and for the moment who is named later; takes and keeps everything else."""

    def __init__(self, host, port=25, size=10000000, only=""):
        self.size, self.only = size, only
        self.messages = []
        self.server = Server((host, port), Conversation)
        self.server.sink = self
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def answer(self, recipient):
        if recipient.startswith("nobody") or not recipient.endswith(self.only):
            return "550 5.1.1 no such user here"
        if recipient.startswith("later"):
            return "451 4.3.0 try again later"
        return "250 2.1.5 welcome"

    def take(self, client, sender, recipients, octets):
        if recipients[0].startswith("content"):
            return "554 5.7.1 this content is not wanted"
        self.messages.append((client, sender, recipients, octets))
        return "250 2.0.0 taken"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
