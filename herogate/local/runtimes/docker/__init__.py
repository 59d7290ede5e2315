"""The docker runtime: a task's containers are a docker engine's, with their own files, users and sizes.

The engine is on this machine and runs Linux. Everything it has of a cloud carries the cloud's label, and
is gone when the cloud is, however that ended (``guard.py``), and the images that were pulled with it.
"""

from herogate.local.runtimes.docker.runtime import DockerRuntime

__all__ = ["DockerRuntime"]
