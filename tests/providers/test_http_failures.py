"""What refusals and odd JSON mean, for every vendor."""

from __future__ import annotations

import pytest

from holo_app.errors import FailureCategory, ProviderError
from holo_app.providers.http.failures import Refusal, refused
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
