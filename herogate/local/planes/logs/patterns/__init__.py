"""Filter patterns of CloudWatch Logs: words, phrases and regular expressions, or a JSON expression.

A pattern is read once and then asked about messages. Pure: no event is fetched here. Patterns of
space-delimited fields (``[ip, user, ...]``) are refused by name.
"""

from herogate.local.planes.logs.patterns.pattern import Pattern, read

__all__ = ["Pattern", "read"]
