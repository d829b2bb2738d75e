"""Check-in and head count told a second time, as plainly as possible: lists and no database."""

from __future__ import annotations

from dataclasses import dataclass, field


class Refused(Exception):
    """What the model refuses, by its code."""


@dataclass(eq=False)  # two steps that did the same are two
class Step:
    """One change of a head count. `adds`: by an amount, not to a number."""

    hand: bool
    adds: bool
    before: int | None
    after: int | None
    undone: bool = False
    undo: bool = False


@dataclass
class Family:
    """One stay."""

    place: str
    people: int
    who: str | None
    ending: str | None = None


@dataclass
class Place:
    """A shelter: its head count, and every step that led there."""

    people: int | None = None
    checked_in: int | None = None
    steps: list[Step] = field(default_factory=list)

    def move(self, after: int | None, **about: bool) -> Step:
        """The count is `after` from now on."""
        step = Step(before=self.people, after=after, **about)
        self.people = after
        self.steps.append(step)
        return step


@dataclass
class Model:
    """A town's places and families."""

    places: dict[str, Place]
    families: dict[str, Family] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)  # resident → stay

    def inside(self, place: str) -> dict[str, int]:
        """Stays that last, with their people."""
        return {
            stay: one.people
            for stay, one in self.families.items()
            if one.place == place and one.ending is None
        }

    def come(self, stay: str, place: str, people: int, who: str | None) -> None:
        """A family comes in; one that was elsewhere has left there."""
        if who in self.where:
            here = self.where[str(who)]
            if self.families[here].place == place:
                self.amend(here, people)
                return
            self.go(here, "moved")
        self.families[stay] = Family(place, people, who)
        if who is not None:
            self.where[who] = stay
        self._count(place, people)

    def amend(self, stay: str, people: int) -> None:
        """A family is of that many."""
        family = self.families[stay]
        if family.ending is not None:
            raise Refused("stay_over")
        more, family.people = people - family.people, people
        if more:
            self._count(family.place, more)

    def go(self, stay: str, ending: str) -> None:
        """A family is out."""
        family = self.families[stay]
        if family.ending is None:
            family.ending = ending
            if family.who is not None:
                del self.where[family.who]
            self._count(family.place, -family.people)

    def back(self, stay: str) -> None:
        """A family that left is in again."""
        family = self.families[stay]
        if family.ending is None:
            return
        if family.ending == "moved" or family.who in self.where:
            raise Refused("moved_on")
        family.ending = None
        if family.who is not None:
            self.where[family.who] = stay
        self._count(family.place, family.people)

    def _count(self, place: str, more: int) -> None:
        found = self.places[place]
        found.move(max(0, (found.people or 0) + more), hand=False, adds=True)
        found.checked_in = sum(self.inside(place).values())

    def hand_set(self, place: str, people: int) -> Step:
        """Staff say how many there are."""
        return self.places[place].move(people, hand=True, adds=False)

    def hand_add(self, place: str, more: int) -> Step:
        """Staff say that so many more came, or left."""
        found = self.places[place]
        return found.move(max(0, (found.people or 0) + more), hand=True, adds=True)

    def undo(self, place: str, step: Step) -> None:
        """Staff take back what they said."""
        found = self.places[place]
        if step.undone:
            return
        if step.before == step.after or not step.hand:
            raise Refused("not_undoable")
        for later in found.steps[found.steps.index(step) + 1 :]:
            if later.undone or later.undo or later.before == later.after:
                continue
            if not (step.adds and later.adds):
                raise Refused("version_conflict")
        step.undone = True
        if step.adds:
            moved = (step.after or 0) - (step.before or 0)
            after: int | None = max(0, (found.people or 0) - moved)
        else:
            after = step.before
        found.move(after, hand=True, adds=step.adds, undo=True)
