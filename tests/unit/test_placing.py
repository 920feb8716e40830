from __future__ import annotations

from pathlib import Path

import pytest

from app import placing


@pytest.fixture
def holder(monkeypatch: pytest.MonkeyPatch) -> list[OSError]:
    """Errors that replacing a file meets, one after the other, as where an antivirus looks at it."""
    errors: list[OSError] = []
    real = Path.replace

    def replace(part: Path, place: Path) -> Path:
        if errors:
            raise errors.pop()
        return real(part, place)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(placing, "_WAITS", (0.0, 0.0, 0.0))
    return errors


def _files(folder: Path) -> tuple[Path, Path]:
    part, place = folder / "settings.part", folder / "settings.json"
    part.write_text("new")
    place.write_text("old")
    return part, place


@pytest.mark.parametrize("times", [0, 1, 3])
def test_a_file_that_is_held_for_a_moment_is_replaced_all_the_same(
    times: int, holder: list[OSError], tmp_path: Path
) -> None:
    part, place = _files(tmp_path)
    holder += [PermissionError(13, "used by another process")] * times
    placing.put(part, place)
    assert place.read_text() == "new" and not part.exists()


def test_a_file_that_stays_held_is_told_and_stays_as_it_was(holder: list[OSError], tmp_path: Path) -> None:
    part, place = _files(tmp_path)
    holder += [PermissionError(13, "used by another process")] * 4
    with pytest.raises(PermissionError):
        placing.put(part, place)
    assert place.read_text() == "old" and part.read_text() == "new"


def test_what_waiting_does_not_mend_is_told_at_once(holder: list[OSError], tmp_path: Path) -> None:
    part, place = _files(tmp_path)
    holder += [OSError(28, "no space left")]
    with pytest.raises(OSError, match="no space"):
        placing.put(part, place)


def test_a_folder_moves_as_a_whole(tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.mkdir()
    (part / "model.onnx").write_text("weights")
    placing.put(part, tmp_path / "model")
    assert (tmp_path / "model" / "model.onnx").read_text() == "weights" and not part.exists()
