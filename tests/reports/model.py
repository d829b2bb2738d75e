"""Incidents as a plain model: a forest in memory, where a merge hangs a tree under another root.

The product keeps one lead for each member and remembers the way; here each report only knows what
it was merged into, and what it leads follows from that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from liff_app.reports import rules
from liff_app.reports.filing import TOLD_A_DAY
from liff_app.reports.vocabulary import FixAnswer, Mover, Need, Status


class Refused(Exception):
    """The model does not do that; the text says as what."""


@dataclass(slots=True)
class Follow:
    """How somebody follows a report."""

    is_reporter: bool
    answer: FixAnswer | None = None
    wrote: bool = False


@dataclass(slots=True)
class Node:
    """A report."""

    ref: str
    owner: str
    follows: dict[str, Follow]
    status: Status = Status.RECEIVED
    under: Node | None = None
    version: int = 1
    reopened: int = 0
    hidden: bool = False
    has_text: bool = True

    @property
    def root(self) -> Node:
        """What it is worked together with in the end."""
        return self if self.under is None else self.under.root

    @property
    def joined(self) -> int:
        """How many said 「わたしも」 here."""
        return sum(not one.is_reporter for one in self.follows.values())


@dataclass(slots=True)
class Model:
    """Every report, and what each resident has been told: links, in order."""

    nodes: list[Node] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)

    def incident(self, node: Node) -> list[Node]:
        """Everything that is worked together with it, by age."""
        return [one for one in self.nodes if one.root is node.root]

    def _tell(self, nodes: list[Node], but: str | None = None, *, reporters: bool = False) -> None:
        links: dict[str, tuple[bool, str]] = {}
        for node in nodes:
            for who, how in node.follows.items():
                if reporters and not how.is_reporter:
                    continue
                if who not in links or (how.is_reporter and not links[who][0]):
                    links[who] = (how.is_reporter, node.ref)
        for who, (_is_reporter, ref) in links.items():
            if who != but:
                self.told.setdefault(who, []).append(f"/reports/{ref}")

    def _led(self, node: Node) -> list[Node]:
        """Who hears what is said of the report: with a lead, its whole incident."""
        return self.incident(node) if node.under is None else [node]

    def file(self, ref: str, who: str) -> None:
        """A report comes in."""
        node = Node(ref, who, {who: Follow(is_reporter=True)})
        self.nodes.append(node)
        if sum(one.owner == who for one in self.nodes) <= TOLD_A_DAY:
            self._tell([node])

    def join(self, node: Node, who: str) -> None:
        """「わたしも」."""
        root = node.root
        if root.hidden or node.hidden or root.status is Status.WITHDRAWN:
            raise Refused("not_found")
        if any(who in one.follows for one in self.incident(node)):
            return
        if root.status not in rules.OPEN:
            raise Refused("refused")
        root.follows[who] = Follow(is_reporter=False)

    def leave(self, node: Node, who: str) -> None:
        """No more."""
        if who in node.follows and node.follows[who].is_reporter:
            raise Refused("refused")
        node.follows.pop(who, None)

    def _followed(self, node: Node, who: str) -> Follow:
        if who not in node.follows:
            raise Refused("not_found")
        return node.follows[who]

    def _say(self, node: Node, to: Status | None) -> None:
        node.version += 1
        if node.under is not None:
            node.root.version += 1
        if to is not None:
            self._stand(node.root, to)

    def _stand(self, node: Node, to: Status) -> None:
        if to is Status.REOPENED and node.status is not Status.DUPLICATE:
            node.reopened += 1
        node.status = to

    def reply(self, node: Node, who: str) -> None:
        """An answer to a question."""
        how = self._followed(node, who)
        own = [one.follows[who] for one in self.incident(node) if who in one.follows]
        if not any(one.is_reporter for one in own):
            raise Refused("refused")
        if node.root.status is not Status.ASKED:
            raise Refused("refused")
        how.wrote = True
        self._say(node, Status.CHECKING)

    def answer_fix(self, node: Node, who: str, answer: FixAnswer) -> None:
        """直った or まだ."""
        self._followed(node, who)
        own = [one.follows[who] for one in self.incident(node) if who in one.follows]
        if any(one.answer is answer for one in own):
            return
        if node.root.status is not Status.FIXED:
            raise Refused("refused")
        for one in own:
            one.answer = answer
        node.follows[who].wrote = True
        if answer is FixAnswer.FIXED:
            self._say(node, None)
            return
        self._say(node, Status.REOPENED)
        self._tell(self.incident(node), but=who)

    def withdraw(self, node: Node, who: str) -> None:
        """The reporter does not want it any more."""
        if node.owner != who:
            raise Refused("not_found")
        if node.status is Status.WITHDRAWN:
            return
        alone = len(self.incident(node)) == 1 and not node.joined
        if not alone or rules.step(node.status, Status.WITHDRAWN, Mover.RESIDENT) is None:
            raise Refused("refused")
        node.status = Status.WITHDRAWN
        node.version += 1

    def take_back(self, node: Node, who: str) -> None:
        """Own words go."""
        how = self._followed(node, who)
        if not how.wrote and not (node.owner == who and node.has_text):
            return
        how.wrote = False
        if node.owner == who:
            node.has_text = False
        node.version += 1

    def move(self, node: Node, to: Status) -> None:
        """A step by staff."""
        step = rules.step(node.status, to, Mover.STAFF)
        if step is None or Need.LEAD in step.needs or node.status is Status.DUPLICATE:
            raise Refused("refused")
        self._stand(node, to)
        node.version += 1
        if to is Status.FIXED:
            for one in self.incident(node):
                for how in one.follows.values():
                    how.answer = None
        self._tell(self._led(node), reporters=to is Status.ASKED)

    def answer(self, node: Node) -> None:
        """A sentence by staff."""
        node.version += 1
        self._tell(self._led(node))

    def hide(self, node: Node) -> None:
        """Hidden, or shown again."""
        node.hidden = not node.hidden
        node.version += 1
        self.told.setdefault(node.owner, []).append(f"/reports/{node.ref}")

    def merge(self, node: Node, into: Node) -> None:
        """One incident of two."""
        if node is into or into.under is not None or into.status not in rules.OPEN:
            raise Refused("refused")
        if rules.step(node.status, Status.DUPLICATE, Mover.STAFF) is None:
            raise Refused("refused")
        for one in [*self.incident(node), into]:
            one.version += 1
        node.under, node.status = into, Status.DUPLICATE
        self._tell([node])

    def split(self, node: Node) -> None:
        """It stands by itself again, with what it led."""
        if node.under is None:
            raise Refused("refused")
        node.root.version += 1
        node.under = None
        self._stand(node, Status.REOPENED)
        for one in self.incident(node):
            one.version += 1
        self._tell([node])
