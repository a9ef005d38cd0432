"""What refusals and odd JSON mean, for every vendor."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import Refusal, refused, retry_after_s
from holo_app.providers.http.json_values import count_in, json_object, number_in


@pytest.mark.parametrize(
    ("status", "told", "category", "again_s"),
    [
        (400, "true", FailureCategory.UNAVAILABLE, None),
        (401, "true", FailureCategory.AUTH, None),
        (500, "false", FailureCategory.UNAVAILABLE, 60),
        (429, "false", FailureCategory.RATE_LIMITED, 60),
        (400, "false", FailureCategory.BAD_REQUEST, None),
        (500, "perhaps", FailureCategory.UNAVAILABLE, None),
    ],
)
def test_what_the_server_says_about_asking_again_counts(
    status: int, told: str, category: FailureCategory, again_s: float | None
) -> None:
    error = refused("openai", Refusal(status, {"x-should-retry": told}, {}, ""))
    assert (error.category, error.retry_after_s) == (category, again_s)


def test_a_longer_wait_is_not_shortened() -> None:
    headers = {"x-should-retry": "false", "retry-after": "90"}
    assert refused("openai", Refusal(503, headers, {}, "")).retry_after_s == 90


@pytest.mark.parametrize("far", ["inf", "1e300", "864000"])
def test_nobody_is_sent_away_for_days(far: str) -> None:
    assert refused("openai", Refusal(503, {"retry-after": far}, {}, "")).retry_after_s == 3600


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "-7"}, 0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Mon, 05 Jan 2026 10:00:30 GMT"}, 30),
        ({"retry-after": "Mon, 05 Jan 2026 09:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, 0),
    ],
)
def test_when_to_ask_again_is_read_in_every_form(headers: dict[str, str], wait_s: float | None) -> None:
    assert retry_after_s(headers, datetime(2026, 1, 5, 10, tzinfo=UTC)) == wait_s


@pytest.mark.parametrize("content", ['{"a": NaN}', '{"a": -Infinity}', "[1]", "", '{"a"', b"\xff\xfe", "[" * 99_999])
def test_what_is_no_json_object_is_a_bad_response(content: str | bytes) -> None:
    with pytest.raises(ProviderError) as caught:
        json_object("openai", content)
    assert caught.value.category is FailureCategory.BAD_RESPONSE


@pytest.mark.parametrize(
    ("value", "number", "count"),
    [("1.5", 1.5, 1), (-2, -2.0, 0), ("nan", None, 0), ("1e999", None, 0), (10**400, None, 0), (True, None, 0),
     (1e16, 1e16, 0), ({}, None, 0)],
)  # fmt: skip
def test_only_finite_numbers_are_numbers(value: object, number: float | None, count: int) -> None:
    assert number_in({"a": value}, "a") == number
    assert count_in({"a": value}, "a") == count
