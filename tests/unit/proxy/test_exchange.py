from __future__ import annotations

import time

import pytest

from app.pipeline.redaction import Redaction
from app.proxy.exchange import KEEP_LIMIT, Exchange, ExchangeLog


def test_a_clock_that_is_set_back_keeps_no_text_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    log = ExchangeLog(10)
    exchange = log.new("POST", "/v1/responses")
    exchange.total_ms = 1.0
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 365 * 86400)
    assert log.wipe(60) == frozenset()
    exchange.began -= 3601
    assert log.wipe(60) == {exchange.id}


def test_the_log_forgets_the_oldest() -> None:
    log = ExchangeLog(2)
    made = [log.new("POST", "/v1/messages") for _ in range(3)]
    assert [exchange.id for exchange in log] == [2, 3] and len(log) == 2
    assert log.get(1) is None and log.get(3) is made[2]


def test_a_log_that_keeps_nothing_still_counts() -> None:
    log = ExchangeLog(0)
    assert [log.new("POST", "/").id for _ in range(2)] == [1, 2]
    assert not log.keeps and list(log) == []


def test_the_capacity_may_change_and_ids_go_on() -> None:
    log = ExchangeLog(3)
    for _ in range(3):
        log.new("POST", "/")
    log.resize(1)
    assert [exchange.id for exchange in log] == [3]
    log.resize(0)
    assert list(log) == [] and not log.keeps
    log.resize(2)
    assert log.keeps and log.new("POST", "/").id == 4
    log.clear()
    assert len(log) == 0 and log.new("POST", "/").id == 5


def test_the_log_may_grow_while_it_is_read() -> None:
    log = ExchangeLog(5)
    log.new("POST", "/")
    for exchange in log:
        log.new("POST", "/")
        assert exchange.id == 1


def test_an_exchange_counts_what_was_hidden_and_hides_texts_in_its_repr() -> None:
    exchange = Exchange(1, "POST", "/", entities={"PERSON": 2, "CUSTOM": 1})
    exchange.sent = Redaction("canary", "canary")
    exchange.transcript = lambda: ("canary back", "canary got")
    assert (exchange.came_back, exchange.got) == ("canary back", "canary got")
    assert exchange.redactions == 3 and exchange.outcome == "open"
    assert "canary" not in repr(exchange)


def _told(log: ExchangeLog, text: str) -> Exchange:
    exchange = log.new("POST", "/")
    exchange.sent = Redaction(text, text)
    exchange.transcript = lambda: (text, text)
    log.settle(exchange)
    return exchange


def test_the_texts_of_the_oldest_go_first_when_they_take_too_much_together() -> None:
    log = ExchangeLog(10, memory=104_000)
    small = [_told(log, "a" * 1000) for _ in range(3)]
    assert all(exchange.sent and exchange.got for exchange in small)
    large = _told(log, "b" * 20_000)
    newest = _told(log, "c" * 3000)
    assert [bool(exchange.sent) for exchange in small] == [False, True, True]
    assert not small[0].got and large.sent and newest.got
    assert len(log) == 5  # what is known of it otherwise is still there
    log.resize(10, 15_000)
    assert [bool(exchange.sent) for exchange in log] == [False, False, False, False, True]
    log.resize(10, 1)
    assert not newest.sent and not newest.came_back
    log.resize(10, 100_000)
    assert _told(log, "d" * 1000).sent


def test_texts_of_exchanges_that_are_forgotten_count_no_more() -> None:
    log = ExchangeLog(2, memory=100_000)
    for _ in range(50):
        _told(log, "a" * 10_000)
    assert all(exchange.sent for exchange in log) and len(log) == 2
    log.clear()
    assert _told(log, "a" * 10_000).sent


def test_an_answer_longer_than_is_kept_is_let_go_of() -> None:
    log = ExchangeLog(2, memory=2**30)
    exchange = log.new("POST", "/")
    exchange.transcript = lambda: ("a" * (KEEP_LIMIT + 1), "")
    log.settle(exchange)
    assert not exchange.came_back


def test_what_was_never_kept_is_not_settled() -> None:
    log = ExchangeLog(0)
    exchange = _told(log, "a")
    assert list(log) == [] and exchange.got == "a"
