"""The menu follows the disaster, whatever happens in between."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liff_app.db import db, in_transaction, transaction
from liff_app.emulator import EmulatorConfig, create_emulator
from liff_app.emulator.server import bind
from liff_app.gateways.line_messaging import LineFailed, LineTrouble
from liff_app.gateways.line_messaging_recording import RecordingLineMessaging
from liff_app.gateways.line_messaging_sdk import SdkLineMessaging
from liff_app.messaging import menu_follow
from liff_app.messaging.menu_follow import LEASE, LONGEST_PAUSE, ROW, Face
from liff_app.messaging.models import MenuState
from liff_app.messaging.richmenu import (
    NAME_PREFIX,
    MenuDefinition,
    Mode,
    alias_of,
    menu_definitions,
)

pytestmark = pytest.mark.usefixtures("app")

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
SECONDS = timedelta(seconds=1)


def menus(face: Face) -> Sequence[MenuDefinition]:
    """Menus without a drawing; a drill has menus of its own."""
    drill = "drill:" if face is Face.DRILL else ""
    return [
        MenuDefinition(
            mode=mode,
            name=f"{NAME_PREFIX}{drill}{mode}",
            alias=alias_of(mode),
            chat_bar_text="メニュー",
            size=(2500, 1686),
            areas=(),
            image_png=b"png",
        )
        for mode in Mode
    ]


@pytest.fixture
def line() -> RecordingLineMessaging:
    """LINE, which refuses to be called inside a transaction."""
    return RecordingLineMessaging(in_transaction=in_transaction)


def follow(line: RecordingLineMessaging, wanted: Face, at: datetime = NOW) -> int:
    return menu_follow.follow(wanted, lambda: line, menus, now=at)


def shown(line: RecordingLineMessaging) -> str:
    assert line.default is not None
    return line.specs[line.default].name.removeprefix(NAME_PREFIX)


def test_line_is_not_called_before_the_first_disaster(line: RecordingLineMessaging) -> None:
    assert follow(line, Face.NORMAL) == 0
    assert line.calls == []


def test_a_disaster_shows_its_menu_and_takes_personal_ones_away(
    line: RecordingLineMessaging,
) -> None:
    assert follow(line, Face.DISASTER) == 1
    assert shown(line) == "disaster"
    assert line.calls[-1] == "unlink_everyone"  # after the new default, or people fall to the old
    line.calls.clear()
    assert follow(line, Face.DISASTER, NOW + 5 * SECONDS) == 0
    assert line.calls == []


def test_its_end_brings_the_ordinary_menu_back(line: RecordingLineMessaging) -> None:
    follow(line, Face.DISASTER)
    assert follow(line, Face.NORMAL, NOW + 5 * SECONDS) == 1
    assert shown(line) == "normal"
    assert line.calls.count("unlink_everyone") == 2


def test_a_drill_has_a_menu_that_says_so_and_a_disaster_after_it_has_not(
    line: RecordingLineMessaging,
) -> None:
    follow(line, Face.DRILL)
    assert shown(line) == "drill:disaster"
    assert follow(line, Face.DISASTER, NOW + 5 * SECONDS) == 1
    assert shown(line) == "disaster"
    assert not any("drill" in spec.name for spec in line.specs.values())


def test_the_menu_made_by_hand_in_a_disaster_is_put_right(line: RecordingLineMessaging) -> None:
    follow(line, Face.DISASTER)
    line.default = next(key for key, spec in line.specs.items() if spec.name.endswith("normal"))
    with transaction() as session:
        menu_follow.note_shown(session, Mode.NORMAL, now=NOW)
    assert follow(line, Face.DISASTER, NOW + 5 * SECONDS) == 1
    assert shown(line) == "disaster"


def test_the_menu_made_by_hand_on_a_quiet_day_stays(line: RecordingLineMessaging) -> None:
    with transaction() as session:
        menu_follow.note_shown(session, Mode.NORMAL, now=NOW)
    assert follow(line, Face.NORMAL) == 0
    assert line.calls == []


def test_a_failure_is_tried_again_later_and_later_but_never_given_up(
    line: RecordingLineMessaging,
) -> None:
    tries, at = [], NOW
    for _second in range(40 * 60):
        line.troubles = [LineFailed("away")]
        try:
            follow(line, Face.DISASTER, at)
        except LineTrouble:
            tries.append(at)
        at += SECONDS
    gaps = [(after - before).total_seconds() for before, after in itertools.pairwise(tries)]
    assert gaps[:4] == [5, 10, 20, 40]
    assert max(gaps) == LONGEST_PAUSE.total_seconds()
    line.troubles = []
    assert follow(line, Face.DISASTER, at + LONGEST_PAUSE) == 1
    assert shown(line) == "disaster"


def test_what_was_done_before_a_failure_is_not_done_again(line: RecordingLineMessaging) -> None:
    class Away(RecordingLineMessaging):
        def unlink_everyone(self) -> str:
            self.calls.append("unlink_everyone")
            raise LineFailed("429", status=429)

    away = Away(in_transaction=in_transaction)
    with pytest.raises(LineFailed):
        follow(away, Face.DISASTER)
    assert shown(away) == "disaster"
    away.calls.clear()
    with pytest.raises(LineFailed):
        follow(away, Face.DISASTER, NOW + 10 * SECONDS)
    assert away.calls == ["unlink_everyone"]
    assert follow(line, Face.DISASTER, NOW + LONGEST_PAUSE) == 1
    assert line.calls == ["unlink_everyone"]


def test_a_second_worker_leaves_line_alone_until_the_first_must_be_dead() -> None:
    seen: list[int] = []

    class Slow(RecordingLineMessaging):
        def rich_menus(self) -> Any:  # noqa: ANN401 - as the recording one
            if not seen:
                seen.append(follow(RecordingLineMessaging(), Face.DISASTER, NOW + SECONDS))
            return super().rich_menus()

    assert follow(Slow(in_transaction=in_transaction), Face.DISASTER) == 1
    assert seen == [0]
    with transaction() as session:  # killed between claim and call
        state = session.get_one(MenuState, ROW)
        state.shown, state.unlinked, state.next_try_at = None, None, NOW + LEASE
    assert follow(RecordingLineMessaging(), Face.DISASTER, NOW + LEASE / 2) == 0
    assert follow(RecordingLineMessaging(), Face.DISASTER, NOW + LEASE) == 1


@pytest.mark.parametrize("seed", range(5))
def test_after_any_story_of_starts_stops_failures_and_kills_line_shows_what_is_wanted(
    seed: int,
) -> None:
    chance = random.Random(seed)

    class Killed(BaseException):
        pass

    class Shaky(RecordingLineMessaging):
        calm = False

        def _note(self, call: str) -> None:
            if not self.calm and chance.random() < 0.08:
                raise LineFailed("away")
            if not self.calm and chance.random() < 0.04:
                raise Killed
            super()._note(call)
            if not self.calm and chance.random() < 0.04:
                raise LineFailed("the answer was lost") if call == "rich_menus" else Killed

    line, at, wanted = Shaky(in_transaction=in_transaction), NOW, Face.NORMAL
    for _turn in range(60):
        wanted = chance.choice(list(Face)) if chance.random() < 0.3 else wanted
        try:
            follow(line, wanted, at)
        except (LineFailed, Killed):
            db.session.rollback()
        at += timedelta(seconds=chance.randint(1, 90))
    line.calm = True
    wanted = chance.choice([Face.DISASTER, Face.DRILL])
    follow(line, wanted, at + LONGEST_PAUSE)
    assert shown(line) == ("drill:disaster" if wanted is Face.DRILL else "disaster")
    follow(line, Face.NORMAL, at + 2 * LONGEST_PAUSE)
    assert shown(line) == "normal"
    assert line.calls[-1] == "unlink_everyone"


CONFIG = EmulatorConfig(
    app_url="http://localhost:9",
    liff_id="1650000000-AbCdEfGh",
    channel_id="1650000000",
    channel_secret="a channel secret",
    channel_token="a channel token",
)


@pytest.fixture
def emulator() -> Iterator[str]:
    """The address of a running LINE emulator."""
    server = bind(create_emulator(CONFIG))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def ask(emulator: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{emulator}{path}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {CONFIG.channel_token}"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - same
        return json.loads(answer.read() or b"null")


@pytest.mark.enable_socket
def test_people_who_had_tapped_a_tab_get_the_disasters_menu_too(emulator: str) -> None:
    drawn = {
        face: menu_definitions(
            lambda path: f"https://liff.line.me/{CONFIG.liff_id}/{path}",
            open_services={"shelters"},
            drill=face is Face.DRILL,
        )
        for face in (Face.NORMAL, Face.DRILL)
    }

    def follow_at(wanted: Face, at: datetime) -> int:
        return menu_follow.follow(
            wanted,
            lambda: SdkLineMessaging(api_url=emulator, token=CONFIG.channel_token),
            lambda face: drawn[Face.DRILL if face is Face.DRILL else Face.NORMAL],
            now=at,
        )

    def bar(person: str) -> str:
        menu = ask(emulator, f"/phone/state?as={person}&after=0&calls=0&hooks=0")["menu"]
        return str(menu["chatBarText"])

    follow_at(Face.DISASTER, NOW)
    time.sleep(CONFIG.batch_s + 0.2)
    # 花 taps the tab of ordinary days and so has a menu of her own; 太郎 taps nothing.
    ask(
        emulator,
        "/phone/act",
        {"as": "haru", "kind": "switch", "richMenuAliasId": alias_of(Mode.NORMAL)},
    )
    assert [bar("haru"), bar("kenta")] == ["メニュー", "災害時のメニュー"]
    follow_at(Face.DRILL, NOW + 10 * SECONDS)
    time.sleep(CONFIG.batch_s + 0.2)
    assert [bar("haru"), bar("kenta")] == ["【訓練】のメニュー"] * 2
    follow_at(Face.NORMAL, NOW + 20 * SECONDS)
    time.sleep(CONFIG.batch_s + 0.2)
    assert [bar("haru"), bar("kenta")] == ["メニュー"] * 2
