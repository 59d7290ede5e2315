"""A Dockerfile as far as its cache depends on it: its stages, and which builds on which. Pure.

What a step does, and whether it is right, is docker's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_FROM = re.compile(
    r"FROM\s+(?:--platform=\S+\s+)?(?P<base>\S+)(?:\s+AS\s+(?P<name>\S+))?", re.IGNORECASE
)
_STEP = re.compile(r"(?:RUN|COPY|ADD|WORKDIR)\s", re.IGNORECASE)
_TAKEN = re.compile(
    r"(?:COPY\s+(?:--\S+\s+)*--from=|RUN\s.*--mount=\S*\bfrom=)([^\s,]+)", re.IGNORECASE
)
_ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?([\"']?)(\w+)\1")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage.

    Attributes:
        name: as BuildKit calls it: its own, or ``stage-<number>``.
        target: what ``--target`` takes for it.
        base: what it begins with: a stage or an image.
        taken: stages and images whose files it takes.
        steps: how many of its instructions make a layer.
    """

    name: str
    target: str
    base: str
    taken: frozenset[str] = field(default_factory=frozenset)
    steps: int = 0


def stages(text: str) -> tuple[Stage, ...]:
    """The stages of a Dockerfile, in its order; of a text that is none, whatever looks like stages."""
    found: list[Stage] = []
    for line in _instructions(text):
        if begun := _FROM.fullmatch(line):
            number = len(found)
            own = begun["name"]
            found.append(
                Stage(
                    name=own.lower() if own else f"stage-{number}",
                    target=own or str(number),
                    base=begun["base"].lower(),
                )
            )
        elif found:
            found[-1] = _with(found[-1], line)
    return tuple(found)


def apart(stages: Sequence[Stage], target: str | None = None) -> tuple[tuple[Stage, ...], ...]:
    """The stages whose layers are not in the image that is built, but which it is built with.

    Args:
        target: the stage that makes the image; None for the last one.

    Returns:
        chains of stages that build on each other, each with the one first that holds all of it.
    """
    own = chain_of_image(stages, target)
    if not own:
        return ()
    last = own[0]
    needed = list(dict.fromkeys(_needed(stages, last)))
    below = {_base(stages, stage) for stage in needed}
    chains = (_chain(stages, stage) for stage in needed if stage not in below and stage not in own)
    return tuple(chain for chain in chains if any(stage.steps for stage in chain))


def chain_of_image(stages: Sequence[Stage], target: str | None = None) -> tuple[Stage, ...]:
    """The stages whose layers the image has, itself first; none if there is no such stage."""
    last = _named(stages, target) if target else (stages[-1] if stages else None)
    return () if last is None else _chain(stages, last)


def _needed(stages: Sequence[Stage], stage: Stage) -> Iterator[Stage]:
    """A stage and all that it is built with; stages only know those before them."""
    yield stage
    before = stages[: stages.index(stage)]
    for name in (stage.base, *sorted(stage.taken)):
        other = _named(before, name)
        if other is not None:
            yield from _needed(before, other)


def _chain(stages: Sequence[Stage], stage: Stage) -> tuple[Stage, ...]:
    base = _base(stages, stage)
    return (stage,) if base is None else (stage, *_chain(stages, base))


def _base(stages: Sequence[Stage], stage: Stage) -> Stage | None:
    return _named(stages[: stages.index(stage)], stage.base)


def _named(stages: Sequence[Stage], name: str) -> Stage | None:
    if name.isdecimal():
        return stages[int(name)] if int(name) < len(stages) else None
    return next((stage for stage in reversed(stages) if stage.name == name.lower()), None)


def _with(stage: Stage, line: str) -> Stage:
    taken = stage.taken | {name.lower() for name in _TAKEN.findall(line)}
    return Stage(
        name=stage.name,
        target=stage.target,
        base=stage.base,
        taken=taken,
        steps=stage.steps + (_STEP.match(line) is not None),
    )


def _instructions(text: str) -> Iterator[str]:
    """Instructions, each on one line, without comments and without the texts they bring along."""
    lines = iter(text.removeprefix("\ufeff").splitlines())
    escape = "\\"
    told = ""
    for line in lines:
        if directive := _ESCAPE.fullmatch(line.strip()):
            escape = directive[1]
        if line.lstrip().startswith("#") or (told and not line.strip()):
            continue
        told += line.strip().removesuffix(escape)
        if line.rstrip().endswith(escape):
            continue
        for _, end in _HEREDOC.findall(told) if _STEP.match(told) else ():
            for body in lines:
                if body.strip() == end:
                    break
        if told:
            yield told
        told = ""
    if told:
        yield told
