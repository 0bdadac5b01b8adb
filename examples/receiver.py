"""A receiver of the gateway's webhooks: verifies, answers quickly, and does everything once.

    pip install standardwebhooks
    RECEIVER_SECRET=whsec_… python receiver.py 9000 seen.db

Three things make a receiver right:

1. It verifies the signature over the bytes as they came, before it reads anything out of them.
2. It remembers the `webhook-id` of what it has done: a delivery can come again, under the same id, for days.
3. It answers 2xx only when what it has to do is done or written down; anything else is delivered again.
"""

from __future__ import annotations

import binascii
import os
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

LONGEST = 1_000_000


def act(event: dict[str, Any]) -> None:
    """What the tool does about an event; here it prints one line."""
    subject = event["data"].get("id", "")
    sys.stdout.write(f"{event['timestamp']} {event['account']} {event['type']} {subject}\n")
    sys.stdout.flush()


class Receiver(BaseHTTPRequestHandler):
    """Answers one delivery."""

    secret = ""
    seen = ""

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), LONGEST))
        try:
            event = Webhook(self.secret).verify(body, dict(self.headers.items()))
        except (WebhookVerificationError, binascii.Error, ValueError):  # the last two: malformed, so not signed
            self._answer(401)
            return
        with sqlite3.connect(self.seen, timeout=10) as memory:
            # In one transaction with what is done, where that is in the same database.
            new = memory.execute("INSERT OR IGNORE INTO seen VALUES (?)", (self.headers["webhook-id"],)).rowcount
            if new:
                act(event)
        self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print events only."""


def main(port: int, seen: str) -> None:
    """Listen on the loopback address until interrupted."""
    Receiver.secret, Receiver.seen = os.environ["RECEIVER_SECRET"], seen
    with sqlite3.connect(seen) as memory:
        memory.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")
    with ThreadingHTTPServer(("127.0.0.1", port), Receiver) as server:
        sys.stdout.write(f"listening on {server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
