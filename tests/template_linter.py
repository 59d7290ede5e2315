"""AWS's linter, which takes each resource once: most templates share most of theirs."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode_str
from cfnlint.runner import Runner

_PROPERTIES = "E3002"
"""The rule that holds a resource's properties against its schema: most of the linter's work."""

_NAME = re.compile(r"[A-Za-z0-9]+")

Found = tuple[str, tuple[str | int, ...]]


class TemplateLinter:
    """The linter with its rules, which take longer to load than a template to check.

    A resource in which nothing was found is not looked at again where it is the same, and so is whatever
    it names, and all that these name: the rest of a template is none of its schema's business.
    """

    def __init__(self, regions: list[str]) -> None:
        self._runner = Runner(ConfigMixIn(regions=regions))
        self._good: set[str] = set()
        rule: Any = self._runner.rules[_PROPERTIES]
        self._validate = rule.validate
        rule.validate = self._validate_once

    def findings(self, template: str) -> list[Found]:
        """What is wrong with a template: the rule that says so, and where."""
        document, unreadable = decode_str(template)
        assert document is not None, unreadable
        matches = list(self._runner.validate_template(document))
        return [(match.rule.id, tuple(match.path or ())) for match in matches]

    def _validate_once(
        self, validator: Any, keyword: Any, instance: Mapping[str, Any], schema: Any
    ) -> Iterator[Any]:
        known = _with_all_it_names(instance, validator.cfn.template["Resources"])
        if known in self._good:
            return
        errors = list(self._validate(validator, keyword, instance, schema))
        if not errors:
            self._good.add(known)
        yield from errors


@contextmanager
def few_collections() -> Iterator[None]:
    """Walking the linter's million objects again and again would take as long as the linting."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _with_all_it_names(instance: Mapping[str, Any], resources: Mapping[str, Any]) -> str:
    """A resource, and by name each one that it or one of them may refer to, as one text."""
    text = json.dumps(instance, sort_keys=True)
    named: dict[str, str] = {}
    unread = [text]
    while unread:
        for name in set(_NAME.findall(unread.pop())) & resources.keys() - named.keys():
            named[name] = json.dumps(resources[name], sort_keys=True)
            unread.append(named[name])
    return json.dumps([text, named], sort_keys=True)
