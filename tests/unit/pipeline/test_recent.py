from __future__ import annotations

from app.pipeline.recent import Recent


def test_what_was_used_longest_ago_goes_first() -> None:
    recent = Recent[str, int](30)
    for number, name in enumerate("abc"):
        recent.put(name, number, 10)
    assert recent.get("a") == 0  # a use
    recent.put("d", 3, 10)
    assert [recent.get(name) for name in "abcd"] == [0, None, 2, 3]
    assert (len(recent), recent.size) == (3, 30)


def test_at_the_bound_all_stay_and_above_it_as_many_go_as_must() -> None:
    recent = Recent[str, int](30)
    for name in "abc":
        recent.put(name, 1, 10)
    recent.put("c", 2, 10)  # in place of itself
    assert (len(recent), recent.size) == (3, 30)
    recent.put("d", 1, 11)
    assert [recent.get(name) for name in "abcd"] == [None, None, 2, 1]
    assert recent.size == 21


def test_what_is_more_than_all_may_take_is_not_kept_and_drives_nothing_out() -> None:
    recent = Recent[str, int](30)
    recent.put("a", 1, 10)
    recent.put("b", 1, 31)
    assert (recent.get("a"), recent.get("b"), recent.size) == (1, None, 10)
    recent.put("a", 2, 31)  # it has grown: what was known of it no longer holds
    assert (recent.get("a"), recent.size) == (None, 0)


def test_cleared_it_begins_anew() -> None:
    recent = Recent[str, int](30)
    recent.put("a", 1, 30)
    recent.clear()
    assert (len(recent), recent.size, recent.get("a")) == (0, 0, None)
