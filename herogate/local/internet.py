"""How this machine reaches the internet, as the environment of `local start` says it.

Builds are given it, and it alone: an environment that is clean of everything could fetch no package on a
machine behind a proxy, with certificates of its own, or with an index of its own. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_EXCEPTIONS = "no_proxy"
_CERTIFICATES = (
    *("ssl_cert_file", "ssl_cert_dir", "requests_ca_bundle", "curl_ca_bundle"),
    *("git_ssl_cainfo", "git_ssl_capath", "node_extra_ca_certs", "nix_ssl_cert_file"),
)
_PIP = ("cert", "client_cert", "config_file", "default_timeout", "extra_index_url", "find_links")
_PIP_TOO = ("index_url", "keyring_provider", "no_index", "proxy", "retries", "timeout")
_NPM = ("cafile", "globalconfig", "https_proxy", "noproxy", "proxy", "registry", "userconfig")
_KNOWN = frozenset(
    (
        *(*_PROXIES, *_CERTIFICATES, "pip_trusted_host", "npm_config_strict_ssl"),
        *(f"pip_{name}" for name in (*_PIP, *_PIP_TOO)),
        *(f"npm_config_{name}" for name in _NPM),
    )
)
"""In lower case: programs differ in which case they read."""

_OWN = ("localhost", "127.0.0.1", "::1")
_LOGIN = re.compile(r"//([^/@\s]+)@")


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of an environment that programs need to reach the internet from here."""
    known = {name: value for name, value in environment.items() if name.lower() in _KNOWN}
    return {**known, **around_proxies(environment)}


def around_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that lead around proxies to this machine itself; none if there are no proxies."""
    if not any(environment.get(name) for name in _either_case(_PROXIES)):
        return {}
    exceptions = _either_case((_EXCEPTIONS,))
    said = ",".join((*(environment.get(name, "") for name in exceptions), *_OWN))
    hosts = dict.fromkeys(host.strip() for host in said.split(",") if host.strip())
    return dict.fromkeys(exceptions, ",".join(hosts))


def passwords(settings: Mapping[str, str]) -> list[str]:
    """What nobody is to read in a log: the passwords and tokens in the settings' URLs."""
    secret = []
    for value in settings.values():
        for found in _LOGIN.finditer(value):
            user, _, password = found[1].partition(":")
            is_token = len(user) > len(password)  # with nothing or a placeholder for a password
            secret += [user, password] if is_token else [password]
    return [*secret, *map(unquote, secret)]


def _either_case(names: Iterable[str]) -> list[str]:
    return [each for name in names for each in (name, name.upper())]
