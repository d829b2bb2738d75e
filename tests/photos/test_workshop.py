"""The helper process: limits that hold, deaths that harm nobody, ends with its web process."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from liff_app import frames, i18n
from liff_app.photos import decoding
from liff_app.photos.decoding import Limits, Workshop
from liff_app.photos.refusals import PhotoRefused, PhotosBusy, WorkshopDown
from liff_app.photos.rules import Kind
from tests.conftest import ROOT
from tests.photos import corpus


@pytest.fixture(autouse=True, scope="module")
def sentences() -> Iterator[None]:
    app = Flask("sentences")
    i18n.init_app(app)
    with app.app_context():
        yield


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    found = Workshop()
    yield found
    found.close()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(PhotoRefused) as caught:
        call()
    return caught.value.shown_code


def until(true: Callable[[], bool]) -> None:
    """Wait for it; a test that waits in vain fails."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("in vain")


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_it_starts_with_the_first_photo_and_stays(workshop: Workshop) -> None:
    assert workshop.pid is None
    workshop.rebuild(corpus.jpeg(), Kind.JPEG)
    first = workshop.pid
    assert first
    workshop.rebuild(corpus.png(), Kind.PNG)
    assert workshop.pid == first


def test_memory_is_limited(workshop: Workshop) -> None:
    large = corpus.saved(Image.new("RGB", (4000, 3000), (9, 9, 9)), "PNG", compress_level=1)
    assert workshop.rebuild(large, Kind.PNG).width == 1600
    small = Workshop(Limits(memory_mb=90))
    try:
        assert code_of(lambda: small.rebuild(large, Kind.PNG)) == "photo_too_many_pixels"
        assert small.rebuild(corpus.jpeg(), Kind.JPEG).width == 160
    finally:
        small.close()


@pytest.mark.parametrize("milliseconds", [1, 300])
def test_time_is_limited(milliseconds: int) -> None:
    """The bomb works for longer than any of these; the child ends by its own alarm."""
    short = Workshop(Limits(milliseconds=milliseconds))
    try:
        assert code_of(lambda: short.rebuild(corpus.many_scans(), Kind.JPEG)) == "photo_timeout"
    finally:
        short.close()


# Modules of ours without the web application: to load it takes all the seconds of a child.
ALONE = (
    "import sys, types\n"
    "sys.modules['liff_app'] = types.ModuleType('liff_app')\n"
    "sys.modules['liff_app'].__path__ = [sys.argv[1]]\n"
)


def test_a_child_can_open_nothing(workshop: Workshop, tmp_path: Path) -> None:
    """As if a decoder had been taken over: the child's own limits, tried from inside."""
    program = (
        f"{ALONE}import os, socket\nfrom liff_app import limited_program\n"
        "limited_program.limit(memory_mb=300, milliseconds=5000, cpu_seconds=3)\n"
        "for name, act in {'read': lambda: open('/etc/hostname'), 'dup': lambda: os.dup(1),\n"
        "    'write': lambda: open(sys.argv[2], 'w'), 'net': lambda: socket.socket()}.items():\n"
        "    try:\n        act(); print(name, 'worked')\n"
        "    except OSError: print(name, 'refused')\n"
        "try:\n    bytearray(300 * 2**20); print('memory', 'worked')\n"
        "except MemoryError: print('memory', 'refused')\n"
    )
    told = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program, str(ROOT / "liff_app"), str(tmp_path / "x")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split("\n")[:-1] == [
        f"{name} refused" for name in ("read", "dup", "write", "net", "memory")
    ]


def test_the_processor_is_limited_more_than_the_clock() -> None:
    program = (
        f"{ALONE}import resource\nfrom liff_app import limited_program\n"
        "from liff_app.photos.workshop import CPU_SECONDS\n"
        "limited_program.limit(memory_mb=300, milliseconds=5000, cpu_seconds=CPU_SECONDS)\n"
        "print(resource.getrlimit(resource.RLIMIT_CPU))"
    )
    told = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program, str(ROOT / "liff_app")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == "(3, 4)\n"


def test_it_knows_no_secret_and_loads_no_web_application(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = decoding._BEGIN.replace(  # noqa: SLF001 - else only the superuser could look
        "workshop.main()",
        "from liff_app import limited_program\n"
        "limited_program.close_memory = lambda: None\nworkshop.main()",
    )
    monkeypatch.setattr(decoding, "_BEGIN", opened)
    workshop.rebuild(corpus.jpeg(), Kind.JPEG)
    environment = Path(f"/proc/{workshop.pid}/environ").read_bytes()
    names = {part.partition(b"=")[0] for part in environment.split(b"\0") if part}
    assert names <= {b"LC_ALL", b"MALLOC_ARENA_MAX", b"LD_LIBRARY_PATH", b"LC_CTYPE"}
    assert b"sqlalchemy" not in Path(f"/proc/{workshop.pid}/maps").read_bytes().lower()


def test_killed_between_two_photos_it_is_started_again(workshop: Workshop) -> None:
    workshop.rebuild(corpus.jpeg(), Kind.JPEG)
    first = workshop.pid
    assert first
    os.kill(first, signal.SIGKILL)
    until(lambda: not is_running(first))
    assert workshop.rebuild(corpus.jpeg(), Kind.JPEG).width == 160
    assert workshop.pid != first


def children(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def test_killed_during_a_photo_the_photo_is_made_by_the_next(workshop: Workshop) -> None:
    workshop.rebuild(corpus.jpeg(), Kind.JPEG)
    first = workshop.pid or 0
    until(lambda: not children(first))
    large = corpus.saved(corpus.quarters(5000, 4900), "PNG", compress_level=1)
    made: list[int] = []
    thread = threading.Thread(target=lambda: made.append(workshop.rebuild(large, Kind.PNG).width))
    thread.start()
    until(lambda: bool(children(first)))
    at_work = children(first)
    os.kill(first, signal.SIGKILL)
    thread.join()
    assert made == [1600]
    until(lambda: not any(is_running(pid) for pid in at_work))


def test_a_child_that_crashes_refuses_its_photo_and_no_other(workshop: Workshop) -> None:
    workshop.rebuild(corpus.jpeg(), Kind.JPEG)
    helper = workshop.pid or 0
    until(lambda: not children(helper))
    codes: list[str] = []

    def send() -> None:
        codes.append(code_of(lambda: workshop.rebuild(corpus.many_scans(), Kind.JPEG)))

    thread = threading.Thread(target=send)
    thread.start()
    until(lambda: bool(children(helper)))
    os.kill(children(helper)[0], signal.SIGSEGV)
    assert workshop.rebuild(corpus.png(), Kind.PNG).width == 160
    thread.join()
    assert codes == ["photo_broken"]
    assert workshop.pid == helper
    until(lambda: not children(helper))


def test_a_workshop_that_keeps_dying_is_unavailable(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "_BEGIN", "raise SystemExit")
    with pytest.raises(WorkshopDown):
        workshop.rebuild(corpus.jpeg(), Kind.JPEG)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_web_process(how: signal.Signals) -> None:
    program = (
        "import sys, time\nfrom liff_app.photos.decoding import workshop\n"
        "from liff_app.photos.rules import Kind\nfrom tests.photos import corpus\n"
        "workshop.rebuild(corpus.jpeg(), Kind.JPEG)\n"
        "print(workshop.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        helper = int(parent.stdout.readline())
        assert is_running(helper)
        parent.send_signal(how)
    until(lambda: not is_running(helper))


def test_a_fork_of_the_web_process_gets_its_own(workshop: Workshop) -> None:
    """And the parent's ends with the parent, although a fork lives on."""
    program = (
        "import os, time\nfrom liff_app.photos.decoding import workshop\n"
        "from liff_app.photos.rules import Kind\nfrom tests.photos import corpus\n"
        "workshop.rebuild(corpus.jpeg(), Kind.JPEG)\n"
        "mine, ready = workshop.pid, os.pipe()\n"
        "if os.fork() == 0:\n"
        "    workshop.rebuild(corpus.jpeg(), Kind.JPEG)\n"
        "    print(mine, workshop.pid, flush=True)\n"
        "    os.write(ready[1], b'x')\n    time.sleep(3)\n    os._exit(0)\n"
        "os.read(ready[0], 1)\nos._exit(0)\n"
    )
    with subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        parents, forks = (int(one) for one in parent.stdout.readline().split())
        assert parents != forks
        until(lambda: not is_running(parents))
        assert is_running(forks), "the fork's own goes on with the fork"
    until(lambda: not is_running(forks))


def test_many_threads_may_send_at_once(workshop: Workshop) -> None:
    widths: list[int] = []
    raws = [corpus.saved(corpus.quarters(100 + number, 90), "JPEG") for number in range(24)]

    def send(number: int) -> None:
        while True:  # as a phone does that is told to come again
            with contextlib.suppress(PhotosBusy):
                return widths.append(workshop.rebuild(raws[number], Kind.JPEG).width - number)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert widths == [100] * 24, "nobody gets another's photo"


def test_a_child_that_was_taken_over_is_ended_from_outside(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a decoder switched off its alarm and slept: it takes no processor time to be caught."""
    flawed = decoding._BEGIN.replace(  # noqa: SLF001 - the flaw is planted there
        "workshop.main()",
        "import signal, time\n"
        "from liff_app import limited_program\n"
        "from liff_app.photos import drawing\n"
        "def sleep(*_a, **_k):\n"
        "    signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "    time.sleep(60)\n"
        "drawing.rebuild = sleep\n"
        "limited_program.LONGEST_SECONDS = 0.5\n"
        "workshop.main()",
    )
    monkeypatch.setattr(decoding, "_BEGIN", flawed)
    assert code_of(lambda: workshop.rebuild(corpus.jpeg(), Kind.JPEG)) == "photo_timeout"
    until(lambda: not children(workshop.pid or 0))


def test_bytes_that_trickle_come_to_an_end() -> None:
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def trickle() -> None:
        while not stop.wait(0.01):
            theirs.send(b"x")

    thread = threading.Thread(target=trickle)
    with ours, theirs:
        thread.start()
        with pytest.raises(TimeoutError):
            frames.receive(ours, 100_000, until=time.monotonic() + 0.3)
        stop.set()
        thread.join()


FORGED = {
    "a page": "drawing._as_jpeg = lambda picture, quality: b'<html>'",
    "a size of its own": "program._used = lambda: {'width': 9999}",
    "a word for a number": "program._used = lambda: {'width': 'wide'}",
    "a word for a length": "program._used = lambda: {'bodies': ['many', 1]}",
    "too much": "program._used = lambda: {'bodies': [2**40, 1]}",
    "too many": "program._used = lambda: {'bodies': [0] * 1000}",
    "one picture": "program._used = lambda: {'bodies': [300]}",
    "no lengths": "program._used = lambda: {'bodies': None}",
    "a death it did not die": "program._used = lambda: {'died': {}}",
    "a reason there is none": "program._used = lambda: {'refused': []}",
    "no header": "frames.packed = lambda header: b'\\0\\0\\0\\2[]'",
    "half a header": "frames.packed = lambda header: b'\\xff' * 9",
}


@pytest.mark.parametrize("flaw", FORGED.values(), ids=FORGED)
def test_what_is_no_photo_of_ours_is_not_believed(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, flaw: str
) -> None:
    """As if a decoder had been taken over and sent what it likes."""
    flawed = decoding._BEGIN.replace(  # noqa: SLF001 - the flaw is planted there
        "workshop.main()",
        "from liff_app import frames, limited_program as program\n"
        f"from liff_app.photos import drawing\n{flaw}\nworkshop.main()",
    )
    monkeypatch.setattr(decoding, "_BEGIN", flawed)
    assert code_of(lambda: workshop.rebuild(corpus.jpeg(), Kind.JPEG)) == "photo_broken"
