"""The CloudFormation of the local cloud.

``templates`` says what a template means and ``checks`` whether AWS would take it: both pure.
``records`` is what is so. ``requests`` are what a caller may ask, ``course`` carries it out through
the services' own APIs, and ``plane.py`` puts all of it together.
"""

from herogate.local.planes.cloudformation.plane import CloudFormationPlane

__all__ = ["CloudFormationPlane"]
