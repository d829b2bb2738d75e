"""The invented residents, and who of them is a friend of the town's account."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from liff_app.emulator.store import Store

USER_ID = re.compile(r"U[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One LINE user; `friend` stays true while blocked, as on LINE's own friend list."""

    key: str
    user_id: str
    name: str
    kana: str
    age: int
    about: str
    language: str = "ja"
    friend: bool = True
    blocked: bool = False

    @property
    def reachable(self) -> bool:
        """Whether a message of the account arrives."""
        return self.friend and not self.blocked


_INVENTED: tuple[dict[str, Any], ...] = (
    {"key": "haru", "name": "窓野 ハル", "kana": "まどの はる", "age": 75,
     "about": "ひとり暮らし。文字は大きく"},
    {"key": "kenta", "name": "町井 健太", "kana": "まちい けんた", "age": 36,
     "about": "共働き、子ども二人"},
    {"key": "mei", "name": "小窓 芽衣", "kana": "こまど めい", "age": 17,
     "about": "高校生。自転車で通学"},
    {"key": "hoa", "name": "グエン・ティ・ホア", "kana": "ぐえん てぃ ほあ", "age": 28,
     "about": "やさしい日本語で読む", "language": "vi"},
    {"key": "satoru", "name": "遠見 悟", "kana": "とおみ さとる", "age": 58,
     "about": "自治会長。車いすの家族"},
)  # fmt: skip


def user_id_for(channel_id: str, key: str) -> str:
    """Return the user id LINE would issue: stable, and another one for another channel."""
    return "U" + hashlib.sha256(f"{channel_id}:{key}".encode()).hexdigest()[:32]


class People:
    """The residents in the store."""

    def __init__(self, store: Store, channel_id: str) -> None:
        self._store = store
        self._channel_id = channel_id
        self.settle()

    def settle(self) -> None:
        """Let the invented residents live here, leaving those already present alone."""
        with self._store.transaction():
            for body in _INVENTED:
                user_id = user_id_for(self._channel_id, body["key"])
                self._store.add("resident", user_id, asdict(Resident(user_id=user_id, **body)))

    def everyone(self) -> list[Resident]:
        """Return the invented residents first, then the crowd."""
        return [Resident(**body) for _, body in self._store.items("resident")]

    def friends_page(self, *, after: int, limit: int) -> tuple[list[str], int | None]:
        """Return user ids of `limit` friends behind the number `after`, and the next number."""
        ids: list[str] = []
        while True:
            rows = self._store.page("resident", after=after, limit=limit)
            for number, user_id, body in rows:
                if Resident(**body).reachable:
                    if len(ids) == limit:
                        return ids, after
                    ids.append(user_id)
                after = number
            if len(rows) < limit:
                return ids, None

    def named(self) -> list[Resident]:
        """Return the invented residents without the crowd."""
        found = (self.by_key(body["key"]) for body in _INVENTED)
        return [resident for resident in found if resident]

    def by_key(self, key: str) -> Resident | None:
        """Return the resident with this short name, or None."""
        return self.by_id(user_id_for(self._channel_id, key))

    def by_id(self, user_id: str) -> Resident | None:
        """Return the resident with this LINE user id, or None."""
        body = self._store.get("resident", user_id)
        return None if body is None else Resident(**body)

    def change(self, resident: Resident, *, friend: bool, blocked: bool) -> Resident:
        """Set the friendship and return the resident as it now is."""
        changed = replace(resident, friend=friend, blocked=blocked)
        self._store.put("resident", changed.user_id, asdict(changed))
        return changed

    def invite_crowd(self, count: int) -> int:
        """Add `count` nameless friends, for drills at a city's size; return how many live here."""
        self._store.add_many("resident", self._strangers(count))
        return len(self._store.items("resident"))

    def _strangers(self, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
        for number in range(count):
            key = f"crowd-{number}"
            user_id = user_id_for(self._channel_id, key)
            yield (
                user_id,
                asdict(
                    Resident(
                        key=key,
                        user_id=user_id,
                        name=f"市民 {number + 1}",
                        kana="",
                        age=40,
                        about="",
                    )
                ),
            )
