"""Who may have a photo decoded now: few at once, nobody twice, and hardly a queue.

A photo in hand keeps a thread of the web process, seconds long where a stranger's file is made for
it. Together these keep four of the six threads that `machimado-web.service` gives; pages of people
who send no photo have the others.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from liff_app.photos.refusals import PhotosBusy

PLACES = 2  # of different people
WAITING = 2  # for one of them
WAIT_SECONDS = 0.5  # ten ordinary photos; a browser's second try finds the first one done


class Gate:
    """Places for photos in hand. Threads may use one at the same time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: set[str] = set()
        self._waiting = 0

    @contextmanager
    def place(self, owner: str) -> Iterator[None]:
        """Inside it, no other thread has a photo of this owner in hand. Raises PhotosBusy (503).

        To be kept until the photo is in the database, so that a second try finds it there.
        """
        with self._changed:
            self._enter(owner)
        try:
            yield
        finally:
            with self._changed:
                self._inside.discard(owner)
                self._changed.notify_all()

    def _enter(self, owner: str) -> None:
        if not self._is_free(owner):
            if self._waiting >= WAITING:
                raise PhotosBusy("too many wait")
            self._waiting += 1
            try:
                found = self._changed.wait_for(lambda: self._is_free(owner), WAIT_SECONDS)
            finally:
                self._waiting -= 1
            if not found:
                raise PhotosBusy("waited long enough")
        self._inside.add(owner)

    def _is_free(self, owner: str) -> bool:
        return owner not in self._inside and len(self._inside) < PLACES

    def forget(self) -> None:
        """In a fork: the parent's threads are not here."""
        self.__init__()  # type: ignore[misc]  # locks of another process are no locks


gate = Gate()
os.register_at_fork(after_in_child=gate.forget)
