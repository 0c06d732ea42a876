"""What makes verifying quick changes nothing: lines, instants and costs are what they were."""

from __future__ import annotations

import datetime as dt
import gc
import re

import pytest

from offtake.audit import NoJournalError, form, verify
from offtake.audit.breach import instant
from offtake.audit.clock import Almanac, _moments

from .courses import whole


@pytest.mark.parametrize("seed", range(4))
def test_a_line_is_read_alike_quickly_and_slowly(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = whole(seed).lines()[1:-1]
    slowly = [form._cut(line) for line in lines]

    def never(line: bytes) -> form.Entry:
        raise AssertionError(line)

    monkeypatch.setattr(form, "_cut", never)
    assert [form.entry_of(line) for line in lines] == slowly


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-21T17:61:05",
        "2025-13-21T17:01:05",
        "2025-_1-21T17:01:05",
        "2025-01-21T27:01:05",
        "2025-01-21T17:01:_5",
    ],
)
def test_an_instant_that_is_none_is_named_as_it_stands(text: str) -> None:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError as error:
        with pytest.raises(ValueError, match=f"^{re.escape(str(error))}$"):
            instant(f"{text}.000000000Z")
    else:
        pytest.fail(text)


def test_each_second_of_an_hour_is_read() -> None:
    begun = instant("2025-01-21T17:00:00.000000000Z")
    for second in range(3_600):
        text = f"2025-01-21T17:{second // 60:02d}:{second % 60:02d}.000000007Z"
        assert instant(text) - begun == second * 10**9 + 7


def test_clocks_that_never_change_show_a_minute_as_those_do_that_change_later() -> None:
    plain = Almanac(((0, 3600),), (3600,), frozenset(), frozenset(), (), frozenset())
    later = ((0, 3600), (10**12, 7200))
    changing = Almanac(later, (3600, 7200), frozenset(), frozenset(), (), frozenset())
    for day in range(0, 20_000, 777):
        for minute in (0, 1, 540, 1_439, 1_440):
            assert _moments(plain, day, minute) == _moments(changing, day, minute)


@pytest.mark.parametrize("on", [True, False])
def test_garbage_is_searched_afterwards_as_it_was_before(on: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        verify(whole(0).lines())
        assert gc.isenabled() is on
        with pytest.raises(NoJournalError):
            verify([b"nothing"])
        assert gc.isenabled() is on
    finally:
        (gc.enable if before else gc.disable)()
