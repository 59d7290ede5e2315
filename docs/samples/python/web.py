"""What answers on the web: a greeting from a config var, and a page that takes its time."""

import os
import signal
import sys
import time

from bottle import Bottle, request

VERSION = "v1"

app = Bottle()


@app.hook("after_request")
def log() -> None:
    print(f"{request.method} {request.path}", flush=True)


@app.get("/")
def hello() -> str:
    greeting = os.environ.get("GREETING", "Hello")
    return f"{greeting} from {VERSION}\n"


@app.get("/slow")
def slow() -> str:
    seconds = min(float(request.query.get("seconds", "10")), 60)
    time.sleep(seconds)
    return f"{VERSION} took {seconds:g} s\n"


def stop(*_: object) -> None:
    print("SIGTERM: the web process ends", flush=True)
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
