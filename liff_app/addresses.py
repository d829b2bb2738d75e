"""What may stand in an address where a rule says `<int:…>`."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, Map

BIGGEST = 2**31 - 1  # an INTEGER column of PostgreSQL


class ColumnInteger(IntegerConverter):
    """A number that a column can hold; anything else is no address of ours, and no error inside."""

    regex = r"\d{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=BIGGEST)
