"""Proposals of faces: how many faces are found by size and state, and what a look costs.

`python -m bench.faces` needs the extra (`make faces`). The project holds no picture of a person:
faces come from portraits inside the wheels of scikit-image and matplotlib, where those are
installed (`pip install --no-deps scikit-image matplotlib`, into an environment for measuring);
without them only time and memory are measured. Three people are few, none of them stands in a
Japanese street, and a portrait that is pasted has edges: the figures compare, they promise nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from bench.photos import busy
from liff_app.photos import face_rules, faces
from liff_app.photos.face_rules import Face
from liff_app.photos.rules import Box
from tests.photos import corpus

SEED = 2026
SCENE = (1600, 1200)
AROUND = 2.2  # of the face: hair and shoulders belong to the picture of a person
ENOUGH = 0.7  # of the face below one box; less can be recognised
HEIGHTS = (8, 12, 16, 24, 32, 48, 96, 160, 320, 480, 720, 1000)
WAYS: dict[str, tuple[int, ...]] = {"1600": (1600,), "640": (640,), "both": (1600, 640)}
# Face from hairline to chin, read off by hand: left, top, width, height as parts.
PORTRAITS: dict[tuple[str, str], Box] = {
    ("skimage", "data/astronaut.png"): (0.350, 0.146, 0.186, 0.220),
    ("skimage", "data/camera.png"): (0.380, 0.235, 0.125, 0.140),  # from the side
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"): (0.336, 0.233, 0.371, 0.313),
}
NOBODY = (
    *("brick", "cell", "chelsea", "clock_motion", "coffee", "coins", "color", "grass", "gravel"),
    *("horse", "moon", "motorcycle_left", "motorcycle_right", "page", "text", "rocket", "retina"),
)


def _covered(picture: Image.Image) -> Image.Image:
    """A grey cloth from the nose down, as a mask in winter."""
    worn = picture.copy()
    size = picture.height
    spot = (0.27 * size, 0.52 * size, 0.73 * size, 0.75 * size)
    ImageDraw.Draw(worn).rectangle(spot, fill=(215, 220, 222))
    return worn


Change = Callable[[Image.Image], Image.Image]
STATES: dict[str, Change] = {
    "as it is": lambda picture: picture,
    "tilted by 30°": lambda picture: picture.rotate(30, Image.Resampling.BICUBIC),
    "lying, 90°": lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
    "upside down": lambda picture: picture.transpose(Image.Transpose.ROTATE_180),
    "dark (35 %)": lambda picture: ImageEnhance.Brightness(picture).enhance(0.35),
    "blurred (1/12 of the face)": lambda picture: picture.filter(
        ImageFilter.GaussianBlur(picture.height / AROUND / 12)
    ),
    "lower half covered": _covered,
}


@dataclass(frozen=True, slots=True)
class Person:
    """A square cut around a head; the face is the middle `1 / AROUND` of its height."""

    picture: Image.Image
    narrow: float  # the face's width as a part of its height


def _folder(package: str) -> Path | None:
    found = importlib.util.find_spec(package)
    return Path(next(iter(found.submodule_search_locations or ()))) if found else None


def people() -> list[Person]:
    """Everybody whose portrait is installed."""
    found = []
    for (package, name), (left, top, width, height) in PORTRAITS.items():
        folder = _folder(package)
        if folder is None or not (folder / name).is_file():
            continue
        with Image.open(folder / name) as read:
            picture = read.convert("RGB")
        high, wide = height * picture.height, width * picture.width
        x, y = (left + width / 2) * picture.width, (top + height / 2) * picture.height
        half = high * AROUND / 2
        cut = picture.crop((round(x - half), round(y - half), round(x + half), round(y + half)))
        found.append(Person(cut, wide / high))
    return found


def scenes(
    who: Sequence[Person], height: int, change: Change, count: int, seed: int
) -> Iterator[tuple[bytes, list[Box]]]:
    """Copies of 1600 × 1200 with faces so many pixels high, and where the faces are."""
    chance = random.Random(seed)
    whole = round(height * AROUND)
    size = min(whole, SCENE[1])  # of somebody very near, less than hair and shoulders
    across, down = min(3, SCENE[0] // size), min(2, SCENE[1] // size)
    for number in range(count):
        picture = Image.open(io.BytesIO(busy(*SCENE, 90))).convert("RGB")
        truth: list[Box] = []
        for at in range(across * down):
            person = who[(number + at) % len(who)]
            patch = person.picture.resize((whole, whole), Image.Resampling.LANCZOS)
            edge = (whole - size) // 2
            patch = change(patch.crop((edge, edge, edge + size, edge + size)))
            room = SCENE[0] // across, SCENE[1] // down
            x = at % across * room[0] + chance.randint(0, room[0] - size)
            y = at // across * room[1] + chance.randint(0, room[1] - size)
            picture.paste(patch, (x, y))
            wide = height * person.narrow  # of a face that lies, its middle part
            left, top = x + (size - wide) / 2, y + (size - height) / 2
            truth.append((left / SCENE[0], top / SCENE[1], wide / SCENE[0], height / SCENE[1]))
        yield corpus.saved(picture, "JPEG", quality=80), truth


def hits(found: Sequence[Face], truth: Sequence[Box]) -> int:
    """How many faces lie below a proposal for the greater part."""
    boxes = face_rules.proposed(found, ())
    return sum(any(face_rules.hidden(face, by=box) >= ENOUGH for box in boxes) for face in truth)


def recall(runtime: Any, who: Sequence[Person], count: int) -> None:  # noqa: ANN401 - see session
    """Print which part of the faces is proposed, by height, then by state."""
    print(f"\nfaces found, by height in pixels of a 1600 px copy; shown to the model at {[*WAYS]}")
    for height in HEIGHTS:
        _line(runtime, f"{height} px", scenes(who, height, STATES["as it is"], count, SEED))
    for height in (24, 64):
        print(f"\nfaces of {height} px")
        for name, change in STATES.items():
            _line(runtime, name, scenes(who, height, change, count, SEED + height))


def _line(runtime: Any, name: str, made: Iterator[tuple[bytes, list[Box]]]) -> None:  # noqa: ANN401 - see session
    from liff_app.photos import face_finder  # noqa: PLC0415 - needs the extra

    total, extra, found = 0, 0, dict.fromkeys(WAYS, 0)
    for copy, truth in made:
        by_side = {side: face_finder.found(runtime, copy, (side,)) for side in WAYS["both"]}
        total += len(truth)
        for way, sides in WAYS.items():
            seen = face_rules.distinct([face for side in sides for face in by_side[side]])
            found[way] += hits(seen, truth)
        extra += max(0, len(seen) - hits(seen, truth))
    told = "".join(f"{found[way]:>6}/{total} {100 * found[way] / total:4.0f} %" for way in WAYS)
    print(f"{name:30}{told}   beside: {extra}")


def nobody(runtime: Any) -> None:  # noqa: ANN401 - see session
    """Print how many proposals pictures get that show no person, and a drawn face."""
    from liff_app.photos import face_finder  # noqa: PLC0415 - needs the extra

    folder = _folder("skimage")
    names = [one for one in (folder / "data").glob("*.*") if one.stem in NOBODY] if folder else []
    wrong = 0
    for name in names:
        with Image.open(name) as read:
            copy = corpus.saved(read.convert("RGB"), "JPEG", quality=80)
        wrong += len(face_finder.found(runtime, copy))
    print(f"\nproposals on {len(names)} pictures without a person: {wrong}")
    smile = corpus.saved(drawn(), "JPEG", quality=80)
    print(f"proposals on a drawn face: {len(face_finder.found(runtime, smile))} of 1")


def drawn() -> Image.Image:
    """A face as a child draws it."""
    picture = Image.new("RGB", (800, 600), (140, 180, 210))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((300, 180, 500, 430), fill=(240, 205, 180), outline=(90, 60, 50), width=4)
    for x in (360, 440):
        pen.ellipse((x - 14, 270, x + 14, 290), fill=(40, 30, 30))
    pen.line((400, 300, 392, 345, 405, 345), fill=(120, 80, 70), width=4)
    pen.arc((350, 340, 450, 395), 20, 160, fill=(150, 40, 40), width=6)
    return picture


def costs(finder: faces.Finder, times: int) -> None:
    """Print time and memory of whole looks, the start of the process included."""
    print(f"\n{'a look':22}{'wall p50 s':>12}{'CPU p50 s':>11}{'peak MB':>9}")
    for width, height in ((1600, 1200), (1600, 1600), (640, 480)):
        copy = busy(width, height, 80)
        wall, cpu, peak = [], [], 0
        for _ in range(times):
            begun = time.perf_counter()
            try:
                looked = finder.look(copy)
            except faces.NotLooked as error:
                print(f"{width} × {height}: {error.missed}")
                continue
            wall.append(time.perf_counter() - begun)
            cpu.append(looked.cpu_ms / 1000)
            peak = max(peak, looked.peak_kb)
        if wall:
            figures = f"{statistics.median(wall):12.2f}{statistics.median(cpu):11.2f}"
            print(f"{f'{width} × {height}':22}{figures}{peak / 1024:9.0f}")


def main() -> int:
    """Print all figures; a sentence where the extra is not installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=4, help="pictures for every line")
    parser.add_argument("--times", type=int, default=5, help="whole looks of every size")
    asked = parser.parse_args()
    finder, model = faces.finder(), faces.model_file()
    if finder is None or model is None:
        print("the extra is not installed: nothing is proposed, nothing measured (make faces)")
        return 0
    from liff_app.photos import face_finder  # noqa: PLC0415 - needs the extra

    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}, Python {sys.version.split()[0]}")
    costs(finder, asked.times)
    runtime = face_finder.session(model)
    who = people()
    if not who:
        print("\nno portraits are installed (scikit-image, matplotlib): recall was not measured")
        return 0
    print(f"\n{len(who)} people, least score {face_rules.LEAST_SCORE}")
    nobody(runtime)
    recall(runtime, who, asked.scenes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
