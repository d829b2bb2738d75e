"""Photos: processor time of one, memory of its child, and a long run of hostile files.

`python -m bench.photos` prints the figures; `python -m bench.photos --hostile 2000` sends at least
so many hostile and odd files through the pipeline and examines what becomes of each.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from flask import Flask
from PIL import Image

from liff_app import clock, i18n
from liff_app.gateways.file_store_local import LocalStore
from liff_app.photos import service
from liff_app.photos.decoding import Workshop
from liff_app.photos.rules import Kind, kind_of
from tests.photos import corpus, heic_files
from tests.photos.examining import examine

TIMES = 30
SEED = 2026


def busy(width: int, height: int, quality: int) -> bytes:
    """A JPEG as full of detail as a photo of a street."""
    coarse = Image.effect_noise((width // 4, height // 4), 70).resize((width, height))
    fine = Image.effect_noise((width, height), 25)
    return corpus.saved(Image.blend(coarse, fine, 0.5).convert("RGB"), "JPEG", quality=quality)


def cpu_of_web() -> float:
    """Processor seconds of this process, the helper not counted."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def figures() -> None:
    """Print what one photo costs, by what is sent."""
    workshop = Workshop()
    begun = time.perf_counter()
    workshop.rebuild(corpus.jpeg(), Kind.JPEG)
    print(
        f"start of the workshop with the first photo: {1000 * (time.perf_counter() - begun):.0f} ms"
    )
    heads = f"{'child CPU ms':>14}{'web CPU ms':>12}{'wall p50 ms':>13}{'peak MB':>9}"
    print(f"{'photo':34}{'kB':>7}{heads}")
    for name, raw in (
        ("smallest", corpus.jpeg()),
        ("1600 px from a page of ours", busy(1600, 1200, 78)),
        ("12 megapixels from a camera", busy(4032, 3024, 80)),
        ("24 megapixels from a camera", busy(5712, 4284, 60)),
        ("12 megapixels HEIC, flat", heic_files.LARGE),
    ):
        kind = kind_of(raw)
        assert kind
        child, wall, peak, web = [], [], 0, cpu_of_web()
        for _ in range(TIMES):
            begun = time.perf_counter()
            made = workshop.rebuild(raw, kind)
            wall.append(1000 * (time.perf_counter() - begun))
            child.append(made.cpu_ms)
            peak = max(peak, made.peak_kb)
        web = 1000 * (cpu_of_web() - web) / TIMES
        print(
            f"{name:34}{len(raw) / 1000:7.0f}{statistics.median(child):14.0f}{web:12.1f}"
            f"{statistics.median(wall):13.0f}{peak / 1024:9.0f}"
        )
    large = workshop.rebuild(busy(1600, 1200, 78), Kind.JPEG).large
    drawn = [workshop.mask(large, [(0.2, 0.2, 0.1, 0.1)] * 5).cpu_ms for _ in range(TIMES)]
    print(f"{'a mask of five boxes':34}{len(large) / 1000:7.0f}{statistics.median(drawn):14.0f}")
    workshop.close()


def shelving() -> None:
    """Print what writing both files takes, with its syncs, in a folder of the temporary disk."""
    prepared = service.prepare(busy(1600, 1200, 78))
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder), disk_usage=lambda _: (10**13, 0, 10**13))
        wall = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            service.shelve(store, prepared, now=clock.now())
            wall.append(1000 * (time.perf_counter() - begun))
    print(f"both files written and synced: p50 {statistics.median(wall):.1f} ms")


def hostile(count: int, seed: int) -> int:
    """Send at least `count` files through; 1 if anything about one of them is wrong."""
    became: Counter[str] = Counter()
    faults: list[str] = []
    longest, begun = (0.0, ""), time.perf_counter()
    for case in corpus.cases(seed, damage=max(120, count - 280)):
        before = time.perf_counter()
        verdict = examine(case)
        longest = max(longest, (time.perf_counter() - before, case.name))
        became[verdict.became] += 1
        faults += verdict.faults
    seconds = time.perf_counter() - begun
    print(f"{sum(became.values())} files, seed {seed}, {seconds:.0f} s: {dict(became)}")
    print(f"longest: {longest[0]:.2f} s ({longest[1]})")
    print(f"faults: {len(faults)}")
    for fault in faults[:20]:
        print(f"  {fault}")
    return 1 if faults else 0


def main() -> int:
    """Print the figures, or the account of a hostile run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hostile", type=int, default=0, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    app = Flask("bench")
    i18n.init_app(app)
    with app.app_context():
        if asked.hostile:
            return hostile(asked.hostile, asked.seed)
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {TIMES} times each")
        figures()
        shelving()
    return 0


if __name__ == "__main__":
    sys.exit(main())
