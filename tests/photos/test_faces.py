"""Proposals of faces by a finder that finds, is slow, dies, talks nonsense, or is not there."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from liff_app.photos import faces
from liff_app.photos.face_rules import Face
from liff_app.photos.faces import Looked, Missed, ModelFinder, NotLooked, Proposal
from tests.photos import corpus

from .onnx_bytes import model


class Fake:
    """A finder that has its answer ready."""

    def __init__(self, found: Sequence[Face] = (), missed: Missed | None = None) -> None:
        self.found, self.missed = tuple(found), missed

    def look(self, copy: bytes) -> Looked:
        """What it was told to find, whatever the picture."""
        del copy
        if self.missed:
            raise NotLooked(self.missed)
        return Looked(faces=self.found)


class Program(ModelFinder):
    """A finder whose process runs something else."""

    def __init__(self, program: str, *, milliseconds: int = 5000) -> None:
        super().__init__(Path("none"), milliseconds=milliseconds)
        self._program = program

    def command(self) -> list[str]:
        """Python with that program."""
        return [sys.executable, "-I", "-c", self._program]


LOW = Face(0.1, 0.7, 0.1, 0.1, 0.9)
HIGH = Face(0.5, 0.1, 0.1, 0.1, 0.4)
TELL = (
    "import socket; line = socket.socket(fileno=0); text = b'%s'; "
    "line.sendall(len(text).to_bytes(4, 'big') + text); line.close()"
)


def test_the_surest_are_proposed_in_reading_order_and_the_rest_is_counted() -> None:
    faint = Face(0.8, 0.8, 0.1, 0.1, 0.31)
    found = faces.propose(Fake([LOW, HIGH, faint]), b"", (), most=2)
    assert [box[1] for box in found.boxes] == pytest.approx([0.085, 0.685])
    assert (found.left_out, found.missed) == (1, None)


def test_without_room_nothing_is_proposed_but_counted() -> None:
    assert faces.propose(Fake([LOW, HIGH]), b"", (), most=0) == Proposal(left_out=2)


@pytest.mark.parametrize("missed", [Missed.BUSY, Missed.SLOW, Missed.FAILED])
def test_what_cannot_be_looked_at_gives_no_boxes_and_says_why(missed: Missed) -> None:
    assert faces.propose(Fake(missed=missed), b"", (), most=12) == Proposal(missed=missed)


def test_without_the_extra_there_is_nothing_and_a_reason() -> None:
    assert faces.propose(None, b"", (), most=12) == Proposal(missed=Missed.ABSENT)


def test_the_answer_of_the_process_is_read() -> None:
    text = '{"faces": [[0.0, 0.25, 0.5, 0.5, 0.75], [9, 9]], "peak_kb": 7, "cpu_ms": 8}'
    looked = Program(TELL % text).look(corpus.jpeg())
    assert looked == Looked(faces=(Face(0.0, 0.25, 0.5, 0.5, 0.75),), peak_kb=7, cpu_ms=8)


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(3)",
        "import os; os.kill(os.getpid(), 11)",
        "import socket; line = socket.socket(fileno=0); line.sendall(b'\\xff' * 400); line.close()",
        TELL % "[]",
        TELL % '{"faces": []}',
    ],
)
def test_a_process_that_dies_or_talks_nonsense_gives_no_faces(program: str) -> None:
    with pytest.raises(NotLooked) as caught:
        Program(program).look(corpus.jpeg())
    assert caught.value.missed is Missed.FAILED


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "import os, signal; os.kill(os.getpid(), signal.SIGALRM)",
        "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)",
    ],
)
def test_a_process_without_an_end_is_ended_and_the_reason_is_time(program: str) -> None:
    finder = Program(program, milliseconds=200)
    with pytest.raises(NotLooked) as caught:
        finder.look(corpus.jpeg())
    assert caught.value.missed is Missed.SLOW


def test_after_a_slow_picture_the_next_one_has_its_turn() -> None:
    finder = Program("import time; time.sleep(60)", milliseconds=100)
    for _ in range(2):
        with pytest.raises(NotLooked) as caught:
            finder.look(corpus.jpeg())
        assert caught.value.missed is Missed.SLOW


def test_the_real_program_without_a_runtime_that_reads_the_model_fails_softly(
    tmp_path: Path,
) -> None:
    file = tmp_path / "centerface.onnx"
    file.write_bytes(model(shape=b"", weights=b""))
    with pytest.raises(NotLooked):
        ModelFinder(file).look(corpus.jpeg())
