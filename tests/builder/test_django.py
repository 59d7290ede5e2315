"""Django apps on the host base: their static files are collected."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from builds import Build, Machine

MANAGE = """
import pathlib, sys
import django
if sys.argv[1:] != ["collectstatic", "--noinput"]:
    raise SystemExit(f"unexpected: {sys.argv}")
import settings
collected = pathlib.Path("staticfiles")
collected.mkdir()
(collected / "shop.css").write_text(pathlib.Path("shop.css").read_text())
print("1 static file copied.")
"""
COLLECTING = "-----> $ python manage.py collectstatic --noinput"


@pytest.fixture
def shop(at: Machine) -> Machine:
    """A build environment with an app whose requirements have a package of Django's name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("django/__init__.py", "")
        about = "Metadata-Version: 2.1\nName: django\nVersion: 5.0\n"
        archive.writestr("django-5.0.dist-info/METADATA", about)
        archive.writestr("django-5.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("django-5.0.dist-info/RECORD", "")
    at.write(
        {
            "wheels/django-5.0-py3-none-any.whl": packed.getvalue(),
            "requirements.txt": "--no-index\n--find-links wheels\ndjango==5.0\n",
            "Procfile": "web: gunicorn shop.wsgi\n",
            "manage.py": MANAGE,
            "settings.py": "",
            "shop.css": "first",
        }
    )
    return at


def collected(at: Machine, build: Build) -> str | None:
    """What the image has of the stylesheet, among the static files."""
    manifest = at.client.call("GET", f"manifests/{build.document['image_digest']}").json
    content = at.client.call("GET", f"blobs/{manifest['layers'][-1]['digest']}").body
    with tarfile.TarFile(fileobj=io.BytesIO(content)) as layer:
        assert not any("__pycache__" in name for name in layer.getnames())
        if "app/staticfiles/shop.css" not in layer.getnames():
            return None
        found = layer.extractfile("app/staticfiles/shop.css")
        return found.read().decode() if found else None


def test_static_files_are_collected_in_an_environment_old_or_new(shop: Machine) -> None:
    first = shop.build()
    assert first.lines[first.lines.index(COLLECTING) + 1] == "       1 static file copied."
    assert collected(shop, first) == "first"

    (shop.source / "staticfiles/shop.css").unlink()
    (shop.source / "staticfiles").rmdir()
    shop.write({"shop.css": "second"})
    second = shop.build(2)
    assert second.lines[2:5] == [
        "-----> Using the Python environment of an earlier build",
        COLLECTING,
        "       1 static file copied.",
    ]
    assert collected(shop, second) == "second"


def test_an_app_whose_settings_cannot_be_read_is_built_without_them(shop: Machine) -> None:
    shop.write({"settings.py": 'import os\nKEY = os.environ["SECRET_KEY"]\n'})
    build = shop.build()
    assert (build.status, collected(shop, build)) == (0, None)
    assert "       KeyError: 'SECRET_KEY'" in build.lines
    assert [line for line in build.lines if line.startswith(" !")] == [
        " !     The static files are not collected: manage.py ended with 1.",
        " !     The app is built without them. A build has no config vars: a setting that is read",
        " !     from one needs a default.",
    ]


def test_an_app_without_static_files_is_not_spoken_to_of_them(shop: Machine) -> None:
    shop.write({"manage.py": "# django\nraise SystemExit(\"Unknown command: 'collectstatic'\")\n"})
    build = shop.build()
    assert build.status == 0
    assert not [line for line in build.lines if "collectstatic" in line]
