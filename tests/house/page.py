"""A page as a reader of HTML sees it, and what every page of ours must be."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

from werkzeug.test import TestResponse

Attrs = dict[str, str]
VOID = {"meta", "link", "input", "br", "img", "hr", "path", "circle", "source", "wbr", "col"}
LABELLED = {"input", "select", "textarea"}
TITLE_CHARS = 12  # LINE's bar shows no more
INERT = {"template", "noscript"}  # not part of the page until something makes it so


@dataclass
class Element:
    """One element: its tag, attributes, the text inside it, and what it stands in."""

    tag: str
    attrs: Attrs
    inside: tuple[Element, ...]
    text: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The text inside, spaces folded."""
        return " ".join("".join(self.text).split())

    def stands_in(self, *tags: str) -> bool:
        """Whether one of the tags is around it."""
        return any(parent.tag in tags for parent in self.inside)


class Page(HTMLParser):
    """Every element of a page, in order."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.policy = answer.headers["Content-Security-Policy"]
        raw = answer.get_data()
        packed = answer.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(raw) if packed else raw
        self.gzip_bytes = len(gzip.compress(body, 6))
        self.feed(body.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {k: v or "" for k, v in attrs}, tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].tag == tag:
                del self._open[index:]
                return

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)

    def all(self, *tags: str) -> list[Element]:
        """Elements of these tags that are part of the page."""
        return [e for e in self.elements if e.tag in tags and not e.stands_in(*INERT)]


def faults(answer: TestResponse, path: str) -> list[str]:
    """Everything that is wrong with a page of ours; empty is right."""
    page = Page(answer)
    return [
        *_frame(page, path),
        *_labels(page),
        *_references(page),
        *_policy(page),
    ]


def _frame(page: Page, path: str) -> list[str]:
    found = []
    html, title = page.all("html"), page.all("title")
    if len(html) != 1 or not html[0].attrs.get("lang"):
        found.append("the page says no language")
    if len(page.all("h1")) != 1 or not page.all("h1")[0].words:
        found.append(f"{len(page.all('h1'))} headings h1")
    words = title[0].words if title else ""
    if not words:
        found.append("no title")
    if path.startswith("/liff") and len(words) > TITLE_CHARS:
        found.append(f"title of {len(words)} characters: {words}")
    if len(page.all("main")) != 1:
        found.append("no one main part")
    levels = [int(e.tag[1]) for e in page.all("h1", "h2", "h3", "h4")]
    found += [f"heading h{b} after h{a}" for a, b in pairwise(levels) if b > a + 1]
    return found


def _labels(page: Page) -> list[str]:
    labels = {e.attrs["for"] for e in page.all("label") if "for" in e.attrs and e.words}
    found = []
    for e in page.all(*LABELLED):
        named = (
            e.attrs.get("id") in labels
            or any(p.tag == "label" and p.words for p in e.inside)
            or e.attrs.get("aria-label")
            or e.attrs.get("aria-labelledby")
        )
        if e.attrs.get("type") not in ("hidden", "submit") and not named:
            found.append(f"no label: {e.tag} {e.attrs}")
    found += [f"no alt: {e.attrs}" for e in page.all("img") if "alt" not in e.attrs]
    found += [
        f"says nothing: {e.tag} {e.attrs}"
        for e in page.all("button", "a")
        if not (e.words or e.attrs.get("aria-label"))
    ]
    return found


def _references(page: Page) -> list[str]:
    ids = [e.attrs["id"] for e in page.elements if "id" in e.attrs and not e.stands_in(*INERT)]
    found = [f"id twice: {one}" for one in sorted(set(ids)) if ids.count(one) > 1]
    for e in page.all(*{e.tag for e in page.elements}):
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            targets = e.attrs.get(name, "").split()
            found += [f"{name} of {e.tag} leads nowhere: {o}" for o in targets if o not in ids]
        href = e.attrs.get("href", "")
        if href.startswith("#") and len(href) > 1 and href[1:] not in ids:
            found.append(f"link leads nowhere: {href}")
    return found


def _policy(page: Page) -> list[str]:
    allowed = re.search(r"'nonce-([^']+)'", page.policy)
    nonce = allowed[1] if allowed else None
    found = []
    for e in page.elements:
        found += [f"inline handler {n}" for n in e.attrs if n.startswith("on")]
        if "style" in e.attrs:
            found.append(f"inline style on {e.tag}")
        if any(v.strip().lower().startswith("javascript:") for v in e.attrs.values()):
            found.append("script address")
        if e.tag == "script" and not e.attrs.get("src"):
            found.append("inline script")
        if e.tag in ("script", "style") and not _may_run(e, page.policy, nonce):
            found.append(f"{e.tag} that the policy refuses: {e.attrs}")
        if "download" in e.attrs:
            found.append("download, which LINE's browser does not know")
    return found


def _may_run(element: Element, policy: str, nonce: str | None) -> bool:
    if nonce is not None:
        return element.attrs.get("nonce") == nonce
    if element.tag == "style":
        digest = b64encode(sha256("".join(element.text).encode()).digest()).decode()
        return "nonce" not in element.attrs and f"'sha256-{digest}'" in policy
    return "nonce" not in element.attrs and element.attrs["src"].startswith("/")
