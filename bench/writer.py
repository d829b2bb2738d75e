"""One writer of `bench.writers`: sends changes, and sends again until each is answered."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from typing import Any

TIMEOUT_S = 15.0
PATIENCE_S = 0.02  # before asking the next server
LOSING = 0.04  # share of answers that the network loses, whatever the servers do
DOWN, LOST = -1, 0
NO_ANSWER = {DOWN: "server down", LOST: "answer lost"}


@dataclass(frozen=True)
class Task:
    """What a writer has to do. `tokens`: for each place the passes and keys that open it."""

    number: int
    changes: int
    seed: int
    ports: tuple[int, ...]
    tokens: dict[str, tuple[str, ...]]
    keyed: bool  # whether requests carry a key: without one a resend counts twice


@dataclass
class Done:
    """What a writer was answered: by request key the place, the event and what it applied."""

    acknowledged: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)


class Writer:
    """A phone, or another system, on a network and with servers that fail all the time."""

    def __init__(self, task: Task, progress: Synchronized[int]) -> None:
        self.task = task
        self.progress = progress
        self.dice = random.Random(task.seed * 1000 + task.number)
        self.connections: dict[int, http.client.HTTPConnection] = {}
        self.versions = dict.fromkeys(task.tokens, 0)
        self.done = Done()

    def work(self) -> Done:
        """Every change is sent and answered."""
        places = list(self.task.tokens)
        for _ in range(self.task.changes):
            # Most changes meet at one place: there they must add up.
            place = places[0] if self.dice.random() < 0.7 else self.dice.choice(places)
            self._one(place, self._said(place))
            with self.progress.get_lock():
                self.progress.value += 1
        return self.done

    def _said(self, place: str) -> dict[str, Any]:
        draw = self.dice.random()
        if draw < 0.85:
            return {"people_change": self.dice.choice((1, 1, 1, 2, 5, -1, -1, -3))}
        if draw < 0.92:
            return {"people": self.dice.randrange(40), "base_version": self.versions[place]}
        if draw < 0.96:
            return {"needs": {"add": ["water"]}, "people_change": 1}
        return {"unchanged": True}

    def _one(self, place: str, said: dict[str, Any]) -> None:
        key = f"{self.dice.getrandbits(128):032x}"
        token = self.dice.choice(self.task.tokens[place])
        device = f"writer-{self.task.number:02}"
        begun = time.monotonic()
        while True:
            waited = int(time.monotonic() - begun)
            status, body = self._send(
                place, token, key, said | {"device": device, "age_s": waited, "confirmed": True}
            )
            if status == 200:
                self.done.acknowledged[key] = (place, body["event_id"], body["applied"])
                self.done.seen["repeated" if body["repeated"] else "stored"] += 1
                self.done.latencies.append(time.monotonic() - begun)
                self.versions[place] = body["version"]
                return
            if status == 409:
                self.done.seen["conflict"] += 1
                self.versions[place] = body["current"]["version"]
                return
            self.done.seen[NO_ANSWER.get(status, f"answer {status}")] += 1
            time.sleep(0.3 if status == 429 else PATIENCE_S)

    def _send(
        self, place: str, token: str, key: str, said: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer; DOWN where no server is, LOST where none came back."""
        port = self.dice.choice(self.task.ports)
        connection = self.connections.get(port)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
            self.connections[port] = connection
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}",
                   "Host": "localhost"}  # fmt: skip
        if self.task.keyed:
            headers["Idempotency-Key"] = key
        try:
            path = f"/api/v1/shelters/{place}/status"
            connection.request("PUT", path, json.dumps(said), headers)
            self.done.seen["sent"] += 1
            if self.dice.random() < LOSING:
                time.sleep(self.dice.random() * 0.1)
                connection.close()  # a network that dies before the answer comes
                return LOST, {}
            answer = connection.getresponse()
            text = answer.read()
        except ConnectionRefusedError:
            connection.close()
            return DOWN, {}
        except (OSError, http.client.HTTPException):
            connection.close()  # sent, and nobody knows whether it was stored
            return LOST, {}
        return answer.status, json.loads(text) if text else {}


def run(task: Task, progress: Synchronized[int], answer: Connection) -> None:
    """What the process of a writer does."""
    answer.send(Writer(task, progress).work())
    answer.close()
