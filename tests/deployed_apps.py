"""Apps that tests push: small programs in a checkout of their own, and what can be asked of them."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from command_line import SCRIPTS, Said

WEB = """\
import http.server
import os
import pathlib
import signal
import sys
import time

VERSION = pathlib.Path(__file__).with_name("version").read_text()


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/slow/"):
            time.sleep(float(self.path.removeprefix("/slow/")))
        if self.path == "/exit":
            os._exit(3)
        body = os.environ.get(self.path[1:], VERSION).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *values):
        print(text % values, flush=True)


def stop(number, frame):
    print("asked to stop", flush=True)
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
print("listening on", os.environ["PORT"], flush=True)
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
"""

WORKER = """\
import signal
import time

signal.signal(signal.SIGTERM, lambda number, frame: exit(0))
print("working", flush=True)
while True:
    time.sleep(3600)
"""


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A git repository from which an app is pushed."""

    path: Path
    environment: Mapping[str, str]

    def run(self, *words: str, seconds: float = 120) -> Said:
        """Run a program in it."""
        ended = subprocess.run(
            words,
            cwd=self.path,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        return Said(out=ended.stdout, err=ended.stderr, code=ended.returncode)

    def herogate(self, *words: str) -> str:
        """What the built command answers; its failure fails the test with what it said."""
        said = self.run(str(SCRIPTS / "herogate"), *words)
        assert said.code == 0, said.err
        return said.out

    def git(self, *words: str) -> str:
        """What git answers; its failure fails the test with what it said."""
        said = self.run("git", *words)
        assert said.code == 0, said.err
        return said.out.strip()

    def commit(self, files: Mapping[str, str]) -> str:
        """Commit files with these texts; the commit's id."""
        for name, text in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def push(self, *words: str) -> Said:
        """``git push herogate main``, or with other words after ``push``; however it ends."""
        return self.run("git", "push", *(words or ("herogate", "main")))


def checkout(path: Path, environment: Mapping[str, str]) -> Checkout:
    """A new git repository that sees nobody's git configuration, with Herogate on the path."""
    path.mkdir(parents=True, exist_ok=True)
    whole = {
        **environment,
        "PATH": f"{SCRIPTS}:{environment['PATH']}",
        "HOME": str(path.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }
    made = Checkout(path=path, environment=whole)
    made.git("init", "--quiet", "--initial-branch=main")
    return made


def plain_app(version: str) -> dict[str, str]:
    """The files of a Python app without dependencies, whose page is its version."""
    return {
        "Procfile": "web: python web.py\nworker: python worker.py\n",
        "requirements.txt": "",
        "version": version,
        "web.py": WEB,
        "worker.py": WORKER,
    }


def page(url: str) -> str | None:
    """What is served there at this moment; None for anything but a page."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None
