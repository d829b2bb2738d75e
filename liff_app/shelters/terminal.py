"""What the commands of this feature share: who types, what they may type, and how they hear no."""

from __future__ import annotations

import getpass

import click

from liff_app.errors import DomainError, InputInvalid
from liff_app.shelters.disasters.drafts import has_unseen


def author() -> str:
    """Who runs the command, as the history names them."""
    return f"command:{getpass.getuser()}"


def plain_line(_ctx: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """The text, if it is one line of characters that can be seen. Raises ClickException."""
    if text and has_unseen(text):
        raise click.ClickException("名前に、改行や目に見えない制御文字は使えません。")
    return text


def refusal(error: DomainError) -> click.ClickException:
    """What the command says of an operation refused: every wrong field, or the one sentence."""
    fields = error.errors if isinstance(error, InputInvalid) else []
    return click.ClickException("".join(one.message for one in fields) or error.shown_title)
