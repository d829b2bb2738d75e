"""The program that decodes strangers' photos; how it lives and what binds it: `limited_program`.

Started by `decoding.py`, one for each web process.
"""

from __future__ import annotations

import json

from liff_app import frames, limited_program
from liff_app.photos import drawing
from liff_app.photos.rules import Kind

# Honest photos need 0.8 s at most: a PNG of 24 megapixels, 33 MB, on a machine with other work.
CPU_SECONDS = 3


def main() -> None:
    """Take photos until the web process ends."""
    limited_program.serve(_answer, cpu_seconds=CPU_SECONDS)


def _answer(job: frames.Header, body: bytes) -> tuple[frames.Header, tuple[bytes, ...]]:
    """The pictures, or why there are none."""
    try:
        drawn = _drawn(job, body)
    except drawing.Refused as error:
        return {"refused": error.refusal.value}, ()
    told: frames.Header = {
        "width": drawn.width,
        "height": drawn.height,
        "position": drawn.position,
    }
    return told, (drawn.large, drawn.thumb)


def _drawn(job: frames.Header, body: bytes) -> drawing.Drawn:
    if job.get("job") == "mask":
        return drawing.mask(body, [tuple(box) for box in json.loads(str(job["boxes"]))])
    return drawing.rebuild(body, Kind(str(job["kind"])), want_position=bool(job["position"]))
