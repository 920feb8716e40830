from __future__ import annotations

import pytest

from app.store.sealing import KEY_SIZE, Seal, Unsealable, new_key

SEAL = Seal(b"m" * 32)


@pytest.mark.parametrize("plain", [b"", b"x", b"canary" * 1000])
def test_what_is_sealed_opens(plain: bytes) -> None:
    assert SEAL.open(SEAL.seal(plain, "place"), "place") == plain


def test_the_same_is_sealed_differently_each_time() -> None:
    assert SEAL.seal(b"x", "place") != SEAL.seal(b"x", "place")


@pytest.mark.parametrize("at", [0, 11, 12, 15, -1])
def test_a_changed_byte_is_noticed(at: int) -> None:
    sealed = bytearray(SEAL.seal(b"canary", "place"))
    sealed[at] ^= 1
    with pytest.raises(Unsealable) as caught:
        SEAL.open(bytes(sealed), "place")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("sealed", [b"", b"x", b"x" * 12, b"x" * 27])
def test_what_is_too_short_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        SEAL.open(sealed, "place")


def test_what_was_moved_does_not_open() -> None:
    with pytest.raises(Unsealable):
        SEAL.open(SEAL.seal(b"x", "here"), "there")


def test_another_key_does_not_open() -> None:
    with pytest.raises(Unsealable):
        Seal(b"n" * 32).open(SEAL.seal(b"x", "place"), "place")


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_has_its_size(size: int) -> None:
    with pytest.raises(ValueError, match="a key has 32 bytes"):
        Seal(b"m" * size)


def test_keys_are_new() -> None:
    assert len(new_key()) == KEY_SIZE and new_key() != new_key()


def test_a_digest_depends_on_key_parts_and_where_they_part() -> None:
    assert SEAL.digest(b"ab", b"c") == SEAL.digest(b"ab", b"c")
    assert (
        len(
            {
                SEAL.digest(b"ab", b"c"),
                SEAL.digest(b"a", b"bc"),
                SEAL.digest(b"abc"),
                Seal(b"n" * 32).digest(b"ab", b"c"),
            }
        )
        == 4
    )


def test_the_repr_tells_no_key() -> None:
    assert repr(Seal(b"m" * 32)) == "<Seal>"
