"""What a change makes of a release, and what stays of changes that failed."""

from __future__ import annotations

from dataclasses import replace

from releases_cases import release, slug

from herogate.engine.release_changes import (
    Draft,
    adjusted,
    configured,
    deploy,
    kept,
    resized,
    rolled_back,
)
from herogate.models import ProcessType, Release, Size

GOOD = release(3, config={"A": "/a/1", "B": "/b/1"}, description="Deploy 3")


def after(base: Release, number: int, **changes: object) -> Release:
    return replace(base, number=number, base=base.number, **changes)  # type: ignore[arg-type]


def test_a_first_deploy_has_the_slugs_process_types_and_no_config() -> None:
    built = slug(process_types={"web": "serve", "worker": "work", "release": "migrate"})
    assert deploy(None, slug=built, commit="1a2b3c4d5e", user="ada") == Draft(
        description="Deploy 1a2b3c4d",
        user="ada",
        slug=built,
        commit="1a2b3c4d5e",
        formation={
            "web": ProcessType(command="serve"),
            "worker": ProcessType(command="work"),
        },
    )


def test_an_image_without_process_types_is_web() -> None:
    draft = deploy(None, slug=slug(process_types={}), commit="1a2b3c4d5e", user="ada")
    assert draft.formation == {"web": ProcessType(command=None)}


def test_a_deploy_keeps_config_vars_and_the_sizes_of_what_stays() -> None:
    large = ProcessType(command="serve", size=Size.PERFORMANCE_L)
    base = replace(GOOD, formation={"web": large, "old": large})
    built = slug("b", {"web": "serve faster", "clock": "tick"})
    draft = deploy(base, slug=built, commit="1a2b3c4d5e", user="ada")
    assert (draft.config, draft.formation) == (
        GOOD.config,
        {"web": replace(large, command="serve faster"), "clock": ProcessType(command="tick")},
    )


def test_a_deploy_that_failed_alone_leaves_nothing() -> None:
    assert kept(GOOD, [after(GOOD, 4, slug=slug("b"))]) is None


def test_a_config_change_that_failed_alone_leaves_nothing() -> None:
    assert kept(GOOD, [after(GOOD, 4, config={})]) is None


def test_a_config_change_on_top_of_a_broken_deploy_is_kept_on_the_last_good_image() -> None:
    broken = after(
        GOOD, 4, slug=slug("b"), commit="bad", formation={"web": ProcessType(command="x")}
    )
    changed = after(
        broken, 5, config={"A": "/a/2", "C": "/c/1"}, description="Set A, C config vars", user="bob"
    )
    assert kept(GOOD, [broken, changed]) == Draft(
        description="Set A, C config vars",
        user="bob",
        slug=GOOD.slug,
        commit=GOOD.commit,
        config={"A": "/a/2", "C": "/c/1"},
        formation=GOOD.formation,
    )


def test_a_size_changed_on_top_of_a_broken_deploy_is_kept() -> None:
    broken = after(GOOD, 4, slug=slug("b"))
    resized = after(
        broken, 5, formation={"web": ProcessType(command="serve", size=Size.STANDARD_2X)}
    )
    draft = kept(GOOD, [broken, resized])
    assert draft is not None
    assert draft.formation == {"web": ProcessType(command="serve", size=Size.STANDARD_2X)}


def test_another_manner_on_top_of_a_broken_resize_is_kept_without_the_size() -> None:
    web = GOOD.formation["web"]
    large = replace(web, size=Size.STANDARD_2X)
    broken = after(GOOD, 4, slug=slug("b"), formation={"web": large})
    adjusted_since = after(broken, 5, formation={"web": replace(large, spot=True)})
    draft = kept(GOOD, [broken, adjusted_since])
    assert draft is not None
    assert draft.formation == {"web": replace(web, spot=True)}


def test_of_changes_without_a_deploy_the_newest_is_suspected() -> None:
    first = after(GOOD, 4, config={**GOOD.config, "C": "/c/1"}, description="Set C config vars")
    second = after(first, 5, config={**first.config, "D": "/d/1"}, description="Set D config vars")
    draft = kept(GOOD, [first, second])
    assert draft is not None
    assert (draft.description, draft.config) == (
        "Set C config vars",
        {"A": "/a/1", "B": "/b/1", "C": "/c/1"},
    )


def test_a_config_change_before_a_first_deploy_that_fails_is_kept() -> None:
    broken = release(1)
    changed = after(broken, 2, config={"A": "/a/1"}, description="Set A config vars")
    assert kept(None, [broken, changed]) == Draft(
        description="Set A config vars", user="ada@example.com", config={"A": "/a/1"}
    )


def test_config_vars_are_set_and_unset_in_one_release() -> None:
    changes = {"A": "/a/2", "B": None, "C": "/c/1", "NEVER": None, "EMPTY": ""}
    assert configured(GOOD, changes, user="bob") == Draft(
        description="Set A, C, EMPTY and Unset B, NEVER config vars",
        user="bob",
        slug=GOOD.slug,
        commit=GOOD.commit,
        config={"A": "/a/2", "C": "/c/1", "EMPTY": ""},
        formation=GOOD.formation,
    )


def test_config_vars_can_be_set_before_anything_else() -> None:
    assert configured(None, {"A": "/a/1"}, user="bob") == Draft(
        description="Set A config vars", user="bob", config={"A": "/a/1"}
    )


def test_another_size_is_all_that_resizing_changes() -> None:
    draft = resized(GOOD, {"web": Size.STANDARD_2X}, user="bob")
    assert draft == Draft(
        description="Resize web to Standard-2X",
        user="bob",
        slug=GOOD.slug,
        commit=GOOD.commit,
        config=GOOD.config,
        formation={"web": replace(GOOD.formation["web"], size=Size.STANDARD_2X)},
    )


def test_another_manner_is_all_that_adjusting_changes() -> None:
    draft = adjusted(GOOD, ["web"], {"spot": True, "stop_seconds": 60}, user="bob")
    assert draft == Draft(
        description="Adjust web: spot True, stop_seconds 60",
        user="bob",
        slug=GOOD.slug,
        commit=GOOD.commit,
        config=GOOD.config,
        formation={"web": replace(GOOD.formation["web"], spot=True, stop_seconds=60)},
    )


def test_a_rollback_is_all_that_the_earlier_release_was() -> None:
    assert rolled_back(GOOD, user="bob") == Draft(
        description="Rollback to v3",
        user="bob",
        slug=GOOD.slug,
        commit=GOOD.commit,
        config=GOOD.config,
        formation=GOOD.formation,
    )
