"""Which app a command is about, from everything that can say so."""

from __future__ import annotations

import pytest

from herogate.engine.app_choice import AppChoice, Hints, choose
from herogate.errors import HerogateError, InvalidRequest, MultipleApps, NoAppChosen

SHOP = "herogate://us-east-1/my-shop"
STAGING = "herogate://work@eu-west-1/my-shop-staging"
REMOTES = {
    "herogate": SHOP,
    "staging": STAGING,
    "origin": "git@example.com:me/shop.git",
}
THE_SHOP = AppChoice(app="my-shop", region="us-east-1")
THE_STAGING = AppChoice(app="my-shop-staging", region="eu-west-1", profile="work")


@pytest.mark.parametrize(
    ("hints", "choice"),
    [
        pytest.param(Hints(app="a-flag", remotes=REMOTES), AppChoice(app="a-flag"), id="--app"),
        pytest.param(
            Hints(
                app="a-flag", environment="from-env", configured_remote="staging", remotes=REMOTES
            ),
            AppChoice(app="a-flag"),
            id="--app beats everything quieter",
        ),
        pytest.param(
            Hints(environment="from-env", configured_remote="staging", remotes=REMOTES),
            AppChoice(app="from-env"),
            id="the environment beats git",
        ),
        pytest.param(
            Hints(app="", environment="from-env", remotes=REMOTES),
            AppChoice(app=""),
            id="an empty --app is a mistake, not silence",
        ),
        pytest.param(Hints(remote="staging", remotes=REMOTES), THE_STAGING, id="--remote"),
        pytest.param(
            Hints(remote="staging", environment="from-env", remotes=REMOTES),
            THE_STAGING,
            id="a flag beats the environment",
        ),
        pytest.param(
            Hints(app="my-shop", remote="herogate", remotes=REMOTES),
            THE_SHOP,
            id="both flags agree",
        ),
        pytest.param(
            Hints(configured_remote="staging", remotes=REMOTES), THE_STAGING, id="git config"
        ),
        pytest.param(
            Hints(remotes={"origin": "https://example.com/x.git", "prod": SHOP}),
            THE_SHOP,
            id="the only app among the remotes, whatever its remote is called",
        ),
        pytest.param(
            Hints(remotes={"herogate": SHOP, "prod": SHOP}), THE_SHOP, id="two remotes of one app"
        ),
    ],
)
def test_the_app_is_found(hints: Hints, choice: AppChoice) -> None:
    assert choose(hints) == choice


@pytest.mark.parametrize(
    ("hints", "kind", "message"),
    [
        pytest.param(Hints(remotes={}), NoAppChosen, "No app specified.", id="nothing"),
        pytest.param(
            Hints(remotes={"origin": REMOTES["origin"]}),
            NoAppChosen,
            "No app specified.",
            id="foreign",
        ),
        pytest.param(
            Hints(remote="nope", remotes=REMOTES),
            InvalidRequest,
            "remote nope not found in git remotes",
            id="no such remote",
        ),
        pytest.param(
            Hints(remote="origin", remotes=REMOTES),
            InvalidRequest,
            "git@example.com:me/shop.git is not the git URL of an app.",
            id="a remote of no app",
        ),
        pytest.param(
            Hints(app="other", remote="staging", remotes=REMOTES),
            InvalidRequest,
            "--app says other, but --remote is the remote of my-shop-staging.",
            id="the flags disagree",
        ),
    ],
)
def test_a_choice_that_cannot_be_made_says_why(
    hints: Hints, kind: type[HerogateError], message: str
) -> None:
    with pytest.raises(kind) as refusal:
        choose(hints)
    assert (refusal.value.message, refusal.value.exit_code) == (message, 2)


def test_two_apps_among_the_remotes_are_listed_with_the_flags_that_choose() -> None:
    with pytest.raises(MultipleApps) as refusal:
        choose(Hints(remotes=REMOTES))
    assert refusal.value.message.splitlines() == [
        "Multiple apps in git remotes",
        "  Usage: --remote staging",
        "     or: --app my-shop-staging",
        "  Your local git repository has more than 1 app referenced in git remotes.",
        "  Because of this, we can't determine which app you want to run this command against.",
        "  Specify the app you want with --app or --remote.",
        "  Herogate remotes in repo:",
        "  my-shop (herogate)",
        "  my-shop-staging (staging)",
    ]
