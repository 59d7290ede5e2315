"""The language versions that a buildspec asks for, against what this machine has.

CodeBuild's images hold several versions of each; a machine has one. A language that is there is taken
as it is, whatever its version, and the build's log says so; one that is not there fails the build.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from herogate.local.planes.codebuild.failures import yaml_file_error

_ASKING: Final = {"python": ("python3", "--version"), "nodejs": ("node", "--version")}
"""The languages that builds may ask for, and how each tells its version."""


async def check_runtimes(
    asked: Mapping[str, str], tools: Path, say: Callable[[str], Awaitable[None]]
) -> None:
    """Say which version of each language the build will find.

    Raises:
        PhaseFailure: a language is unknown or not there.
    """
    for language, version in asked.items():
        if language not in _ASKING:
            known = ", ".join(_ASKING)
            raise yaml_file_error(
                f"Unknown runtime named '{language}'. This build image has the following runtimes: "
                f"{known}"
            )
        found = await _version(*_ASKING[language], tools=tools)
        if found is None:
            raise yaml_file_error(
                f"This machine has no {language}, which runtime-versions asks for"
            )
        await say(
            f"Runtime {language} {version} is asked for: this machine's {language} {found} is used"
        )


async def _version(program: str, option: str, *, tools: Path) -> str | None:
    path = f"{tools}:/usr/local/bin:/usr/bin:/bin"
    try:
        process = await asyncio.create_subprocess_exec(
            "/usr/bin/env",
            program,
            option,
            env={"PATH": path},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    written, _ = await process.communicate()
    text = written.decode(errors="replace").split()
    return text[-1].lstrip("v") if process.returncode == 0 and text else None
