from __future__ import annotations

from app.pipeline.redaction import Redaction
from app.proxy.exchange import Exchange, ExchangeLog


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
