"""What of somebody's words came alive in a page: run, linked, loaded, or made an element."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Error, Frame, Page

from .conftest import Visit
from .payloads import MARK

TILES = "cyberjapandata.gsi.go.jp"  # the map's background; no test may reach it
POLICY = "policy:"  # how `conftest.WATCH` begins to say that the policy refused something
SETTLE_MS = 60  # what an error or a load would start has started
PATIENCE_SECONDS = 10  # a busy machine draws late; what is still not there will never be
LOOK_AGAIN_MS = 100

# Every node, whatever the policy would do about it: a policy that holds is the second wall.
LOOK = """(mark) => {
  const found = [];
  const small = mark.toLowerCase();
  const holds = (text) => String(text).toLowerCase().includes(small);
  if (mark in window) found.push(`window.${mark}`);
  if (mark in {}) found.push('prototype');
  const loads = ['src', 'srcset', 'srcdoc', 'data', 'poster', 'action', 'formaction', 'background',
    'xlink:href', 'style'];
  const strange = ['script', 'style', 'base', 'meta', 'iframe', 'object', 'embed', 'link', 'frame'];
  const isToken = (one) => one.localName === 'meta' && one.name === 'csrf-token'
    && /^[\\w.-]+$/.test(one.content);
  const look = (root) => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
    for (let one = walk.nextNode(); one; one = walk.nextNode()) {
      if (one.nodeType === Node.COMMENT_NODE) {
        if (holds(one.data)) found.push(`comment ${one.data}`);
        continue;
      }
      const bare = one.cloneNode(false);
      bare.removeAttribute('nonce');  // random letters too
      const shown = bare.outerHTML.slice(0, 160);
      const name = one.localName;
      if (one.content instanceof DocumentFragment) look(one.content);
      if (name === 'base') found.push(shown);
      else if (isToken(one)) continue;  // random letters, and any of them may come together
      else if (strange.includes(name) && holds(shown + one.textContent)) found.push(shown);
      for (const { name: attribute, value } of one.attributes) {
        if (attribute.startsWith('on') || holds(attribute)) found.push(shown);
        else if (loads.includes(attribute) && holds(value)) found.push(shown);
        else if (['id', 'name'].includes(attribute) && value === mark) found.push(shown);
        else if (attribute.endsWith('href')) {
          if (/^\\s*(java|vb)script:/i.test(value)) found.push(shown);
          if (/^\\s*data:/i.test(value) && holds(value)) found.push(shown);
        }
      }
    }
  };
  look(document);
  return found;
}"""

# A form that was changed by hand and sent: what no page's own fields would hold.
POST = """([path, fields]) => {
  const token = document.querySelector('meta[name=csrf-token], input[name=csrf_token]');
  const form = Object.assign(document.createElement('form'), { method: 'post', action: path });
  const all = { ...fields, csrf_token: token.content || token.value };
  Object.entries(all).forEach(([name, text]) => {
    [text].flat().forEach((value) => {
      const field = document.createElement('input');
      form.append(Object.assign(field, { type: 'hidden', name, value }));
    });
  });
  document.body.append(form);
  form.submit();
}"""

WORDS = """() => {
  document.querySelectorAll('details').forEach((one) => { one.open = true; });
  const typed = [...document.querySelectorAll('input:not([type=hidden]), textarea')]
    .map((one) => one.value);
  return [document.body.innerText, ...typed].join('\\n');
}"""


class Watch:
    """Somebody's browser, looked at after every page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.page: Page = visit.page
        self.dialogs: list[str] = []
        self.seen = ""
        visit.foresee("ERR_NAME_NOT_RESOLVED")  # tiles; every other host is told below
        visit.foresee("does not conform to the required format")  # words in a field for a date
        visit.page.on("dialog", self._dialog)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, address: str) -> None:
        """Go there; what stands there is still there after its scripts have run."""
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def post(self, path: str, **fields: str | list[str]) -> None:
        """The page that answers the form, sent from the page that is open."""
        with self.page.expect_navigation():
            self.page.evaluate(POST, [path, fields])

    def alive(self) -> list[str]:
        """Everything in the browser that is more than words, on this page and its frames."""
        self.page.wait_for_timeout(SETTLE_MS)
        found = [one for frame in self.page.frames for one in self._in(frame)]
        found += [f"dialog {one}" for one in self.dialogs]
        found += [f"window {one.url}" for one in self.visit.context.pages if one != self.page]
        found += [one for one in self.visit.complaints if one.startswith(POLICY)]
        return found + [f"asked {one}" for one in self.strange_hosts()]

    def comes_alive(self, sign: str = "") -> list[str]:
        """The same, as soon as one thing has that sign, or else after some seconds."""
        until = time.monotonic() + PATIENCE_SECONDS
        found = self.alive()
        while not [one for one in found if sign in one] and time.monotonic() < until:
            self.page.wait_for_timeout(LOOK_AGAIN_MS)
            found = self.alive()
        return found

    @staticmethod
    def _in(frame: Frame) -> list[str]:
        where = urlsplit(frame.url).path
        try:
            return [f"{where}: {one}" for one in frame.evaluate(LOOK, MARK)]
        except Error as error:  # a page that sends its reader elsewhere cannot be asked
            return [f"{where}: left for another page ({error.message.splitlines()[0]})"]

    def strange_hosts(self) -> list[str]:
        """Hosts that the browser asked for anything, but for the town's own and the tiles'."""
        asked = [urlsplit(one.url) for one in self.visit.requests]
        own = urlsplit(str(self.page.url)).netloc
        return [
            one.geturl()
            for one in asked
            if one.scheme not in ("data", "blob", "about") and one.netloc not in (own, TILES)
        ]

    def words(self) -> str:
        """What the page says to who reads it, folded parts and fields too."""
        self.seen = squeezed(self.page.evaluate(WORDS))
        return self.seen

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Those of the texts that cannot be read on this page, however long one waits."""
        wanted, until = list(texts), time.monotonic() + PATIENCE_SECONDS
        while lost := self._lost(wanted):
            if time.monotonic() > until:
                break
            self.page.wait_for_timeout(LOOK_AGAIN_MS)
        return lost

    def _lost(self, texts: Iterable[str]) -> list[str]:
        said = self.words()
        return [one for one in texts if squeezed(one) not in said]


def squeezed(text: str) -> str:
    """The text with each run of blanks as one: a page shows them so."""
    return re.sub(r"\s+", " ", text).strip()
