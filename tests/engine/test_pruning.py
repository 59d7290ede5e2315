"""What old releases leave behind goes, unless something can still go back to it."""

from __future__ import annotations

from releases_cases import release, slug

from herogate.engine.pruning import KEPT, Refuse, parameters, plan
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
    old = [record(2, image="b"), record(1, image="b")]
    assert plan([*NEWER, *old], current=NEWER[0].release.number) == Refuse(
        up_to=2,
        image_digests=(f"sha256:{'b' * 64}",),
        definitions=("web:2", "web:1"),
    )


def test_what_newer_releases_use_too_stays() -> None:
    refuse = plan([*NEWER, record(2)], current=NEWER[0].release.number)
    assert refuse == Refuse(up_to=2, definitions=("web:2",))


def test_the_release_in_effect_stays_however_old_it_is() -> None:
    assert plan([*NEWER, record(2, image="b")], current=2) == Refuse(up_to=1)


def test_values_go_that_only_releases_use_of_which_nothing_else_is_left() -> None:
    records = [
        record(4, KEY="/b/2", EMPTY=""),
        record(3, KEY="/b/1", OTHER="/o/2"),
        record(2, KEY="/b/1", OTHER="/o/1", EMPTY=""),
        record(1, KEY="/b/0", OTHER="/o/1"),
    ]
    assert parameters(records, up_to=2) == ("/o/1", "/b/0")
    assert parameters(records, up_to=0) == ()
    assert parameters(records[:3], up_to=4) == ("/b/2", "/b/1", "/o/2", "/o/1")


def test_a_release_without_a_slug_leaves_no_image() -> None:
    empty = Record(release=release(1, slug=None))
    assert plan([*NEWER, empty], current=NEWER[0].release.number) == Refuse(up_to=1)
