"""Verifiers with a planted flaw: what gets past them makes a clean result worth something."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from liff_app.audit import chain, service
from liff_app.audit.chain import Verdict

from .tampering import Log, Verifier, ring_key


def _blind_to(column: str) -> Verifier:
    """A verifier that takes one column for what it was written."""

    def flawed(session: Session, log: Log) -> Verdict:
        written = {event.number: getattr(event, column) for event in log.events}
        events = [
            replace(e, **{column: written.get(e.number, getattr(e, column))})
            for e in service.events(session)
        ]
        return chain.verify(events, service.head(session), ring_key)

    return flawed


def _blind_to_head(session: Session, log: Log) -> Verdict:
    """A verifier for which the chain ends wherever it ends."""
    events = list(service.events(session))
    last = events[-1]
    end = replace(log.head, number=last.number, last_seal=last.seal)
    return chain.verify(events, chain.sealed_head(end, _key("k2")), ring_key)


def _blind_to_the_heads_seal(session: Session, log: Log) -> Verdict:
    """A verifier that compares with the head, and trusts the head."""
    end = service.head(session)
    trusted = end and chain.sealed_head(replace(end, key="k2"), _key("k2"))
    return chain.verify(service.events(session), trusted, ring_key)


def _blind_to_links(session: Session, log: Log) -> Verdict:
    """A verifier that asks each event alone: the log of somebody who forgot to chain."""
    seals = (log.head.kept_after, *(e.seal for e in log.events))
    before = dict(zip((e.number for e in log.events), seals, strict=False))
    counted = 0
    for event in service.events(session):
        previous, key = before.get(event.number), ring_key(event.key)
        if previous is None or key is None or chain.sealed(event, previous, key) != event:
            return Verdict(counted, chain.Break(event.number, "changed"))
        counted += 1
    return Verdict(counted, None)


def _blind_to_seals(session: Session, log: Log) -> Verdict:
    """A verifier that only counts."""
    numbers = [event.number for event in service.events(session)]
    whole = numbers == list(range(log.head.kept_from, log.head.number + 1))
    return Verdict(len(numbers), None if whole else chain.Break(0, "missing"))


def _key(name: str) -> bytes:
    key = ring_key(name)
    assert key is not None
    return key


FLAWED: dict[str, Verifier] = {
    **{f"blind to {c}": _blind_to(c)
       for c in ("at", "actor", "action", "subject", "persons", "detail", "seal")},
    "blind to the head": _blind_to_head,
    "blind to the head's seal": _blind_to_the_heads_seal,
    "blind to links": _blind_to_links,
    "blind to seals": _blind_to_seals,
}  # fmt: skip
