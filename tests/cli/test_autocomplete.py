"""`autocomplete`: what each shell is given, and what a word may become."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from command_line import SCRIPTS, Herogate, Said
from shops import NAME, Shop

from herogate.cli.completion import candidates
from herogate.cli.completion_cache import Cache
from herogate.cli.completion_scripts import SCRIPTS as SHELLS
from herogate.errors import EndpointUnreachable


class Known:
    """Two apps and two config vars."""

    def apps(self) -> Sequence[str]:
        return ["my-shop", "my-site"]

    def keys(self, app: str | None) -> Sequence[str]:
        return ["DATABASE_URL", "RAILS_ENV"] if app in (None, "my-shop") else []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ps:sc", ["ps:scale"]),
        ("releases:r", ["releases:retry", "releases:rollback"]),
        ("git ", ["clone", "remote"]),
        ("git re", ["remote"]),
        ("ps:scale --a", ["--app"]),
        ("ps:scale -a my-s", ["my-shop", "my-site"]),
        ("ps:scale --app=my-sh", ["--app=my-shop"]),
        ("info my-si", ["my-site"]),
        ("config:get R", ["RAILS_ENV"]),
        ("config:get RAILS_ENV ", ["DATABASE_URL"]),
        ("config:set -a my-shop D", ["DATABASE_URL="]),
        ("config:get -a other ", []),
        ("config:unset --app=other ", []),
        ("nosuch x", []),
    ],
)
def test_a_word_may_become(line: str, words: list[str]) -> None:
    assert candidates(line.split(" "), Known()) == words


def test_what_was_answered_is_kept_for_a_short_time(tmp_path: Path) -> None:
    times = iter([0.0, 0.0, 1e12, 0.0])
    cache = Cache(tmp_path, now=lambda: next(times))
    answers = iter([["one"], ["two"], ["three"]])

    def ask() -> Sequence[str]:
        return next(answers)

    assert [cache.answer("apps", ask) for _ in range(2)] == [["one"], ["one"]]
    assert cache.answer("apps", ask) == ["two"]
    cache.forget()
    assert cache.answer("apps", ask) == ["three"]


def test_what_cannot_be_found_out_is_not_completed(tmp_path: Path) -> None:
    def fail() -> Sequence[str]:
        raise EndpointUnreachable("no answer")

    assert Cache(tmp_path).answer("apps", fail) == []


def test_where_nothing_can_be_kept_it_is_asked_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2_000_000_000)  # nobody's
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "file").touch()
    answers = iter([["one"], ["two"], ["three"], ["four"]])
    for cache in (Cache(), Cache(tmp_path / "file")):
        first, second = (cache.answer("apps", lambda: next(answers)) for _ in range(2))
        assert first != second
        cache.forget()
    assert [*tmp_path.iterdir()] == [tmp_path / "file"]


def test_instructions_are_for_the_users_shell(herogate: Herogate) -> None:
    said = herogate("autocomplete", SHELL="/usr/bin/zsh")
    assert 'eval "$(herogate autocomplete:script zsh)"' in said.out
    assert "autocomplete:script fish | source" in herogate("autocomplete", "fish").out
    assert herogate("autocomplete", "csh") == Said(
        out="",
        err=" ›   Error: There is no completion for csh.\n ›\n ›   There is for bash, zsh, fish.\n",
        code=2,
    )
    assert herogate("autocomplete", "--refresh-cache").code == 0


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_each_script_is_one_its_shell_understands(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "script"
    file.write_text(SHELLS[shell])
    checked = subprocess.run([shell, "-n", file], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_completes_behind_a_colon_and_after_a_flag(tmp_path: Path) -> None:
    program = """
        eval "$(herogate autocomplete:script bash)"
        for COMP_LINE in "herogate ps:sc" "herogate ps:scale --re"; do
            COMP_POINT=${#COMP_LINE}; _herogate; echo "${COMPREPLY[@]}"
        done
    """
    said = subprocess.run(
        ["bash", "-c", program],
        env={"PATH": f"{SCRIPTS}:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert said.stdout.splitlines() == ["scale", "--region --remote"]


@pytest.mark.e2e
def test_apps_and_config_vars_are_asked_of_aws(shop: Shop) -> None:
    for home in (shop.environment["HOME"], os.devnull):
        said = shop.herogate("autocomplete:words", "--", "info", "", HOME=home)
        assert said == Said(out=f"{NAME}\n", err="", code=0)
    assert shop.herogate("autocomplete:words", "--", "config:get", "X").code == 0
