"""A milter that refuses every message at its end, and wants to see no more of
it than that: what a spam filter during the SMTP dialogue is to a mail server."""

import socketserver
import struct
import threading

# Nothing of the connection, the envelope, the header or the body.
SKIPPED = 0x7f


class Conversation(socketserver.StreamRequestHandler):
    def say(self, command, data=b""):
        self.wfile.write(struct.pack("!I", 1 + len(data)) + command + data)

    def handle(self):
        try:
            while head := self.rfile.read(4):
                packet = self.rfile.read(struct.unpack("!I", head)[0])
                if packet[:1] == b"O":
                    self.say(b"O", struct.pack("!III", 2, 0, SKIPPED))
                elif packet[:1] == b"E":
                    self.say(b"r")
                elif packet[:1] == b"Q":
                    return
        except (OSError, struct.error):
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Milter:
    def __init__(self, host, port):
        self.server = Server((host, port), Conversation)
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
