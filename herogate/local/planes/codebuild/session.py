"""The shell in which a build's commands run, one after the other.

All commands share it, so directories, variables and functions stay. A command that leaves it (`exit`)
gives its status and finds a successor that knows the same; one that takes its place (`exec`) ends it,
and the next finds a fresh one. What is run when, and what a status means, is ``course.py``'s.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from herogate.local.planes.codebuild.buildspec import Shell
from herogate.local.runtimes.child import Child, Command

Output = Callable[[bytes], Awaitable[None]]

_SEPARATOR: Final = b"\x1e"
_DRIVER: Final = r"""
exec 19>&1
__codebuild_left() {
  local status=$1 name IFS=$' \t\n'
  declare -f >%(control)s/state
  for name in $(compgen -A variable); do
    case $name in BASH*|DIRSTACK|FUNCNAME|GROUPS|PIPESTATUS|IFS|_|name|status) continue ;; esac
    case $(declare -p "$name" 2>/dev/null) in
      "declare -- "*|"declare -a "*|"declare -A "*|"declare -i "*) declare -p "$name" ;;
    esac
  done >>%(control)s/state
  printf '\036%(mark)s %%d\036' "$status" >&19
  exec %(shell)s %(driver)s
}
trap '__codebuild_left $?' EXIT
[ ! -e %(control)s/state ] || . %(control)s/state
while IFS= read -r __codebuild_go <%(control)s/commands; do
  eval "$__codebuild_go" </dev/null
  printf '\036%(mark)s %%d\036' "$?" >&19
done
"""


class ShellSession:
    """A build's shell. Started when first needed."""

    def __init__(
        self,
        *,
        control: Path,
        directory: Path,
        environment: Mapping[str, str],
        shell: Shell,
        one_shell: bool,
        inherited: Sequence[int],
        output: Output,
    ) -> None:
        self._control = control
        self._directory = directory
        self._environment = dict(environment)
        self._inherited = inherited
        self._output = output
        # On CodeBuild's images, sh is bash as POSIX has it; on others it may be less.
        self._argv = ("bash", "--posix") if shell is Shell.SH else ("bash",)
        self._token = secrets.token_hex(16)
        self._mark = _SEPARATOR + self._token.encode() + b" "
        self._held = b""
        self._status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._child: Child | None = None
        self._ended: asyncio.Task[int] | None = None
        self._commands = -1
        script = shlex.quote(str(control / "script.sh"))
        self._in_shell = f". {script}"
        self._as_command = self._in_shell if one_shell else f"( . {script} )"
        self._write_driver()

    async def run(self, command: str) -> int:
        """Run a command; its exit status, when all that it wrote before was delivered."""
        return await self._run(command, self._as_command)

    async def _run(self, script: str, how: str) -> int:
        (self._control / "script.sh").write_text(script + "\n", encoding="utf-8")
        ended = self._ended if self._ended and not self._ended.done() else await self._begin()
        self._status = asyncio.get_running_loop().create_future()
        os.write(self._commands, how.encode() + b"\n")
        await asyncio.wait((self._status, ended), return_when=asyncio.FIRST_COMPLETED)
        return self._status.result() if self._status.done() else ended.result()

    async def export(self, name: str, value: str) -> None:
        """Set a variable of the environment for the commands to come."""
        self._environment[name] = value
        if self._ended is not None:
            await self._run(f"export {name}={shlex.quote(value)}", self._in_shell)

    async def evaluated(self, *texts: str) -> list[str]:
        """Texts as the shell reads them between double quotes, with the variables of now."""
        values = self._control / "values"
        quoted = " ".join('"' + text.replace('"', '\\"') + '"' for text in texts)
        script = f"printf '%s\\0' {quoted} >{shlex.quote(str(values))}"
        status = await self._run(script, self._in_shell)
        if not texts or status != 0:
            return list(texts)
        return values.read_text(encoding="utf-8", errors="replace").split("\0")[:-1]

    async def close(self) -> None:
        """End the shell and everything it ever started."""
        if self._child is not None and self._ended is not None:
            self._child.kill()
            await asyncio.wait((self._ended,))
        if self._commands >= 0:
            os.close(self._commands)
            self._commands = -1

    def _write_driver(self) -> None:
        control = shlex.quote(str(self._control))
        driver = self._control / "driver.sh"
        names = {
            "control": control,
            "driver": shlex.quote(str(driver)),
            "mark": self._token,
            "shell": " ".join(self._argv),
        }
        driver.write_text(_DRIVER % names, encoding="utf-8")

    async def _begin(self) -> asyncio.Task[int]:
        """Start a shell. What an earlier one was told and did not read is gone with its pipe."""
        pipe = self._control / "commands"
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe, 0o600)
        if self._commands >= 0:
            os.close(self._commands)
        self._commands = os.open(pipe, os.O_RDWR)  # never waits for a reader
        argv = (*self._argv, str(self._control / "driver.sh"))
        command = Command(argv=argv, environment=self._environment, directory=self._directory)
        self._child = await Child.start(command, inherited=self._inherited, output=self._take)
        self._ended = asyncio.create_task(self._child.ended())
        return self._ended

    async def _take(self, piece: bytes) -> None:
        """Pass on output, up to each report of a command's end that stands in it."""
        self._held += piece
        while True:
            before, mark, after = self._held.partition(self._mark)
            status, separator, rest = after.partition(_SEPARATOR)
            if not separator:
                break
            await self._pass_on(before)
            self._held = rest
            if not self._status.done():
                self._status.set_result(int(status))
        if not mark:
            kept = self._beginning_of_mark(before)
            before, after = before[: len(before) - kept], before[len(before) - kept :]
        self._held = mark + after
        await self._pass_on(before)

    async def _pass_on(self, output: bytes) -> None:
        if output:
            await self._output(output)

    def _beginning_of_mark(self, text: bytes) -> int:
        """How many bytes at the end of `text` may be the beginning of a mark."""
        longest = min(len(text), len(self._mark) - 1)
        return next((n for n in range(longest, 0, -1) if self._mark.startswith(text[-n:])), 0)
