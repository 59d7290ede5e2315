"""Ten thousand names as people might type them: good for every service, or refused at once."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from name_rules import OF_APPS, OF_CONFIG_VARS, OF_PROCESS_TYPES, OF_SPACES, refused

from herogate.cli import main
from herogate.engine import config_rules, procfile
from herogate.errors import BuildFailed, InvalidRequest
from stacks import names

LONGEST_REGION = "us-isof-south-1"

Run = Callable[..., tuple[int, str]]

_LETTERS = "abz-09_AÉ.é/ :$\n"
_NEAR_APP = st.text("abz09-", min_size=1, max_size=28)
_NEAR_IDENTIFIER = st.text("aZ_09-", min_size=1, max_size=34)
_PREFIXED = st.builds(
    str.__add__,
    st.sampled_from([*config_rules.RESERVED_PREFIXES, "PORT", "AWS_", "aws", "ssm/"]),
    st.text("AZ_09", max_size=4),
)
_CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
_NO_UTF8 = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"])
_TYPED = st.one_of(
    st.text(_LETTERS, max_size=30),
    # What a shell can hand over: no NUL, and bytes that are no UTF-8 as surrogates.
    st.text(st.one_of(_CHARACTERS, _NO_UTF8), max_size=40),
)


def examples(count: int) -> settings:
    """As many examples, the same ones in every run."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


class Endpoint:
    """An AWS endpoint at which nobody answers; it counts who comes."""

    def __init__(self) -> None:
        self.calls = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._turn_away)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _turn_away(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._listening.accept()[0].close()
                self.calls += 1


@pytest.fixture(scope="module")
def aws() -> Iterator[Endpoint]:
    """The endpoint to which this process's AWS settings lead."""
    endpoint = Endpoint()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        patch.setenv("AWS_REGION", "us-east-1")
        patch.delenv("AWS_PROFILE", raising=False)
        yield endpoint
    endpoint.close()


@pytest.fixture
def herogate(aws: Endpoint, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """`herogate`, in this process; a command that calls AWS fails the test."""
    with pytest.MonkeyPatch.context() as patch:

        def run(*arguments: str) -> tuple[int, str]:
            patch.setattr(sys, "argv", ["herogate", *arguments])
            before = aws.calls
            code = main()
            assert aws.calls == before, arguments
            return code, capfd.readouterr().err

        yield run


@examples(3_500)
@given(name=st.one_of(_NEAR_APP, _TYPED))
def test_the_name_of_an_app_is_good_for_every_service_or_refused(herogate: Run, name: str) -> None:
    try:
        names.check_app(name)
    except names.InvalidName:
        assert_refused(herogate("apps:create", "--no-remote", "--", name))
        assert_refused(herogate("apps:info", f"--app={name}"))
    else:
        assert refused(OF_APPS, name, LONGEST_REGION) == []


@examples(1_500)
@given(name=st.one_of(_NEAR_APP, _TYPED))
def test_the_name_of_a_space_is_good_for_every_service_or_refused(herogate: Run, name: str) -> None:
    try:
        names.check_space(name)
    except names.InvalidName:
        assert_refused(herogate("spaces:create", "--", name))
    else:
        assert refused(OF_SPACES, name, LONGEST_REGION) == []


@examples(2_500)
@given(name=st.one_of(_NEAR_IDENTIFIER, _TYPED))
def test_a_process_type_is_good_for_every_service_or_refused(herogate: Run, name: str) -> None:
    try:
        procfile.check({name: "true"})
    except BuildFailed:
        assert_refused(herogate("ps:scale", "--app=my-shop", "--", f"{name}=1"))
    else:
        assert refused(OF_PROCESS_TYPES, name, LONGEST_REGION) == []


@examples(2_500)
@given(name=st.one_of(_NEAR_IDENTIFIER, _PREFIXED, _TYPED).filter(lambda name: "=" not in name))
def test_a_config_var_is_good_for_every_service_or_refused(herogate: Run, name: str) -> None:
    try:
        config_rules.check({name: "1"})
    except InvalidRequest:
        assert_refused(herogate("config:set", "--app=my-shop", "--", f"{name}=1"))
    else:
        assert refused(OF_CONFIG_VARS, name, LONGEST_REGION) == []


def assert_refused(said: tuple[int, str]) -> None:
    code, told = said
    assert code == 2
    assert "Error:" in told
    assert "Traceback" not in told
