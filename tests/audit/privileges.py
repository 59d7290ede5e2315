"""Asks cloudsplaining about policies: JSON on standard input, ways to more rights on standard output.

Run by the judges' own Python, which has what the project's has not.
"""

from __future__ import annotations

import json
import sys

from cloudsplaining.scan.policy_document import PolicyDocument

json.dump(
    [
        [way["type"] for way in PolicyDocument(policy).allows_privilege_escalation]
        for policy in json.load(sys.stdin)
    ],
    sys.stdout,
)
