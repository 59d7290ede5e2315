"""The embedded runtime: a container is a child process with files, a home and a port of its own.

It isolates nothing: what it runs is the developer's own code under the developer's own account. Images
come from this cloud's registry and are made for the host (see `images.HOST_BASE`). CPU and memory sizes
and ulimits are not enforced.
"""

from herogate.local.runtimes.process.runtime import ProcessRuntime

__all__ = ["ProcessRuntime"]
