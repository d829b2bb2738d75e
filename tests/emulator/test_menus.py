"""Rich menus, their images, aliases and who sees which."""

import io
import os
from typing import Any

import pytest
from PIL import Image

from .conftest import Town

LINK = {"type": "uri", "label": "避難所", "uri": "https://liff.line.me/1-a/shelters"}
LONG_LABEL = {**LINK, "label": "あ" * 21}
UPPER_TAB = {"type": "richmenuswitch", "richMenuAliasId": "UPPER", "data": "x"}
CORNER = {"x": 0, "y": 0, "width": 9, "height": 9}
OUTSIDE = {"x": 1, "y": 0, "width": 800, "height": 540}


def menu(width: int = 800, height: int = 540, **changed: object) -> dict[str, Any]:
    """Return a good menu with one area."""
    return {
        "size": {"width": width, "height": height},
        "selected": True,
        "name": "ふだん",
        "chatBarText": "メニュー",
        "areas": [{"bounds": {"x": 0, "y": 0, "width": width, "height": height}, "action": LINK}],
        **changed,
    }


def picture(
    width: int = 800, height: int = 540, kind: str = "PNG", *, noise: bool = False
) -> bytes:
    """Return an image file."""
    image = Image.new("RGB", (width, height), (11, 61, 107))
    if noise:
        image = Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def create(town: Town, *, image: bool = True) -> str:
    """Return the id of a new menu."""
    menu_id = str(town.api("POST", "/richmenu", menu()).get_json()["richMenuId"])
    if image:
        assert upload(town, menu_id, picture()) == 200
    return menu_id


def upload(town: Town, menu_id: str, body: bytes, kind: str = "image/png") -> int:
    """Return the status of an image upload."""
    path = f"/richmenu/{menu_id}/content"
    return town.api("POST", path, data=body, content_type=kind).status_code


def test_a_menu_comes_back_as_it_was_given(town: Town) -> None:
    menu_id = create(town, image=False)
    assert town.api("POST", "/richmenu/validate", menu()).get_json() == {}
    assert town.api("GET", f"/richmenu/{menu_id}").get_json() == {"richMenuId": menu_id, **menu()}
    listed = town.api("GET", "/richmenu/list").get_json()["richmenus"]
    assert [one["richMenuId"] for one in listed] == [menu_id]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"width": 799}, "size.width"),
        ({"width": 2501}, "size.width"),
        ({"width": 800, "height": 249}, "size.height"),
        ({"width": 800, "height": 552}, "size"),
        ({"name": "n" * 301}, "name"),
        ({"chatBarText": "あ" * 15}, "chatBarText"),
        ({"selected": "yes"}, "selected"),
        ({"areas": [{}] * 21}, "areas"),
        ({"areas": [{"bounds": OUTSIDE, "action": LINK}]}, "areas[0].bounds"),
        ({"areas": [{"bounds": CORNER, "action": UPPER_TAB}]}, "areas[0].action.richMenuAliasId"),
        ({"areas": [{"bounds": CORNER, "action": LONG_LABEL}]}, "areas[0].action.label"),
    ],
)
def test_a_faulty_menu_is_refused_by_name(town: Town, changed: dict[str, Any], where: str) -> None:
    for path in ("/richmenu", "/richmenu/validate"):
        answer = town.api("POST", path, menu(**changed))
        assert answer.status_code == 400
        assert [one["property"] for one in answer.get_json()["details"]] == [where]
    assert town.api("GET", "/richmenu/list").get_json() == {"richmenus": []}


class TestImages:
    """The picture of a menu."""

    def test_an_image_comes_back_byte_for_byte(self, town: Town) -> None:
        menu_id, body = create(town, image=False), picture(kind="JPEG")
        assert upload(town, menu_id, body, "image/jpeg") == 200
        given = town.api("GET", f"/richmenu/{menu_id}/content")
        assert (given.data, given.mimetype) == (body, "image/jpeg")

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            (picture(), "image/jpeg", 400),
            (picture(kind="GIF"), "image/png", 400),
            (picture(kind="GIF"), "image/gif", 415),
            (picture(800, 541), "image/png", 400),
            (picture(1600, 1080), "image/png", 400),
            (b"\x89PNG\r\n\x1a\n nonsense", "image/png", 400),
            (b"", "image/png", 400),
            (picture(noise=True), "image/png", 413),
        ],
    )
    def test_an_image_line_would_not_take_is_refused(
        self, town: Town, body: bytes, kind: str, status: int
    ) -> None:
        menu_id = create(town, image=False)
        assert upload(town, menu_id, body, kind) == status
        assert town.api("GET", f"/richmenu/{menu_id}/content").status_code == 404

    def test_a_second_image_is_refused(self, town: Town) -> None:
        assert upload(town, create(town), picture()) == 400

    def test_a_menu_without_image_cannot_be_shown(self, town: Town) -> None:
        bare = create(town, image=False)
        for path in (f"/user/all/richmenu/{bare}", f"/user/{town.user()}/richmenu/{bare}"):
            answer = town.api("POST", path)
            assert answer.status_code == 400
            assert "must upload richmenu image" in answer.get_json()["message"]


def seen_by(town: Town, key: str = "haru") -> str | None:
    """Return the id of the menu on a resident's phone."""
    shown = town.client.get(f"/phone/state?as={key}").get_json()["menu"]
    return None if shown is None else str(shown["richMenuId"])


class TestPriority:
    """Own menu before default menu before none."""

    def test_an_own_menu_hides_the_default_until_it_is_taken_away(self, town: Town) -> None:
        usual, special = create(town), create(town)
        assert seen_by(town) is None
        town.api("POST", f"/user/all/richmenu/{usual}")
        town.api("POST", f"/user/{town.user()}/richmenu/{special}")
        assert (seen_by(town), seen_by(town, "mei")) == (special, usual)
        assert town.api("GET", "/user/all/richmenu").get_json() == {"richMenuId": usual}
        own = f"/user/{town.user()}/richmenu"
        assert town.api("GET", own).get_json() == {"richMenuId": special}
        assert town.api("DELETE", own).status_code == 200
        assert town.api("GET", own).status_code == 404
        assert seen_by(town) == usual

    def test_a_new_default_does_not_reach_who_used_a_tab(self, town: Town) -> None:
        usual, disaster = create(town), create(town)
        town.api("POST", "/richmenu/alias", {"richMenuAliasId": "usual", "richMenuId": usual})
        town.api("POST", f"/user/all/richmenu/{usual}")
        tap = {"as": "haru", "kind": "switch", "richMenuAliasId": "usual", "data": "tab"}
        assert town.client.post("/phone/act", json=tap).get_json() == {"status": "SUCCESS"}
        town.api("POST", f"/user/all/richmenu/{disaster}")
        assert (seen_by(town), seen_by(town, "mei")) == (usual, disaster)

    def test_deleting_a_menu_uncovers_the_next_one(self, town: Town) -> None:
        usual, special = create(town), create(town)
        town.api("POST", f"/user/all/richmenu/{usual}")
        town.api("POST", f"/user/{town.user()}/richmenu/{special}")
        assert town.api("DELETE", f"/richmenu/{special}").status_code == 200
        assert seen_by(town) == usual
        town.api("DELETE", f"/richmenu/{usual}")
        assert seen_by(town) is None
        assert town.api("GET", "/user/all/richmenu").status_code == 404
        assert town.api("DELETE", f"/richmenu/{usual}").status_code == 404


class TestAliases:
    """Second names of menus."""

    def test_an_alias_lives_from_creation_to_deletion(self, town: Town) -> None:
        one, two = create(town), create(town)
        alias = {"richMenuAliasId": "usual", "richMenuId": one}
        assert town.api("POST", "/richmenu/alias", alias).status_code == 200
        conflict = town.api("POST", "/richmenu/alias", alias)
        assert (conflict.status_code, conflict.get_json()["message"]) == (
            400,
            "conflict richmenu alias id",
        )
        town.api("POST", "/richmenu/alias/usual", {"richMenuId": two})
        moved = {"richMenuAliasId": "usual", "richMenuId": two}
        assert town.api("GET", "/richmenu/alias/usual").get_json() == moved
        assert town.api("GET", "/richmenu/alias/list").get_json() == {"aliases": [moved]}
        assert town.api("DELETE", "/richmenu/alias/usual").status_code == 200
        assert town.api("GET", "/richmenu/alias/usual").status_code == 404

    @pytest.mark.parametrize("name", ["", "UPPER", "a" * 33, "with space"])
    def test_an_alias_has_a_small_alphabet(self, town: Town, name: str) -> None:
        body = {"richMenuAliasId": name, "richMenuId": create(town)}
        assert town.api("POST", "/richmenu/alias", body).status_code == 400

    def test_an_alias_needs_a_menu(self, town: Town) -> None:
        body = {"richMenuAliasId": "usual", "richMenuId": "richmenu-none"}
        assert town.api("POST", "/richmenu/alias", body).status_code == 400


class TestBulkAndBatch:
    """Many links at once."""

    def test_bulk_links_and_unlinks_those_named(self, town: Town) -> None:
        special = create(town)
        two = [town.user("haru"), town.user("mei")]
        body = {"richMenuId": special, "userIds": two}
        assert town.api("POST", "/richmenu/bulk/link", body).status_code == 202
        assert [seen_by(town, key) for key in ("haru", "mei", "hoa")] == [special, special, None]
        assert town.api("POST", "/richmenu/bulk/unlink", {"userIds": two[:1]}).status_code == 202
        assert [seen_by(town, key) for key in ("haru", "mei")] == [None, special]

    def test_bulk_takes_at_most_500(self, town: Town) -> None:
        ids = [f"U{number:032x}" for number in range(501)]
        assert town.api("POST", "/richmenu/bulk/unlink", {"userIds": ids}).status_code == 400

    def test_a_batch_moves_and_removes_links_some_time_later(self, town: Town) -> None:
        one, two, three = create(town), create(town), create(town)
        for key, linked in (("haru", one), ("mei", two), ("hoa", three)):
            town.api("POST", f"/user/{town.user(key)}/richmenu/{linked}")
        body = {
            "operations": [
                {"type": "link", "from": one, "to": two},
                {"type": "unlink", "from": two},
            ]
        }
        assert town.api("POST", "/richmenu/validate/batch", body).status_code == 200
        accepted = town.api("POST", "/richmenu/batch", body)
        assert accepted.status_code == 202
        progress = f"/richmenu/progress/batch?requestId={accepted.headers['X-Line-Request-Id']}"
        assert town.api("GET", progress).get_json()["phase"] == "ongoing"
        assert seen_by(town, "haru") == one
        town.clock.now += 2.5
        # Both operations look at the links as they were: haru's new menu is not taken away again.
        assert [seen_by(town, key) for key in ("haru", "mei", "hoa")] == [two, None, three]
        done = town.api("GET", progress).get_json()
        assert done["phase"] == "succeeded"
        assert done["acceptedTime"] < done["completedTime"]

    def test_a_batch_whose_target_vanished_fails_in_part(self, town: Town) -> None:
        one, two, three = create(town), create(town), create(town)
        for key, linked in (("haru", one), ("mei", two)):
            town.api("POST", f"/user/{town.user(key)}/richmenu/{linked}")
        operations = [
            {"type": "link", "from": one, "to": three},
            {"type": "unlink", "from": two},
        ]
        accepted = town.api("POST", "/richmenu/batch", {"operations": operations})
        town.api("DELETE", f"/richmenu/{three}")
        town.clock.now += 2.5
        progress = f"/richmenu/progress/batch?requestId={accepted.headers['X-Line-Request-Id']}"
        assert town.api("GET", progress).get_json()["phase"] == "failed"
        assert [seen_by(town, key) for key in ("haru", "mei")] == [one, None]

    def test_unlink_all_stands_alone_and_clears_every_link(self, town: Town) -> None:
        one = create(town)
        for key in ("haru", "mei"):
            town.api("POST", f"/user/{town.user(key)}/richmenu/{one}")
        both = {"operations": [{"type": "unlinkAll"}, {"type": "unlink", "from": one}]}
        assert town.api("POST", "/richmenu/batch", both).status_code == 400
        town.api("POST", "/richmenu/batch", {"operations": [{"type": "unlinkAll"}]})
        town.clock.now += 2.5
        assert [seen_by(town, key) for key in ("haru", "mei")] == [None, None]

    def test_a_fourth_batch_within_the_hour_is_429(self, town: Town) -> None:
        body = {"operations": [{"type": "unlinkAll"}]}
        statuses = [town.api("POST", "/richmenu/batch", body).status_code for _ in range(4)]
        assert statuses == [202, 202, 202, 429]
        town.clock.now += 3601
        assert town.api("POST", "/richmenu/batch", body).status_code == 202

    def test_a_resume_key_is_used_once(self, town: Town) -> None:
        body = {"operations": [{"type": "unlinkAll"}], "resumeRequestKey": "k1"}
        statuses = [town.api("POST", "/richmenu/batch", body).status_code for _ in range(2)]
        assert statuses == [202, 409]

    @pytest.mark.parametrize(
        "operations",
        [
            [],
            [{"type": "unlinkAll"}] * 1001,
            [{"type": "link", "from": "x", "to": "y"}],
            ["unlink"],
        ],
    )
    def test_a_faulty_batch_is_refused(self, town: Town, operations: list[object]) -> None:
        assert town.api("POST", "/richmenu/batch", {"operations": operations}).status_code == 400


def test_a_tab_without_its_alias_tells_so_and_changes_nothing(town: Town) -> None:
    tap = {"as": "haru", "kind": "switch", "richMenuAliasId": "gone", "data": "tab"}
    told = town.client.post("/phone/act", json=tap).get_json()
    assert told == {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
    assert seen_by(town) is None
