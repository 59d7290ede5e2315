"""The web process: the report that was made with the image, under a greeting."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = "v1"
REPORT = Path(__file__).with_name("report.txt").read_text(encoding="utf-8")


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        greeting = os.environ.get("GREETING", "Hello")
        page = f"{greeting} from {VERSION}\n\n{REPORT}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """The load balancer asks for the page all the time: that is not worth a line each."""


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
port = int(os.environ.get("PORT", "8000"))
print(f"web listens on port {port}", flush=True)
ThreadingHTTPServer(("", port), Page).serve_forever()
