"""What holds for every handler, whatever its type."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from herogate.local.resources import Handler, handlers

HANDLERS = sorted(handlers().items())


def schema(type_name: str) -> Mapping[str, Any]:
    found = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_name).schema
    return dict(found)


def names(paths: list[str]) -> set[str]:
    return {path.removeprefix("/properties/") for path in paths}


@pytest.mark.parametrize(("type_name", "handler"), HANDLERS)
def test_every_honoured_property_is_one_that_the_type_has(type_name: str, handler: Handler) -> None:
    declared = schema(type_name)
    read_only = names(declared.get("readOnlyProperties", []))
    assert handler.supported <= declared["properties"].keys() - read_only


@pytest.mark.parametrize(("type_name", "handler"), HANDLERS)
def test_every_required_property_is_honoured(type_name: str, handler: Handler) -> None:
    assert set(schema(type_name).get("required", [])) <= handler.supported


@pytest.mark.parametrize(("type_name", "handler"), HANDLERS)
def test_a_type_with_a_property_that_can_change_in_place_can_update(
    type_name: str, handler: Handler
) -> None:
    changeable = handler.supported - names(schema(type_name).get("createOnlyProperties", []))
    if changeable:
        assert type(handler).update is not Handler.update


@pytest.mark.parametrize(("type_name", "handler"), HANDLERS)
def test_every_type_can_be_created_and_deleted(type_name: str, handler: Handler) -> None:
    assert type(handler).create is not Handler.create
    assert type(handler).delete is not Handler.delete
    assert inspect.getdoc(type(handler)) != inspect.getdoc(Handler)
