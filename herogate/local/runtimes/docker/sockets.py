"""Where a cloud's sockets lie that containers and docker's client are led to.

Not in the cloud's own directory: a socket's path can have a hundred characters or so, that one's more.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

_VARIABLE = "XDG_RUNTIME_DIR"


def make_directory(cloud: str, environment: Mapping[str, str]) -> Path:
    """An empty directory of the cloud's, for its owner's eyes only. What an earlier one held is gone.

    Raises:
        OSError: somebody else has it.
    """
    above = environment.get(_VARIABLE) or tempfile.gettempdir()
    directory = Path(above) / f"herogate-{os.getuid()}-{cloud}"
    if directory.is_symlink() or directory.exists():
        found = directory.lstat()
        if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
            raise FileExistsError(f"{directory} is somebody else's")
        shutil.rmtree(directory)
    directory.mkdir(mode=0o700)
    return directory
