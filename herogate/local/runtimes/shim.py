"""The process between the local cloud and a program that it runs: starts it, and outlives all of it.

Run by path with a bare interpreter, so it imports little and nothing of ours. Two processes of it
guard each program: the *warden*, which the program is a child of, and the *keeper* above, which waits
for the warden. On Linux both are subreapers: whatever the program leaves behind falls to the one that
is alive, and that one kills it. So no death (of the cloud, the keeper, the warden, the program) leaves
an orphan. Elsewhere the program's process group is what can be killed.

Standard input carries ``<length>`` on a line, that many bytes of the program's description (see
`_Program`), then lines: ``signal <number>`` for the program's process group, ``ask <number>`` for the
program alone, ``kill`` for everything. Its end means that the cloud is no more. On standard output the
warden says ``started`` or ``failed <errno>``, and ``ended <status>`` when nothing of the program is
alive any more. The argument is the descriptor that the program's output goes to.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time

TYPE_CHECKING = False  # `typing` takes longer to import than all the rest
if TYPE_CHECKING:
    from collections.abc import Callable

_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True) if _LINUX else None

_INPUT, _OUTPUT = 0, 1
_REAPING_SECONDS = 0.005


def main() -> None:
    for descriptor in os.scandir("/dev/fd"):
        _keep_from_programs(int(descriptor.name))
    program = _Program(_description(), output=int(sys.argv[1]))
    _become_subreaper()
    keeper_lives, held_by_keeper = os.pipe()
    warden = os.fork()
    if warden:
        _close(_INPUT, _OUTPUT, program.output, keeper_lives)
        _keep(warden)
    os.close(held_by_keeper)
    os.setsid()
    _become_subreaper()
    _Warden(keeper_lives).guard(program)


class _Program:
    """What is to run: directory, number of arguments, arguments, ``NAME=value``…; a NUL after each."""

    def __init__(self, description: bytes, output: int) -> None:
        self.directory, count, *words = description.split(b"\0")[:-1]
        self.arguments = words[: int(count)]
        self.environment = dict(word.split(b"=", 1) for word in words[int(count) :])
        self.output = output

    def start(self) -> int:
        """Its process id, in a session of its own.

        Raises:
            OSError: it cannot be executed.
        """
        failure, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._become(told)
        _close(told, self.output)
        number = os.read(failure, 16)
        os.close(failure)
        if number:
            os.waitpid(pid, 0)
            raise OSError(int(number), "")
        return pid

    def _become(self, failure: int) -> None:
        try:
            os.setsid()
            _die_with_parent()
            os.chdir(self.directory)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for descriptor, source in ((0, nothing), (1, self.output), (2, self.output)):
                os.dup2(source, descriptor)
            for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by the interpreter
                signal.signal(ignored, signal.SIG_DFL)
            os.execvpe(self.arguments[0], self.arguments, self.environment)  # noqa: S606
        except OSError as error:
            os.write(failure, str(error.errno).encode())
        finally:
            os._exit(127)


class _Warden:
    """Starts the program, passes signals on, and ends when nothing of it is left."""

    def __init__(self, keeper_lives: int) -> None:
        self._keeper_lives = keeper_lives
        self._woken, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        self._pending = b""

    def guard(self, program: _Program) -> None:
        try:
            pid = program.start()
        except OSError as error:
            _say(f"failed {error.errno}")
            return
        _say("started")
        status = self._wait(pid)
        if not _LINUX:
            _send(os.killpg, pid, signal.SIGKILL)
        _kill_everything()
        _say(f"ended {status}")

    def _wait(self, pid: int) -> int:
        """The program's exit status; meanwhile what comes in is carried out."""
        while True:
            status = _reap(pid)
            if status is not None:
                return status
            watched = [_INPUT, self._keeper_lives, self._woken]
            ready = select.select(watched, [], [])[0]
            if self._woken in ready:
                os.read(self._woken, 512)
            if self._keeper_lives in ready or (_INPUT in ready and not self._obey(pid)):
                _send(os.killpg, pid, signal.SIGKILL)
                _kill_everything()
                os._exit(0)

    def _obey(self, pid: int) -> bool:
        """Carry out the commands that came; False at their end."""
        received = os.read(_INPUT, 4096)
        *lines, self._pending = (self._pending + received).split(b"\n")
        for line in lines:
            verb, _, number = line.partition(b" ")
            if verb == b"kill":
                _kill(_descendants())
                _send(os.killpg, pid, signal.SIGKILL)
            elif verb == b"ask":
                _send(os.kill, pid, int(number))
            else:
                _send(os.killpg, pid, int(number))
        return bool(received)


def _keep(warden: int) -> None:
    """Wait for the warden's end, and clear up behind it."""
    os.waitpid(warden, 0)
    _kill_everything()
    os._exit(0)


def _description() -> bytes:
    """What the cloud says first: a length in decimal digits, a line's end, and that many bytes."""
    length = b""
    while not length.endswith(b"\n"):
        length += _received(1)
    return _received(int(length))


def _received(count: int) -> bytes:
    received = b""
    while len(received) < count:
        piece = os.read(_INPUT, count - len(received))
        if not piece:
            os._exit(0)
        received += piece
    return received


def _say(words: str) -> None:
    try:
        os.write(_OUTPUT, words.encode() + b"\n")
    except BrokenPipeError:
        os._exit(0)


def _reap(program: int) -> int | None:
    """Collect all who have ended; the program's status (128 + the signal) if it is among them."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == program:
            code = os.waitstatus_to_exitcode(status)
            found = code if code >= 0 else 128 - code


def _kill_everything() -> None:
    """Return when no descendant is left."""
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        _kill(_descendants())
        time.sleep(_REAPING_SECONDS)


def _kill(pids: list[int]) -> None:
    for pid in pids:
        _send(os.kill, pid, signal.SIGKILL)


def _send(to: Callable[[int, int], None], pid: int, number: int) -> None:
    try:
        to(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _descendants() -> list[int]:
    """All processes below this one. Only Linux tells."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc") if _LINUX else []:
        if entry.name.isdecimal():
            children.setdefault(_parent(entry.name), []).append(int(entry.name))
    found = [os.getpid()]
    for pid in found:
        found.extend(children.get(pid, []))
    return found[1:]


def _parent(pid: str) -> int:
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(descriptor, 1024).rpartition(b")")[2].split()[1])
    except OSError:
        return 0
    finally:
        os.close(descriptor)


def _become_subreaper() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _keep_from_programs(descriptor: int) -> None:
    try:
        os.set_inheritable(descriptor, False)
    except OSError:
        return  # the listing's own, closed meanwhile


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


if __name__ == "__main__":
    main()
