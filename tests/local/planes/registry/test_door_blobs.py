"""Blobs as a client of the OCI distribution API pushes and reads them."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from local_cloud import LocalCloud
from registries import Client, client_of, digest_of, unique
from waiting import wait_until


def test_a_blob_is_read_in_ranges(shop: Client) -> None:
    digest = shop.push_blob(b"0123456789")
    part = shop.call("GET", f"blobs/{digest}", Range="bytes=2-4")
    rest = shop.call("GET", f"blobs/{digest}", Range="bytes=7-")

    assert (part.status, part.body, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert (rest.status, rest.body) == (206, b"789")
    assert shop.call("GET", f"blobs/{digest}", Range="bytes=10-").status == 416


def test_an_upload_goes_on_where_it_stopped(shop: Client) -> None:
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    first = shop.call("PATCH", upload, b"01234", Content_Range="0-4")
    assert (first.status, first.headers["Range"]) == (202, "0-4")

    gap = shop.call("PATCH", upload, b"x", Content_Range="9-9")
    assert (gap.code, gap.headers["Range"]) == ((416, "BLOB_UPLOAD_INVALID"), "0-4")
    assert shop.call("GET", upload).headers["Range"] == "0-4"
    assert shop.call("PATCH", upload, iter([b"56", b"7"])).status == 202
    digest = digest_of(b"0123456789")
    last = f"{upload}?digest={digest}"
    assert shop.call("PUT", last, b"01", Content_Range="0-1").code == (416, "BLOB_UPLOAD_INVALID")
    assert shop.call("PUT", last, b"89", Content_Range="8-9").status == 201
    assert shop.call("GET", f"blobs/{digest}").body == b"0123456789"
    assert shop.call("GET", upload).code == (404, "BLOB_UPLOAD_UNKNOWN")


@pytest.mark.parametrize("said", ["0-1", "0-9", "1-5", "bytes 0-4/5", "0-", "all"])
def test_a_piece_that_is_not_where_or_what_it_says_is_refused(shop: Client, said: str) -> None:
    upload = shop.call("POST", "blobs/uploads", b"").headers["Location"]
    refused = shop.call("PATCH", upload, b"01234", Content_Range=said)
    assert (refused.code, refused.headers["Location"]) == ((416, "BLOB_UPLOAD_INVALID"), upload)
    assert shop.call("PATCH", upload, b"01234", Content_Range="0-4").headers["Range"] == "0-4"


def test_an_upload_that_breaks_off_goes_on_with_what_has_arrived(shop: Client) -> None:
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    address = urlsplit(shop.address)
    with socket.create_connection((str(address.hostname), address.port or 0)) as breaking:
        headers = {**shop.headers, "Host": address.netloc, "Content-Length": "10"}
        lines = [f"PATCH {upload} HTTP/1.1", *(f"{name}: {said}" for name, said in headers.items())]
        breaking.sendall("\r\n".join([*lines, "", "01234"]).encode())
        wait_until(lambda: shop.call("GET", upload).headers["Range"] == "0-4")
    assert shop.call("PATCH", upload, b"567", Content_Range="5-7").headers["Range"] == "0-7"
    digest = digest_of(b"0123456789")
    assert shop.call("PUT", f"{upload}?digest={digest}", b"89").status == 201
    assert shop.call("GET", f"blobs/{digest}").body == b"0123456789"


def test_a_blob_may_be_empty(shop: Client) -> None:
    assert shop.call("GET", f"blobs/{shop.push_blob(b'')}").body == b""


def test_a_blob_is_pushed_by_one_request(shop: Client) -> None:
    digest = digest_of(b"whole")
    pushed = shop.call("POST", f"blobs/uploads/?digest={digest}", b"whole")
    assert (pushed.status, pushed.headers["Location"]) == (
        201,
        f"/v2/{shop.repository}/blobs/{digest}",
    )
    assert shop.call("GET", f"blobs/{digest}").body == b"whole"


def test_a_blob_that_is_not_what_its_digest_says_is_refused(shop: Client) -> None:
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    wrong = shop.call("PUT", f"{upload}?digest={digest_of(b'other')}", b"this")
    assert wrong.code == (400, "DIGEST_INVALID")
    assert shop.call("PUT", f"{upload}?digest=md5:1234").code == (400, "DIGEST_INVALID")
    assert shop.call("HEAD", f"blobs/{digest_of(b'other')}").status == 404


def test_an_upload_that_is_given_up_is_gone(shop: Client) -> None:
    upload = shop.call("POST", "blobs/uploads/", b"").headers["Location"]
    assert shop.call("DELETE", upload).status == 204
    assert shop.call("PATCH", upload, b"x").code == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_blob_is_mounted_from_another_repository(cloud: LocalCloud, shop: Client) -> None:
    other = client_of(cloud, unique("other"))
    digest = other.push_blob(b"shared")
    mounted = shop.call("POST", f"blobs/uploads/?mount={digest}&from={other.repository}", b"")
    missing = digest_of(b"missing")
    begun = shop.call("POST", f"blobs/uploads/?mount={missing}&from={other.repository}", b"")

    assert (mounted.status, begun.status) == (201, 202)
    assert shop.call("GET", f"blobs/{digest}").body == b"shared"


def test_two_who_push_the_same_blob_both_succeed(shop: Client) -> None:
    content = os.urandom(1 << 20)
    with ThreadPoolExecutor(4) as pool:
        digests = set(pool.map(shop.push_blob, [content] * 4))
    assert digests == {digest_of(content)}
    assert shop.call("GET", f"blobs/{digest_of(content)}").body == content
