"""What old releases leave behind goes, unless something can still go back to it."""

from __future__ import annotations

from releases_cases import release, slug

from herogate.engine.pruning import KEPT, Refuse, plan
from herogate.engine.release_records import Progress, Record


def record(number: int, *, image: str = "a", **config: str) -> Record:
    return Record(
        release=release(number, slug=slug(image), config=config),
        progress=Progress(definitions={"web": f"web:{number}"}),
    )


NEWER = [record(number) for number in range(KEPT + 2, 2, -1)]


def test_nothing_goes_while_there_are_few_releases() -> None:
    assert plan(NEWER, current=3) == Refuse()


def test_what_only_old_releases_use_goes() -> None:
    old = [record(2, image="b", KEY="/b/1"), record(1, image="b", KEY="/b/1", OTHER="/o/1")]
    assert plan([*NEWER, *old], current=NEWER[0].release.number) == Refuse(
        up_to=2,
        image_digests=(f"sha256:{'b' * 64}",),
        parameters=("/b/1", "/o/1"),
        definitions=("web:2", "web:1"),
    )


def test_what_newer_releases_use_too_stays() -> None:
    refuse = plan([*NEWER, record(2)], current=NEWER[0].release.number)
    assert refuse == Refuse(up_to=2, definitions=("web:2",))


def test_the_release_in_effect_stays_however_old_it_is() -> None:
    assert plan([*NEWER, record(2, image="b", KEY="/b/1")], current=2) == Refuse(up_to=1)


def test_a_release_without_a_slug_leaves_no_image() -> None:
    empty = Record(release=release(1, slug=None))
    assert plan([*NEWER, empty], current=NEWER[0].release.number) == Refuse(up_to=1)
