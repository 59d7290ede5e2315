"""The load balancing plane: listeners on real ports of this machine.

``plane.py`` reads what is declared (``reading.py``) into a table (``table.py``) and hands it to the
router, a process of its own (``process.py`` starts it, ``router.py`` is it), so that control work
never stalls traffic. Inside the router ``plan.py`` decides which ports change, ``ports.py`` holds
them, and ``serve.py`` answers requests: by rules (``matching.py``), with pages of the load
balancer's own (``pages.py``) or through a target (``forward.py``), over HTTP/1.1 (``http1.py``) and
TLS (``tls.py``). It asks targets for their health (``probing.py``; ``health.py`` says what the answers
mean) and counts their requests (``in_flight.py``), so that one that goes can finish. The router imports
nothing of the control process, whose ``roster.py`` knows the targets: who is registered
(``targets.py``) and where each really answers (``whereabouts.py``).
"""

from herogate.local.planes.elb.plane import ElbPlane, PortTakenError

__all__ = ["ElbPlane", "PortTakenError"]
