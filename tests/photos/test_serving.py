"""Over the wire a photo is a JPEG that can run nothing."""

from __future__ import annotations

from liff_app.photos import serving


def test_a_staff_copy_is_kept_by_nobody() -> None:
    found = serving.answer(b"\xff\xd8")
    assert found.data == b"\xff\xd8"
    assert found.headers["Content-Type"] == "image/jpeg"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Content-Disposition"] == "inline; filename=photo.jpg"
    policy = found.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert found.headers["Cache-Control"] == "private, no-store"


def test_a_public_copy_may_be_kept_for_a_short_time() -> None:
    assert serving.answer(b"", public=True).headers["Cache-Control"] == "public, max-age=300"
