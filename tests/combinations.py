"""Combinations of options: every pair of values of two options is in one of them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any

Options = Mapping[str, Sequence[Any]]


def pairwise(options: Options, *, count: int) -> list[dict[str, Any]]:
    """Combinations in which every pair is, and further ones up to `count`; always the same.

    Each takes of many drawn ones that which has most pairs in it that none before has.
    """
    dice = random.Random(2018)
    missing = set(_all_pairs(options))
    found: list[dict[str, Any]] = []
    while missing or len(found) < count:
        drawn = [_with(pair, options, dice) for pair in _some(missing, dice) for _ in range(10)]
        best = max(drawn or [_drawn(options, dice)], key=lambda each: len(_pairs(each) & missing))
        missing -= _pairs(best)
        if best not in found:
            found.append(best)
    return found


def _all_pairs(options: Options) -> list[frozenset[tuple[str, Any]]]:
    return [
        frozenset({(first, one), (second, other)})
        for first, second in combinations(options, 2)
        for one, other in product(options[first], options[second])
    ]


def _pairs(combination: Mapping[str, Any]) -> set[frozenset[tuple[str, Any]]]:
    return {frozenset(pair) for pair in combinations(combination.items(), 2)}


def _some(
    missing: set[frozenset[tuple[str, Any]]], dice: random.Random
) -> list[frozenset[tuple[str, Any]]]:
    ordered = sorted(missing, key=lambda pair: sorted(map(repr, pair)))
    return dice.sample(ordered, min(5, len(ordered)))


def _with(
    pair: frozenset[tuple[str, Any]], options: Options, dice: random.Random
) -> dict[str, Any]:
    return {**_drawn(options, dice), **dict(pair)}


def _drawn(options: Options, dice: random.Random) -> dict[str, Any]:
    return {name: dice.choice(values) for name, values in options.items()}
