"""What the console's pages are asked, and what is typed into them."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from wtforms import StringField
from wtforms.validators import Length

from liff_app.shelters.console import attention
from liff_app.shelters.console.attention import Order, Question, Show
from liff_app.shelters.occupancy.vocabulary import Need
from liff_app.shelters.places import Kind
from liff_app.webforms import SearchForm

Code = TypeVar("Code", bound=StrEnum)
MAX_TEXT = 40


class BoardForm(SearchForm):
    """Which places, and in which order."""

    show = StringField()
    need = StringField()
    kind = StringField()
    q = StringField(validators=[Length(max=MAX_TEXT)])
    order = StringField()

    def to_question(self) -> Question:
        """The question, whatever was typed: what is no code of ours asks for nothing."""
        return Question(
            show=code_of(Show, self.show.data) or Show.ALL,
            need=code_of(Need, self.need.data),
            kind=code_of(Kind, self.kind.data),
            text=attention.text_of(typed(self.q.data)[:MAX_TEXT]),
            order=code_of(Order, self.order.data) or Order.ATTENTION,
        )

    def as_query(self) -> dict[str, str]:
        """The question as an address carries it: what is usual is left out."""
        asked = self.to_question()
        said = {
            "show": asked.show.value if asked.show is not Show.ALL else "",
            "need": asked.need.value if asked.need else "",
            "kind": asked.kind.value if asked.kind else "",
            "q": typed(self.q.data)[:MAX_TEXT],
            "order": asked.order.value if asked.order is not Order.ATTENTION else "",
        }
        return {name: value for name, value in said.items() if value}


def code_of(codes: type[Code], text: str | None) -> Code | None:
    """The code that the text names, None for anything else."""
    return next((one for one in codes if one.value == text), None)


def typed(text: str | None) -> str:
    """What was typed, without what no keyboard writes: PostgreSQL takes no NUL in a question."""
    return "".join(sign for sign in text or "" if sign.isprintable()).strip()
