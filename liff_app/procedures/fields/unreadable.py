"""What was typed and cannot be read: a stable code, and a sentence that says what to write."""

from __future__ import annotations


class Unreadable(ValueError):
    """Typed text that is no answer of its kind. `part`: the box that is wrong, of several."""

    def __init__(self, code: str, message: str, *, part: str = "") -> None:
        super().__init__(code)
        self.code, self.message, self.part = code, message, part
