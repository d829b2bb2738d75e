"""The short form of `python -m bench.guesses`."""

from __future__ import annotations

import pytest
from flask import Flask

from liff_app.db import transaction
from liff_app.staff import browsers
from liff_app.staff.vocabulary import Role
from tests.conftest import on_sqlite

from .guess_attack import START, Outcome, Owner, Town, attack
from .people import Person, enrol

pytestmark = on_sqlite
GUESSES, A_SECOND = 450, 1.0  # the owner comes in the sixth minute


@pytest.fixture
def person(app: Flask) -> Person:
    return enrol(app, Role.ADMINISTRATOR, now=START)


def run(app: Flask, owner: Owner, *, networks: int, flawed: bool = False) -> Outcome:
    town = Town(app, flawed=flawed)
    return attack(
        town,
        [owner.person.login],
        GUESSES,
        networks=networks,
        seed=7,
        owner=owner,
        a_second=A_SECOND,
    )


def test_one_attacker_tries_little_and_the_owner_is_in_at_once(app: Flask, person: Person) -> None:
    outcome = run(app, Owner(person=person), networks=1)
    assert outcome.most_a_minute <= 5
    assert outcome.successes == 0
    assert outcome.owner_after_s is not None
    assert outcome.owner_after_s <= 15 * 60


def test_with_a_known_browser_the_owner_passes_a_whole_botnet(app: Flask, person: Person) -> None:
    with transaction() as session:
        known = browsers.remember(session, None, person.id, now=START)
    outcome = run(app, Owner(person=person, known=known), networks=5000)
    assert outcome.most_a_minute <= 5
    assert outcome.owner_after_s == 0


def test_with_a_recovery_code_too(app: Flask, person: Person) -> None:
    outcome = run(app, Owner(person=person, by_recovery=True), networks=5000)
    assert outcome.most_a_minute <= 5
    assert outcome.owner_after_s == 0


def test_guesses_spread_over_many_names_are_few_for_each(app: Flask, person: Person) -> None:
    names = [f"name-{n}" for n in range(50)] + [person.login]
    owner = Owner(person=person)
    outcome = attack(Town(app), names, GUESSES, networks=3, seed=7, owner=owner, a_second=A_SECOND)
    assert outcome.most_a_minute <= 5
    assert outcome.successes == 0
    assert outcome.owner_after_s is not None


def test_the_twin_that_counts_after_checking_is_caught(app: Flask, person: Person) -> None:
    outcome = run(app, Owner(person=person), networks=1, flawed=True)
    assert outcome.most_a_minute > 50
