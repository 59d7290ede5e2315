"""What docker writes while it builds, read as it comes: what is told of it, what was cached. Pure.

docker has two tongues: BuildKit's (``--progress plain``) and the classic builder's.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

_KIT_LINE = re.compile(r"#(?P<step>\d+) (?P<said>.*)")
_KIT_STEP = re.compile(
    r"\[(?:\w+/\S+ )?(?:(?P<stage>\S+) +)?(?P<number>\d+)/(?P<of>\d+)\] (?P<instruction>.*)"
)
_KIT_OUTPUT = re.compile(r"\d+\.\d+ ?(.*)")
_CLASSIC_STEP = re.compile(r"Step (?P<number>\d+)/(?P<of>\d+) : (?P<instruction>.*)")
_CLASSIC_TALK = re.compile(
    r" ---> .*|Removing intermediate container .*|Successfully (built|tagged) .*|"
    r"Sending build context to Docker daemon.*|\[Warning\] .*"
)
_KEPT_LINES = 400
_KEPT_CHARACTERS = 2000


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a Dockerfile.

    Attributes:
        stage: BuildKit's name for it; empty where there is but one stage.
        number, of: as docker counts.
        is_done: whether it was run to its end; one that was cached was not run.
    """

    number: int
    of: int
    instruction: str
    stage: str = ""
    is_cached: bool = False
    is_done: bool = False

    @property
    def is_base(self) -> bool:
        """Whether it only says what the stage begins with."""
        return self.instruction.upper().startswith("FROM ")

    @property
    def takes_sources(self) -> bool:
        """Whether what was pushed goes into it."""
        word, _, rest = self.instruction.partition(" ")
        return word.upper() in {"COPY", "ADD"} and "--from=" not in rest

    @property
    def title(self) -> str:
        """As docker writes it."""
        place = f"{self.stage} {self.number}/{self.of}".lstrip()
        return f"[{place}] {self.instruction}"


class Reader:
    """Reads what one build writes.

    Attributes:
        failed: the step that failed, as far as is known; None if it was none of the Dockerfile's.
    """

    def __init__(self) -> None:
        self.failed: Step | None = None
        self._steps: dict[str, Step] = {}
        self._titled: list[str] = []
        self._tail: deque[str] = deque(maxlen=_KEPT_LINES)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that were run or cached, without those that only name a base."""
        over = (step for step in self._steps.values() if step.is_cached or step.is_done)
        return tuple(step for step in over if not step.is_base)

    @property
    def tail(self) -> tuple[str, ...]:
        """The last lines, as they were."""
        return tuple(self._tail)

    def read(self, line: str) -> Iterator[str]:
        """What is to be told of a line."""
        line = line.rstrip()
        self._tail.append(line[:_KEPT_CHARACTERS])
        yield from self._told(line)

    def _told(self, line: str) -> Iterator[str]:
        raise NotImplementedError

    def _begun(self, key: str, found: re.Match[str]) -> None:
        self._steps.setdefault(
            key,
            Step(
                number=int(found["number"]),
                of=int(found["of"]),
                instruction=found["instruction"],
                stage=found.groupdict().get("stage") or "",
            ),
        )

    def _cached(self, key: str) -> Iterator[str]:
        step = self._steps[key] = replace(self._steps[key], is_cached=True)
        if not step.is_base:
            yield f"CACHED {step.title}"

    def _title(self, key: str) -> Iterator[str]:
        """A step's title, where what follows is another's than what was told last."""
        if self._titled[-1:] != [key]:
            self._titled.append(key)
            yield self._steps[key].title


class BuildKitReader(Reader):
    """BuildKit's: every line says whose it is, since steps run side by side."""

    def _told(self, line: str) -> Iterator[str]:
        found = _KIT_LINE.fullmatch(line)
        if found is None:
            return
        key, said = found["step"], found["said"]
        if begun := _KIT_STEP.fullmatch(said):
            self._begun(key, begun)
        elif key not in self._steps:
            return
        elif said == "CACHED":
            yield from self._cached(key)
        elif said.startswith("ERROR"):
            self.failed = self._steps[key]
            yield from self._title(key)
        elif output := _KIT_OUTPUT.fullmatch(said):
            yield from self._title(key)
            yield output[1]
        elif said.startswith("DONE"):
            yield from self._done(key)

    def _done(self, key: str) -> Iterator[str]:
        step = self._steps[key]
        if step.is_base or step.is_cached:
            return
        self._steps[key] = replace(step, is_done=True)
        if key not in self._titled:
            yield from self._title(key)


class ClassicReader(Reader):
    """The classic builder's: one step after the other."""

    def _told(self, line: str) -> Iterator[str]:
        if begun := _CLASSIC_STEP.fullmatch(line):
            key = str(len(self._steps))
            self._begun(key, begun)
            self.failed = self._steps[key]
        elif not self._steps:
            return
        elif line == " ---> Using cache":
            yield from self._cached(str(len(self._steps) - 1))
        elif line.startswith(" ---> ") and not line.startswith(" ---> Running in"):
            key = str(len(self._steps) - 1)
            self._steps[key] = replace(self._steps[key], is_done=not self._steps[key].is_cached)
        elif not _CLASSIC_TALK.fullmatch(line):
            yield from self._title(str(len(self._steps) - 1))
            yield line
