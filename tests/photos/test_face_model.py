"""The model's description without sizes, and everything else as it was."""

from __future__ import annotations

import pytest

from liff_app.photos.face_model import ModelBroken, of_any_size

from .onnx_bytes import message, model

SHAPE = b"\x0a\x02\x08\x0a\x0a\x02\x08\x20"
WEIGHTS = bytes(range(256)) * 90  # longer than any one-byte length


def test_inputs_and_outputs_state_no_size_and_all_else_stays() -> None:
    assert of_any_size(model(shape=SHAPE, weights=WEIGHTS)) == model(shape=None, weights=WEIGHTS)


def test_a_model_without_sizes_stays_byte_for_byte() -> None:
    plain = model(shape=None, weights=WEIGHTS)
    assert of_any_size(plain) == plain


@pytest.mark.parametrize(
    "broken",
    [message(7, b"\x5a\x7f"), b"\x3a", b"\x0b", b"\xff" * 4, message(7, message(11, b"\x09\1"))],
)
def test_what_is_no_protocol_buffer_is_refused(broken: bytes) -> None:
    with pytest.raises(ModelBroken):
        of_any_size(broken)
