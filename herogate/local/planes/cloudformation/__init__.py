"""The CloudFormation of the local cloud.

Reading a template (``template.py``, ``validation.py``, ``intrinsics.py`` …) is pure; ``executor.py``
carries operations on stacks out through the services' own APIs; ``plane.py`` puts both together.
"""

from herogate.local.planes.cloudformation.plane import CloudFormationPlane

__all__ = ["CloudFormationPlane"]
