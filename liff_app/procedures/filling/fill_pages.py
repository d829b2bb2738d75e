"""The pages on which a draft is filled in, the same for residents and for colleagues.

One page at a time, by plain posted forms. A script only shows and hides at once what the server
says, and saves while somebody types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from liff_app import clock, strict_json
from liff_app.db import db, transaction
from liff_app.errors import FieldError, InputInvalid, NotFound
from liff_app.procedures.engine.document import Page
from liff_app.procedures.fields.helping import Helped, help_with
from liff_app.procedures.files import service as files
from liff_app.procedures.files import serving
from liff_app.procedures.filling import (
    answering,
    attaching,
    correction,
    drafts,
    limiting,
    sending,
    showing,
    steps,
    whole,
)
from liff_app.procedures.filling.drafts import Draft, Filler
from liff_app.procedures.filling.remembering import Offered
from liff_app.procedures.filling.sending import Receipt
from liff_app.procedures.filling.steps import CHECK, Leads, Outcome, Posted
from liff_app.procedures.forms import Form
from liff_app.procedures.vocabulary import DraftPurpose

__all__ = ["FormPages", "Ways"]

TEXT_BYTES = 1024 * 1024  # of a page's fields: 60 long answers
MOST_PARTS = 3000
MOST_FIELDS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Who sits at the form, and where the pages around it lie."""

    name: str  # of the blueprint
    layout: str
    filler: Callable[[], Filler]
    admit: Callable[[Draft], None]  # raises NotFound where they may not
    home: Callable[[Form, DraftPurpose], str]  # where whoever leaves the form goes
    start: Callable[[Draft], str]  # in front of the first page
    left: Callable[[Draft], str]  # where whoever goes on later goes
    later: Callable[[Session, Draft], None]  # in the transaction that keeps what was typed
    received: Callable[[Session, Receipt], None]  # in the transaction of the sending
    offers: Callable[[Draft], Mapping[str, Offered]]  # kept answers to be used again, by path
    used: Callable[[Session, Offered], None]  # in the transaction that puts one into the draft
    forgotten: Callable[[Session, Offered], None]  # its button for that was pressed


class FormPages:
    """The views of a draft, for one blueprint."""

    def __init__(self, bp: Blueprint, ways: Ways) -> None:
        self.ways = ways
        self.showing = answering.Answering(ways.name, ways.layout)
        bp.url_value_preprocessor(self._make_room)
        for rule, view, methods in (
            ("/<ref>", self.resume, ["GET"]),
            (f"/<ref>/{CHECK}", self.check, ["GET"]),
            (f"/<ref>/{CHECK}", self.send, ["POST"]),
            ("/<ref>/received-answers", self.received, ["GET"]),
            ("/<ref>/files/<file_id>/<any(whole, thumb):size>", self.file, ["GET"]),
            ("/<ref>/take-away", self.ask_discard, ["GET"]),
            ("/<ref>/take-away", self.discard, ["POST"]),
            ("/<ref>/<page>", self.page, ["GET"]),
            ("/<ref>/<page>", self.step, ["POST"]),
            ("/<ref>/<page>/live", self.live, ["POST"]),
        ):
            bp.add_url_rule(rule, view.__name__, view, methods=methods)

    @staticmethod
    def _make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        """Files need more room than words do; said before the guard reads the form."""
        if endpoint and endpoint.endswith(".step"):
            request.max_content_length = attaching.MOST_REQUEST
            request.max_form_memory_size = TEXT_BYTES
            request.max_form_parts = MOST_PARTS

    def resume(self, ref: str) -> ResponseReturnValue:
        """Where the draft is gone on with: the first page to do, or everything to be checked."""
        draft = self._draft(ref)
        found, _correction = showing.standing(db.session, draft, now=clock.now())
        following = found.unfinished()
        if following is None:
            return redirect(self._url("check", ref))
        return redirect(self._url("page", ref, page=following))

    def page(self, ref: str, page: str) -> ResponseReturnValue:
        """A page of questions; one that is not shown now leads to where the draft stands."""
        draft = self._draft(ref)
        found, correcting = showing.standing(db.session, draft, now=clock.now())
        if all(one.name != page for one in found.pages):
            return redirect(self._url("resume", ref))
        wrong = showing.refusals(found, draft, page) if "wrong" in request.args else ()
        return self.showing.page(
            draft, found, page, correction=correcting, faults=wrong,
            offers=self.ways.offers(draft), more="more" in request.args,
            saved="saved" in request.args, newer=answering.newer_edition(draft),
        )  # fmt: skip

    def step(self, ref: str, page: str) -> ResponseReturnValue:
        """What the page says is kept, and the pressed button is obeyed."""
        draft, now = self._draft(ref), clock.now()
        found, _correction = showing.standing(db.session, draft, now=now)
        ready, unkept = attaching.taken(draft, found.page(page), filler=self.ways.filler(), now=now)
        posted = self._posted(draft, unkept)
        with transaction() as session:
            outcome = self._taken(session, ref, page, posted, ready)
            self._told(session, outcome, posted)
        return self._after(outcome)

    def live(self, ref: str, page: str) -> Response:
        """What was typed so far is kept, and the page's script hears what is shown by it."""
        draft = self._draft(ref)
        posted = Posted(fields=MultiDict(_fields()), step="save")
        with transaction() as session:
            outcome = self._taken(session, ref, page, posted, {})
        found = outcome.progress
        told = whole.told(found, found.page(page), draft.language)
        answer = jsonify(told | {"at": outcome.draft.updated_at.timestamp()})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def check(self, ref: str) -> ResponseReturnValue:
        """Everything once more before it is sent; what is missing leads back to its page."""
        draft = self._draft(ref)
        found, correcting = showing.standing(db.session, draft, now=clock.now())
        following = found.unfinished()
        if following is not None:
            return redirect(self._url("page", ref, page=following))
        return self.showing.check(draft, found, correcting)

    def send(self, ref: str) -> ResponseReturnValue:
        """The draft is sent, once; what is refused leads back to the page it stands on."""
        filler, now = self.ways.filler(), clock.now()
        if sending.receipt_of(db.session, ref, filler=filler) is None:
            owner, form_id = filler.owner, self._draft(ref).form.procedure_id
            limiting.admit_try(owner, form_id, by_colleague=filler.is_colleague)
            limiting.admit_sending(owner, form_id, ref, by_colleague=filler.is_colleague)
        try:
            with transaction() as session:
                receipt = sending.send(
                    session, ref, filler=filler, keys=current_app.config["SETTINGS"].keys,
                    store=current_app.extensions["file_store"], now=now,
                    remember=request.form.get("remember") == "yes",
                )  # fmt: skip
                if not receipt.repeated:
                    self.ways.received(session, receipt)
        except InputInvalid:
            return self._back_to_wrong(ref)
        return redirect(self._url("received", ref), 303)

    def received(self, ref: str) -> ResponseReturnValue:
        """What was sent has arrived: its number, and what happens next."""
        receipt = sending.receipt_of(db.session, ref, filler=self.ways.filler())
        if receipt is None:
            raise NotFound("nothing was sent of that draft")
        return self.showing.received(ref, receipt, self.ways.home)

    def file(self, ref: str, file_id: str, size: str) -> Response:
        """A file of the draft, for whoever fills it in."""
        draft = self._draft(ref)
        store = current_app.extensions["file_store"]
        served = files.read(db.session, store, draft.key, file_id, thumb=size == "thumb")
        return serving.answer(served, inline=True)

    def ask_discard(self, ref: str) -> ResponseReturnValue:
        """Whether the draft is to be thrown away."""
        return self.showing.discarding(self._draft(ref), self._url("resume", ref))

    def discard(self, ref: str) -> ResponseReturnValue:
        """The draft is gone, and what was typed in it."""
        keys, now = current_app.config["SETTINGS"].keys, clock.now()
        with transaction() as session:
            draft = drafts.hold(session, ref, filler=self.ways.filler(), keys=keys, now=now)
            self.ways.admit(draft)
            attaching.drop_all(session, draft)
            drafts.discard(session, draft)
        return redirect(self.ways.home(draft.form, draft.purpose), 303)

    def _draft(self, ref: str) -> Draft:
        keys = current_app.config["SETTINGS"].keys
        draft = drafts.read(db.session, ref, filler=self.ways.filler(), keys=keys, now=clock.now())
        self.ways.admit(draft)
        return draft

    def _posted(self, draft: Draft, unkept: tuple[FieldError, ...]) -> Posted:
        code = current_app.config["SETTINGS"].municipality_code

        def helped(page: Page, answers: Mapping[str, Any]) -> Helped | None:
            return help_with(
                db.session, draft.form.document, page, answers, request.form, municipality_code=code
            )

        offered = {path: one.value for path, one in self.ways.offers(draft).items()}
        return Posted(
            fields=request.form, step=request.form.get("step", "next"), unkept=unkept,
            offered=offered, help=helped,
        )  # fmt: skip

    def _told(self, session: Session, outcome: Outcome, posted: Posted) -> None:
        """What a button means besides the draft."""
        verb, _colon, paths = posted.step.partition(":")
        if outcome.leads is Leads.LATER:
            self.ways.later(session, outcome.draft)
        if verb not in ("recall", "forget"):
            return
        for one in filter(None, map(self.ways.offers(outcome.draft).get, paths.split())):
            (self.ways.used if verb == "recall" else self.ways.forgotten)(session, one)

    def _taken(
        self, session: Session, ref: str, page: str, posted: Posted, ready: attaching.Ready
    ) -> Outcome:
        keys, filler, now = current_app.config["SETTINGS"].keys, self.ways.filler(), clock.now()
        draft = drafts.hold(session, ref, filler=filler, keys=keys, now=now)
        kept = attaching.keep(session, draft, ready, filler=filler, now=now)
        outcome = steps.take(
            session, draft, page, posted.with_files(kept),
            correction=correction.correction_of(session, draft), now=now,
        )  # fmt: skip
        attaching.let_go(session, draft, outcome.draft, kept)
        return outcome

    def _after(self, outcome: Outcome) -> ResponseReturnValue:
        """The page behind a step. What is wrong, or was found, is shown at once."""
        ref = outcome.draft.ref
        match outcome.leads:
            case Leads.PAGE:
                return redirect(self._url("page", ref, page=outcome.page), 303)
            case Leads.CHECK:
                return redirect(self._url("check", ref), 303)
            case Leads.LATER:
                return redirect(self.ways.left(outcome.draft), 303)
            case Leads.START:
                return redirect(self.ways.start(outcome.draft), 303)
        if outcome.leads is Leads.STAY and not (outcome.helped and outcome.helped.found):
            shown = {"more": "1"} if outcome.more else {"saved": "1"}
            return redirect(self._url("page", ref, page=outcome.page, **shown), 303)
        return self._again(outcome)

    def _again(self, outcome: Outcome) -> Response:
        correcting = correction.correction_of(db.session, outcome.draft)
        answer = self.showing.page(
            outcome.draft, outcome.progress, outcome.page, correction=correcting,
            faults=outcome.faults, helped=outcome.helped, offers=self.ways.offers(outcome.draft),
        )  # fmt: skip
        answer.status_code = 422 if outcome.faults else 200
        return answer

    def _back_to_wrong(self, ref: str) -> ResponseReturnValue:
        """What was right when it was checked may be wrong now: a day that is over."""
        draft = self._draft(ref)
        found, _correction = showing.standing(db.session, draft, now=clock.now())
        following = found.unfinished()
        if following is None:
            raise NotFound("wrong, but nowhere")
        return redirect(self._url("page", ref, page=following, wrong="1"), 303)

    def _url(self, endpoint: str, ref: str, **more: str) -> str:
        return self.showing.place.url(endpoint, ref, **more)


def _fields() -> list[tuple[str, str]]:
    """Names and values as the script sends them. Raises InputInvalid for anything else."""
    try:
        said = strict_json.loads(request.get_data())
    except strict_json.JsonRefused:
        said = None
    pairs = said.get("fields") if isinstance(said, dict) else None
    if not isinstance(pairs, list) or len(pairs) > MOST_FIELDS or not all(map(_is_pair, pairs)):
        raise InputInvalid([FieldError("fields", "invalid", "名前と値の組が必要です。")])
    return [(name, value) for name, value in pairs]


def _is_pair(one: object) -> bool:
    return isinstance(one, list) and len(one) == 2 and all(isinstance(x, str) for x in one)  # noqa: PLR2004 - a pair
