"""Names of apps: which may be one, and ``young-eyrie-24091`` for whose maker did not think of any."""

from __future__ import annotations

import secrets

from herogate.errors import InvalidRequest
from stacks import names

_ADJECTIVES = """
agile ancient autumn bold brave breezy bright calm candid clear crisp curious dark dawn deep dry
eager early fair fierce floating frosty gentle glacial golden green hidden honest icy keen kind
late limitless lively lone lucid mellow misty morning mute nimble noble obscure open patient
peaceful placid polar proud pure quick quiet radiant rapid rough rustic salty serene sharp silent
silver sleepy snowy solemn sparkling spring steady still stormy summer sunny swift tall tender
thrifty tranquil twilight vast vivid warm wild winter wise young
"""

_NOUNS = """
anchorage basin bayou beach bird brook butte canyon castle cliff cloud coast cove crag creek dawn
delta dune dusk earth eyrie falls fern field fjord flower fog forest fortress garden glade glen
grove gulf harbor haze headland hill hollow inlet island lagoon lake leaf ledge marsh meadow mesa
mist moon moor mountain oasis ocean peak pine plain plateau pond prairie rain ravine reef ridge
river sands savannah sea shadow shelf shore sky snow spire spring star stone stream summit sun
sunset surf temple tide tor tundra valley wave waterfall wildwood wind wood
"""


def random_name() -> str:
    """An adjective, a noun and five digits: at most 26 characters."""
    number = 10_000 + secrets.randbelow(90_000)
    return f"{secrets.choice(_ADJECTIVES.split())}-{secrets.choice(_NOUNS.split())}-{number}"


def checked(name: str) -> str:
    """An app's name as it is. Raises `InvalidRequest` with the rule."""
    try:
        return names.check_app(name)
    except names.InvalidName as error:
        raise InvalidRequest(str(error)) from error
