"""Push, multicast, reply and their limits, keys and troubles."""

import uuid

import pytest

from .conftest import Town

HELLO = {"type": "text", "text": "避難所を開きました"}


def push(town: Town, key: str = "haru", **headers: str) -> dict[str, object]:
    """Return the arguments of a push to one resident."""
    return {"to": town.user(key), "messages": [HELLO]}


def test_a_push_arrives_and_tells_its_message_id(town: Town) -> None:
    answer = town.api("POST", "/message/push", push(town))
    assert answer.status_code == 200
    sent = answer.get_json()["sentMessages"]
    kept = town.world.store.talk(town.user())
    assert [entry["message"]["id"] for entry in kept] == [one["id"] for one in sent]
    assert town.talk() == ["避難所を開きました"]
    assert uuid.UUID(answer.headers["X-Line-Request-Id"])


def test_every_answer_carries_a_request_id_of_its_own(town: Town) -> None:
    answers = [
        town.api("POST", "/message/push", push(town)),
        town.api("POST", "/message/push", {}),
        town.client.get("/v2/bot/info"),
    ]
    assert [a.status_code for a in answers] == [200, 400, 401]
    assert len({a.headers["X-Line-Request-Id"] for a in answers}) == 3


def test_a_wrong_channel_token_is_refused_in_lines_form(town: Town) -> None:
    answer = town.client.get("/v2/bot/info", headers={"Authorization": "Bearer other"})
    assert answer.status_code == 401
    assert answer.get_json()["message"].startswith("Authentication failed")


def test_an_unknown_path_answers_in_lines_form(town: Town) -> None:
    answer = town.api("GET", "/nothing/here")
    assert (answer.status_code, answer.get_json()) == (404, {"message": "Not found"})


def test_blocking_is_silent_uncounted_and_undelivered(town: Town) -> None:
    town.client.post("/phone/act", json={"as": "haru", "kind": "block"})
    assert town.api("POST", "/message/push", push(town)).status_code == 200
    body = {"to": [town.user("haru"), town.user("mei")], "messages": [HELLO]}
    assert town.api("POST", "/message/multicast", body).get_json() == {}
    assert town.talk("haru") == []
    assert town.talk("mei") == ["避難所を開きました"]
    assert town.api("GET", "/message/quota/consumption").get_json() == {"totalUsage": 1}


def test_strangers_with_a_proper_id_are_skipped_and_improper_ids_refused(town: Town) -> None:
    stranger = "U" + "f" * 32
    body = {"to": [stranger, town.user()], "messages": [HELLO]}
    assert town.api("POST", "/message/multicast", body).status_code == 200
    body["to"] = ["Unot-an-id", town.user()]
    refused = town.api("POST", "/message/multicast", body)
    assert refused.status_code == 400
    assert refused.get_json()["details"][0]["property"] == "to[0]"
    assert town.talk() == ["避難所を開きました"]


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (500, 200), (501, 400)])
def test_a_multicast_takes_1_to_500_ids(town: Town, count: int, status: int) -> None:
    ids = [f"U{number:032x}" for number in range(count)]
    answer = town.api("POST", "/message/multicast", {"to": ids, "messages": [HELLO]})
    assert answer.status_code == status


@pytest.mark.parametrize(("count", "status"), [(0, 400), (5, 200), (6, 400)])
def test_a_request_takes_1_to_5_messages(town: Town, count: int, status: int) -> None:
    answer = town.api("POST", "/message/push", {"to": town.user(), "messages": [HELLO] * count})
    assert answer.status_code == status
    assert len(town.talk()) == (count if status == 200 else 0)


def test_a_body_over_two_megabytes_is_413(town: Town) -> None:
    body = {"to": town.user(), "messages": [HELLO], "padding": "x" * 2 * 1024 * 1024}
    assert town.api("POST", "/message/push", body).status_code == 413


def test_a_body_that_is_no_json_object_is_400(town: Town) -> None:
    for data in (b"{", b"[]", b""):
        assert town.api("POST", "/message/push", data=data).status_code == 400


def test_validate_checks_without_sending(town: Town) -> None:
    assert town.api("POST", "/message/validate/push", {"messages": [HELLO]}).status_code == 200
    faulty = town.api("POST", "/message/validate/multicast", {"messages": [{"type": "text"}]})
    assert faulty.get_json() == {
        "message": "The request body has 1 error(s)",
        "details": [{"message": "May not be empty", "property": "messages[0].text"}],
    }
    assert town.talk() == []


def test_broadcast_reaches_every_friend_and_narrowcast_nobody(town: Town) -> None:
    town.client.post("/phone/act", json={"as": "mei", "kind": "part"})
    assert town.api("POST", "/message/broadcast", {"messages": [HELLO]}).status_code == 200
    assert town.api("POST", "/message/narrowcast", {"messages": [HELLO]}).status_code == 202
    assert [len(town.talk(key)) for key in ("haru", "kenta", "hoa", "satoru", "mei")] == [
        *(1, 1, 1, 1),
        0,
    ]


class TestRetryKeys:
    """X-Line-Retry-Key."""

    def test_a_repeated_key_sends_nothing_and_names_the_accepted_request(self, town: Town) -> None:
        headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
        first = town.api("POST", "/message/push", push(town), headers=headers)
        again = town.api("POST", "/message/push", push(town), headers=headers)
        assert again.status_code == 409
        assert again.get_json()["message"] == "The retry key is already accepted"
        assert again.get_json()["sentMessages"] == first.get_json()["sentMessages"]
        accepted = again.headers["X-Line-Accepted-Request-Id"]
        assert accepted == first.headers["X-Line-Request-Id"]
        assert town.talk() == ["避難所を開きました"]

    def test_a_refused_request_does_not_use_up_its_key(self, town: Town) -> None:
        headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
        assert town.api("POST", "/message/push", {}, headers=headers).status_code == 400
        assert town.api("POST", "/message/push", push(town), headers=headers).status_code == 200

    def test_a_key_is_forgotten_after_a_day(self, town: Town) -> None:
        headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
        town.api("POST", "/message/push", push(town), headers=headers)
        town.clock.now += 24 * 3600 + 1
        assert town.api("POST", "/message/push", push(town), headers=headers).status_code == 200

    @pytest.mark.parametrize("key", ["", "abc", "{123e4567-e89b-12d3-a456-426614174000}", "z" * 36])
    def test_a_key_that_is_no_uuid_is_400(self, town: Town, key: str) -> None:
        answer = town.api("POST", "/message/push", push(town), headers={"X-Line-Retry-Key": key})
        assert answer.status_code == 400
        assert town.talk() == []

    def test_elsewhere_a_key_is_400(self, town: Town) -> None:
        headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
        assert town.api("GET", "/info", headers=headers).status_code == 400

    def test_an_error_after_accepting_is_healed_by_the_same_key(self, town: Town) -> None:
        trouble = {"target": "push", "kind": "error_after_accepting"}
        assert town.client.post("/emulator/troubles", json=trouble).status_code == 201
        headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
        first = town.api("POST", "/message/push", push(town), headers=headers)
        assert first.status_code == 500
        assert town.api("POST", "/message/push", push(town), headers=headers).status_code == 409
        assert town.talk() == ["避難所を開きました"]


class TestLimits:
    """Requests per window and messages per month."""

    def test_the_rate_limit_counts_a_sliding_window(self, strict_town: Town) -> None:
        town = strict_town
        statuses = []
        for _ in range(4):
            statuses.append(town.api("POST", "/message/push", push(town)).status_code)
            town.clock.now += 2
        assert statuses == [200, 200, 200, 429]
        town.clock.now += 2.1  # the first request has left the ten seconds, the others not
        answers = [town.api("POST", "/message/push", push(town)) for _ in range(2)]
        assert [a.status_code for a in answers] == [200, 429]
        told = answers[1].get_json()["message"]
        assert told == "The API rate limit has been exceeded. Try again later."

    def test_other_endpoints_have_buckets_of_their_own(self, strict_town: Town) -> None:
        for _ in range(4):
            strict_town.api("POST", "/message/push", {})
        assert strict_town.api("GET", "/info").status_code == 200

    def test_the_month_ends_whole_requests(self, strict_town: Town) -> None:
        town = strict_town
        everyone = [one.user_id for one in town.world.people.named()]
        body = {"to": everyone[:3], "messages": [HELLO]}
        assert town.api("POST", "/message/multicast", body).status_code == 200
        over = town.api("POST", "/message/multicast", {**body, "to": everyone[:2]})
        assert over.status_code == 429
        assert over.get_json()["message"] == "You have reached your monthly limit."
        assert town.api("GET", "/message/quota").get_json() == {"type": "limited", "value": 4}
        assert town.api("GET", "/message/quota/consumption").get_json() == {"totalUsage": 3}


class TestReplies:
    """Reply tokens."""

    def token(self, town: Town) -> str:
        town.client.post("/phone/act", json={"as": "haru", "kind": "say", "text": "避難所"})
        town.world.webhooks.wait()
        return next(key for key, _ in town.world.store.items("reply_token"))

    def test_a_reply_arrives_once_and_is_not_counted(self, town: Town) -> None:
        body = {"replyToken": self.token(town), "messages": [HELLO]}
        assert town.api("POST", "/message/reply", body).status_code == 200
        again = town.api("POST", "/message/reply", body)
        assert (again.status_code, again.get_json()["message"]) == (400, "Invalid reply token")
        assert town.talk() == ["避難所", "避難所を開きました"]
        assert town.api("GET", "/message/quota/consumption").get_json() == {"totalUsage": 0}

    def test_a_faulty_reply_leaves_the_token_good(self, town: Town) -> None:
        body = {"replyToken": self.token(town), "messages": []}
        assert town.api("POST", "/message/reply", body).status_code == 400
        assert town.api("POST", "/message/reply", {**body, "messages": [HELLO]}).status_code == 200

    def test_a_token_dies_after_a_minute(self, town: Town) -> None:
        body = {"replyToken": self.token(town), "messages": [HELLO]}
        town.clock.now += 61
        assert town.api("POST", "/message/reply", body).status_code == 400


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("rate", 429, "The API rate limit has been exceeded. Try again later."),
        ("monthly", 429, "You have reached your monthly limit."),
        ("error", 500, "Internal Server Error"),
    ],
)
def test_a_scripted_trouble_meets_the_next_calls_only(
    town: Town, kind: str, status: int, words: str
) -> None:
    town.client.post("/emulator/troubles", json={"target": "push", "kind": kind, "times": 2})
    assert town.api("GET", "/info").status_code == 200
    answers = [town.api("POST", "/message/push", push(town)) for _ in range(3)]
    assert [a.status_code for a in answers] == [status, status, 200]
    assert answers[0].get_json() == {"message": words}
    assert town.talk() == ["避難所を開きました"]
