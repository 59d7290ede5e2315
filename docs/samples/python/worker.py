"""What works in the background: it says every few seconds that it does, until it is told to stop."""

import os
import signal
import threading

done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())
seconds = float(os.environ.get("WORK_SECONDS", "5"))
work = 0
while not done.wait(seconds):
    work += 1
    print(f"work {work} is done", flush=True)
print("SIGTERM: the worker ends", flush=True)
