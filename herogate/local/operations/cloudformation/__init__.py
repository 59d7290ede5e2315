"""CloudFormation's API: stacks, change sets, templates, exports.

What is asked is read and what is answered is shaped here; ``planes/cloudformation`` does the work.
Nothing falls through to moto: what is not answered is refused by name.
"""

from herogate.local.operations.cloudformation import (
    changesets,
    events,
    exports,
    refused,
    resources,
    stacks,
    templates,
)

__all__ = ["changesets", "events", "exports", "refused", "resources", "stacks", "templates"]
