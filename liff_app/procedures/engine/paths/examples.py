"""An example of what a regular expression takes: enough for postcodes, numbers and short words."""

from __future__ import annotations

_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_MOST = 400  # characters


class _NotFound(Exception):
    """The pattern says something that is not followed here."""


def example(pattern: str) -> str | None:
    """A text for that pattern, None if none was found. It is a guess: let the form judge it."""
    try:
        reader = _Reader(pattern)
        found = reader.alternatives()
    except _NotFound:
        return None
    return found[:_MOST] if reader.at == len(pattern) else None


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise _NotFound
        self.at += 1
        return char

    def _is(self, text: str) -> bool:
        """Whether that comes next; then it is passed."""
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def alternatives(self) -> str:
        """An example of the first alternative; the others are passed."""
        first = self._sequence()
        while self._is("|"):
            self._sequence()
        return first

    def _sequence(self) -> str:
        found: list[str] = []
        while self._peek() not in {"", "|", ")"}:
            one = self._one()
            found.append(one * self._times())
        return "".join(found)

    def _one(self) -> str:
        char = self._take()
        if char in "^$":
            return ""
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        return "a" if char == "." else char

    def _group(self) -> str:
        if self._is("?") and not self._is(":"):
            raise _NotFound
        found = self.alternatives()
        if not self._is(")"):
            raise _NotFound
        return found

    def _escape(self) -> str:
        char = self._take()
        if char.isalnum() and char not in _CLASSES:
            raise _NotFound
        return _CLASSES.get(char, char)

    def _class(self) -> str:
        is_other = self._is("^")
        found = self._escape() if self._is("\\") else self._take()
        first = True
        while not self._is("]"):
            self.at += 2 if self._peek() == "\\" else 1
            first = False
            if self.at > len(self.pattern):
                raise _NotFound
        if is_other:
            return "あ" if found == "a" or not first else "a"
        return found

    def _times(self) -> int:
        if self._is("{"):
            return self._counted()
        if self._peek() in {"?", "*", "+"}:
            self._take()
            self._is("?")  # how greedy it is changes nothing here
        return 1

    def _counted(self) -> int:
        end = self.pattern.find("}", self.at)
        least = self.pattern[self.at : end].split(",")[0]
        if end < 0 or not least.isdecimal():
            raise _NotFound
        self.at = end + 1
        self._is("?")
        return min(int(least), _MOST)
