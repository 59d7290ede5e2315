"""What actions do, one module a kind: begun in a step of their own, then waited for.

An action knows its own attempt and nothing of stages. What it refuses or fails at it tells as an
`Outcome`, or raises as `AwsError`.
"""

from __future__ import annotations

from collections.abc import Mapping

from herogate.local.planes.codepipeline.actions.approval import ManualApproval
from herogate.local.planes.codepipeline.actions.build import CodeBuildAction
from herogate.local.planes.codepipeline.actions.source import CodeCommitAction
from herogate.local.planes.codepipeline.actions.work import Action, Work

__all__ = ["Action", "Work", "of"]

_ACTIONS: Mapping[str, Action] = {
    "CodeBuild": CodeBuildAction(),
    "CodeCommit": CodeCommitAction(),
    "Manual": ManualApproval(),
}


def of(declaration: Mapping[str, Mapping[str, str]]) -> Action:
    """What a declared action does."""
    return _ACTIONS[declaration["actionTypeId"]["provider"]]
