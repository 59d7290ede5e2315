"""The pages of apps, as a browser would see them."""

from __future__ import annotations

from urllib.error import URLError
from urllib.request import urlopen


def shows(url: str, app: str) -> bool:
    """Whether the page of an app stands at an address.

    An address that an app has left may be another's at once, so nobody answering is not asked for.
    """
    try:
        with urlopen(url, timeout=10) as page:
            text = page.read().decode()
    except URLError:
        return False
    return app in text and "nothing here yet" in text
