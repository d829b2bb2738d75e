"""Procedures: a whole journey to a receipt number, many at once, and the cost of one page.

    python -m bench.procedures [--database URL] [--journeys 100]

One web process on one core, its clients on the other, over HTTP: session, guard, database, sealing,
page and compression are all in the figure. A journey is what a browser without a script does: the
purpose read and agreed to, two pages read and answered, the answers checked, sent, the number read.
The pages' part runs inside one process: what was posted is read, the form evaluated, the page made.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import re
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask
from werkzeug.datastructures import MultiDict

from bench import load, towns, web
from bench import report_asked as people
from liff_app import clock, create_app, schema
from liff_app.clock import JST
from liff_app.config import read
from liff_app.db import db, transaction
from liff_app.procedures.engine.document import Document, Kind, Page, Question
from liff_app.procedures.engine.evaluation import evaluate
from liff_app.procedures.fields.reading import read_page
from liff_app.procedures.fields.sentences import page_faults
from liff_app.procedures.fields.showing import page_view
from tests.procedures.ground import choices, document, ja, page, publish, question

JOURNEY_MS, PAGE_MS = 60.0, 8.0  # limits, p50
AT_ONCE = 20  # clients
EACH = 8  # journeys of one resident: ten sendings an hour are allowed
LIFF = "/liff/procedures"
WHO = {"name": "山田 花子", "phone": "090-1234-5678"}
WHAT = {"kind": "sofa", "count": "2"}
_NUMBER = re.compile(r"令\d+-例-\d{6}-\d")
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Wrong(Exception):
    """The town answered something else than expected."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One journey: its number, and what each request took, ms of the clock."""

    number: str
    wall: tuple[float, ...]


class Browser:
    """Somebody's browser without a script, on one connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = cookie
        self.wall: list[float] = []

    def close(self) -> None:
        """The connection is gone."""
        self._line.close()

    def get(self, path: str) -> str:
        """The page."""
        return self._ask("GET", path, None)[1]

    def post(self, path: str, fields: dict[str, str]) -> str:
        """The address that the answer leads to."""
        return self._ask("POST", path, fields)[0]

    def _ask(self, method: str, path: str, fields: dict[str, str] | None) -> tuple[str, str]:
        headers = {"Cookie": f"machimado={self._cookie}", "Accept-Encoding": "gzip"}
        body = None
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            headers |= {"Origin": "http://localhost"}
            body = urlencode(fields)
        begun = time.perf_counter()
        self._line.request(method, path, body=body, headers=headers)
        answer = self._line.getresponse()
        raw = answer.read()
        self.wall.append(1000 * (time.perf_counter() - begun))
        packed = answer.headers.get("Content-Encoding") == "gzip"
        text = (gzip.decompress(raw) if packed else raw).decode()
        if answer.status != (303 if fields is not None else 200):
            raise Wrong(f"{method} {path}: {answer.status} {text[:400]}")
        return answer.headers.get("Location", ""), text


def journey(port: int, cookie: str) -> Journey:
    """From the purpose of use to the receipt number."""
    with closing(Browser(port, cookie)) as one:
        start = one.get(f"{LIFF}/mihon")
        base = one.post(f"{LIFF}/mihon", _hidden(start)).rpartition("/")[0]
        for name, fields in (("who", WHO), ("what", WHAT)):
            shown = one.get(f"{base}/{name}")
            one.post(f"{base}/{name}", _hidden(shown) | fields | {"step": "next"})
        check = one.get(f"{base}/check-answers")
        received = one.post(f"{base}/check-answers", _hidden(check) | {"step": "send"})
        found = _NUMBER.search(one.get(received))
        if found is None:
            raise Wrong("no number on the receipt")
        return Journey(found[0], tuple(one.wall))


def _hidden(text: str) -> dict[str, str]:
    form = text[text.index('<form class="procedure-') :] if "<form class" in text else text
    return dict(_HIDDEN.findall(form))


def main() -> None:
    """Print the table. Exit 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="a PostgreSQL server on which a database may be made")
    parser.add_argument("--journeys", type=int, default=100)
    given = parser.parse_args()
    if not measure(given.database, journeys=given.journeys):
        raise SystemExit(1)


def measure(database: str | None = None, *, journeys: int = 100) -> bool:
    """Print the figures of one database; gives whether every limit was kept."""
    with towns.environment(database) as environ:
        app = create_app(read(environ))
        with app.app_context():
            schema.upgrade(db.engine)
            with transaction() as session:
                publish(session, document(), now=clock.now())
            cookies = people.sign_in()
            kept = pages(app)
            name = db.engine.dialect.name
            db.session.close()
            db.engine.dispose()
        load.pin(1)
        port = towns.free_port()
        with web.server("wsgi:app", port, **environ) as pid:
            kept = _alone(port, pid, cookies, journeys, name) and kept
            _together(port, pid, cookies[-(-(EACH + journeys) // EACH) :], name)
        bare = _bare()
    print(f"bare Flask view of 9 KB in the same run: {bare:.2f} ms a request")
    print("limits kept" if kept else "a limit was missed")
    return kept


def _alone(port: int, pid: int, cookies: list[str], journeys: int, name: str) -> bool:
    """One client, one journey after the other."""
    queue = iter([one for one in cookies for _ in range(EACH)])
    for _ in range(EACH):
        journey(port, next(queue))  # to warm up
    cpu = load.cpu_seconds(pid)
    done = [journey(port, next(queue)) for _ in range(journeys)]
    cpu_ms = 1000 * (load.cpu_seconds(pid) - cpu) / journeys
    _distinct(done)
    whole = [sum(one.wall) for one in done]
    p50, p95 = statistics.median(whole), sorted(whole)[int(0.95 * len(whole))]
    print(
        f"{name}: whole journey, {len(done[0].wall)} requests, {journeys} times: "
        f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, CPU {cpu_ms:.1f} ms (limit {JOURNEY_MS:.0f})"
    )
    return p50 < JOURNEY_MS


def _together(port: int, pid: int, cookies: list[str], name: str) -> None:
    """Twenty clients at once."""
    work = [one for _ in range(EACH) for one in cookies]  # three drafts of a form each, no more
    cpu, begun = load.cpu_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda cookie: journey(port, cookie), work))
    seconds = time.perf_counter() - begun
    _distinct(done)
    waits = sorted(wall for one in done for wall in one.wall)
    cpu_ms = 1000 * (load.cpu_seconds(pid) - cpu) / len(done)
    print(
        f"{name}: {AT_ONCE} clients at once, {len(done)} journeys: {len(done) / seconds:.1f} a "
        f"second, {len(waits) / seconds:.0f} requests a second, a request p95 "
        f"{waits[int(0.95 * len(waits))]:.0f} ms, CPU {cpu_ms:.1f} ms a journey"
    )


def _distinct(done: list[Journey]) -> None:
    if len({one.number for one in done}) != len(done):
        raise Wrong("two journeys have one number")


def _bare() -> float:
    port = towns.free_port()
    with (
        web.server("bench.bare:app", port, BARE_BYTES="9000"),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line,
    ):
        walls = []
        for _ in range(300):
            begun = time.perf_counter()
            line.request("GET", "/constant")
            line.getresponse().read()
            walls.append(1000 * (time.perf_counter() - begun))
        return statistics.median(walls)


# --- pages of a form of 60 questions, inside one process -----------------------------------------


def pages(app: Flask) -> bool:
    """Print what a page of six, and one of all sixty questions costs; whether the limit is kept."""
    small = document(*(page(f"p{at}", *_questions(at * 6, 6)) for at in range(10)))
    large = document(page("p0", *_questions(0, 60)))
    walls = [_timed(_page_work(app, one, one.pages[0])) for one in (small, large)]
    print(
        f"read, evaluated, rendered: a page of six of a form's 60 questions p50 {walls[0]:.2f} ms "
        f"(limit {PAGE_MS:.0f}), all 60 on one page {walls[1]:.2f} ms"
    )
    return walls[0] < PAGE_MS


def _questions(start: int, count: int) -> Iterator[Question]:
    """Six kinds in turn, each with a condition, a requirement or a constraint."""
    for at in range(start, start + count):
        before = f"q{at - at % 6}"
        yield (
            question(f"q{at}", Kind.CHOOSE_ONE, required="true()", choices=choices("a", "b", "c")),
            question(f"q{at}", required="true()", relevant=f"${{{before}}} = 'a'"),
            question(f"q{at}", Kind.INTEGER, constraint=". >= 0 and . <= 999",
                     constraint_message=ja("0から999までの数を入れてください。")),
            question(f"q{at}", Kind.DATE, constraint=". <= today()"),
            question(f"q{at}", Kind.CHOOSE_MANY, choices=choices("a", "b", "c", "d")),
            question(f"q{at}", Kind.CALCULATED, calculation=f"if(${{{before}}} = 'a', 800, 400)"),
        )[at % 6]  # fmt: skip


def _page_work(app: Flask, form: Document, asked: Page) -> Callable[[], str]:
    """One posted page: read, put to the answers, evaluated, shown again with its faults."""
    typed = MultiDict([("asked", " ".join(one.name for one, _ in form.questions()))])
    for one, _ in form.questions():
        if one.kind is Kind.DATE:
            typed.update({f"{one.name}.era": "r", f"{one.name}.y": "8", f"{one.name}.m": "4",
                          f"{one.name}.d": "1"})  # fmt: skip
        elif one.kind is not Kind.CALCULATED:
            typed.add(one.name, {Kind.INTEGER: "1200", Kind.TEXT: "まど"}.get(one.kind, "a"))
    template = app.jinja_env.get_template("components/form_items.html")
    today = clock.now().astimezone(JST).date()

    def work() -> str:
        found = read_page(form, asked, typed, {})
        answers = dict(found.answers)
        evaluated = evaluate(form, answers, today=today)
        faults = page_faults(form, asked, evaluated, "ja")
        view = page_view(form, asked, evaluated, answers, language="ja", errors=faults)
        macros = template.make_module({})
        return str(macros.form_items(view))  # type: ignore[attr-defined]  # a macro of the template

    return work


def _timed(work: Callable[[], str]) -> float:
    """p50 of 200 rounds, ms of the clock, after some to warm up."""
    if "エラー：" not in work():
        raise Wrong("the page shows no fault: it was not evaluated")
    for _ in range(20):
        work()
    walls = []
    for _ in range(200):
        begun = time.perf_counter()
        work()
        walls.append(1000 * (time.perf_counter() - begun))
    return statistics.median(walls)


if __name__ == "__main__":
    main()
