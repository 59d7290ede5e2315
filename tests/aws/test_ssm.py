"""Parameters: each is written once, whoever has to ask twice."""

from __future__ import annotations

from herogate.aws.session import Session
from herogate.aws.ssm import Parameters


def test_a_parameter_asked_for_again_is_there_as_it_was_written_first(session: Session) -> None:
    parameters = Parameters(session)
    for value in ("first", "second"):
        parameters.write("/herogate/shop/config/KEY/1", value, tags={"herogate:app": "shop"})
    assert parameters.values(["/herogate/shop/config/KEY/1"]) == {
        "/herogate/shop/config/KEY/1": "first"
    }


def test_more_values_than_one_call_gives_are_all_found(session: Session) -> None:
    parameters = Parameters(session)
    values = {f"/herogate/shop/config/KEY_{number}/1": str(number) for number in range(11)}
    for name, value in values.items():
        parameters.write(name, value, tags={})
    assert parameters.values([*values, "/herogate/shop/config/GONE/1"]) == values
