"""What comes of an engine's stream."""

from __future__ import annotations

import itertools

from herogate.local.runtimes.docker.frames import Frame, Frames, Weave

OUT, ERRORS = 1, 2
TWO = b"\1\0\0\0\0\0\0\3one" + b"\2\0\0\0\0\0\0\2no"


def test_pieces_are_found_however_they_arrive() -> None:
    wanted = [Frame(stream=OUT, content=b"one"), Frame(stream=ERRORS, content=b"no")]
    for length in range(1, len(TWO) + 1):
        frames = Frames()
        received = [TWO[at : at + length] for at in range(0, len(TWO), length)]
        assert list(itertools.chain(*map(frames.take, received))) == wanted


def test_no_line_of_either_stream_is_torn() -> None:
    weave = Weave()
    said = [(OUT, b"a be"), (ERRORS, b"an err"), (OUT, b"gun\nnext"), (ERRORS, b"or\n")]
    woven = [weave.take(Frame(stream=stream, content=content)) for stream, content in said]
    assert [*woven, weave.rest()] == [b"", b"", b"a begun\n", b"an error\n", b"next"]


def test_what_nothing_ends_is_handed_on_at_last_and_too_long_a_line_before() -> None:
    weave = Weave()
    long = b"x" * (256 * 1024 + 1)
    assert weave.take(Frame(stream=OUT, content=long)) == long
    weave.take(Frame(stream=ERRORS, content=b"error"))
    weave.take(Frame(stream=OUT, content=b"out"))
    assert (weave.rest(), weave.rest()) == (b"out\nerror", b"")
