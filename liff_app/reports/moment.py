"""What reports must know of the rest of the town, told by what stands above both."""

from __future__ import annotations

from flask import current_app
from sqlalchemy.orm import Session


def disaster_on(session: Session) -> bool:
    """Whether a disaster or a drill is on, so that its kinds of damage are offered first.

    Reports and shelters never name each other: `surfaces` hands the question over.
    """
    return bool(current_app.extensions["disaster_on"](session))
