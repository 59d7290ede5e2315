"""What CodeBuild runs, as plain YAML files beside this module.

A buildspec stands inline in its project, so that what was pushed cannot bring its own. It is short
and never templated: whatever differs between apps comes from the project's environment.
"""

from __future__ import annotations

from importlib import resources


def read(name: str) -> str:
    """Return the text of a buildspec, by file name without ``.yml``.

    Raises:
        LookupError: there is none of that name; the message lists those there are.
    """
    known = {
        file.name.removesuffix(".yml"): file
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".yml")
    }
    if name not in known:
        raise LookupError(f"There is no buildspec {name!r}; there are: {', '.join(sorted(known))}.")
    return known[name].read_text(encoding="utf-8")
