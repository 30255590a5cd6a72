"""Questions at a steady pace, and how many of them nobody answered."""

import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(__file__))
from dns import Reply, query, reverse  # noqa: E402

PACE_SECONDS = 0.002  # between queries
SILENT_SECONDS = 3  # without a reply at the end: there comes no other


class Load:
    """Asks dnsd for a test entry at a steady pace until it is told to end."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.connect(("127.0.0.1", port))
        self.waiting, self.asked, self.over = set(), 0, False
        self.threads = [threading.Thread(target=self.ask),
                        threading.Thread(target=self.hear)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        name = reverse("127.0.0.2", "bl.example.test")
        while not self.over:
            self.waiting.add(self.asked)
            self.socket.send(query(name, identity=self.asked))
            self.asked += 1
            time.sleep(PACE_SECONDS)

    def hear(self):
        self.socket.settimeout(0.2)
        while not self.over or self.waiting:
            try:
                reply = Reply(self.socket.recv(4096))
            except OSError:
                if self.over and time.monotonic() > self.end:
                    break
                continue
            self.end = time.monotonic() + SILENT_SECONDS
            if reply.addresses() == ["127.0.0.2"]:
                self.waiting.discard(reply.id)

    def lost(self):
        self.end, self.over = time.monotonic() + SILENT_SECONDS, True
        for thread in self.threads:
            thread.join()
        self.socket.close()
        return len(self.waiting)
