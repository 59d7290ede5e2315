"""Which files make an artifact: a buildspec's patterns against a directory. Nothing is copied here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from herogate.local.planes.codebuild.artifacts import Chosen
from herogate.local.planes.codebuild.buildspec import Files
from herogate.local.planes.codebuild.failures import client_error

_MAGIC = re.compile(r"[*?\[]")


def base_directory(root: Path, files: Files) -> Path:
    """The directory that the patterns are relative to.

    Raises:
        PhaseFailure: it is not there.
    """
    wanted = files.base_directory or "."
    if not _MAGIC.search(wanted):
        found = [root / wanted]
    else:
        directories = sorted(path for path in root.rglob("*") if path.is_dir())
        found = [each for each in directories if _matches(wanted, _relative(each, root))]
    if not found or not found[0].is_dir():
        raise client_error(f"no matching base directory path found for {wanted}")
    return found[0]


def choose(base: Path, files: Files) -> list[Chosen]:
    """The files of an artifact, each once, in the order of their paths.

    Raises:
        PhaseFailure: no file matches.
    """
    absolute = [pattern for pattern in files.files if pattern.startswith("/")]
    relative = [_clean(pattern) for pattern in files.files if not pattern.startswith("/")]
    excluded = [_clean(pattern) for pattern in files.exclude_paths]
    present = {_relative(path, base): path for path in _walk(base, files.enable_symlinks)}
    chosen = {
        path: source
        for path, source in present.items()
        if any(_matches(pattern, path) for pattern in relative)
        and not any(_matches(pattern, path) for pattern in excluded)
    }
    chosen |= {path.lstrip("/"): Path(path) for path in absolute if Path(path).is_file()}
    if not chosen:
        raise client_error("no matching artifact paths found")
    placed = ((path.rpartition("/")[2] if files.discard_paths else path) for path in chosen)
    return _once(placed, list(chosen.values()))


def _once(paths: Iterator[str], sources: Sequence[Path]) -> list[Chosen]:
    by_path = dict(zip(paths, sources, strict=True))
    return [Chosen(source=source, path=path) for path, source in sorted(by_path.items())]


def _walk(directory: Path, keep_links: bool, above: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Every file below a directory. Links to directories are files where links are kept, else followed,
    but for those that lead back up."""
    real = os.path.realpath(directory)
    if real in above:
        return
    for path in sorted(directory.iterdir()):
        if path.is_dir() and not (keep_links and path.is_symlink()):
            yield from _walk(path, keep_links, above | {real})
        else:
            yield path


def _relative(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix()


def _clean(pattern: str) -> str:
    return pattern.removeprefix("./") or "**/*"


def _matches(pattern: str, path: str) -> bool:
    return _compiled(pattern).fullmatch(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """``*`` and ``?`` stay within a name, ``**`` crosses directories."""
    if pattern in (".", "**"):
        return re.compile(r".*", re.DOTALL)
    parts = []
    for token in re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]+\])", pattern):
        match token:
            case "**/":
                parts.append(r"(?:.*/)?")
            case "**":
                parts.append(r".*")
            case "*":
                parts.append(r"[^/]*")
            case "?":
                parts.append(r"[^/]")
            case _ if token.startswith("[") and len(token) > 1:
                parts.append(token.replace("[!", "[^").replace("\\", "\\\\"))
            case _:
                parts.append(re.escape(token))
    return re.compile("".join(parts), re.DOTALL)
