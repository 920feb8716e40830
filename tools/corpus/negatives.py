"""Collects texts that hold hardly anything personal: `python -m tools.corpus.negatives [FOLDER]`.

Five megabytes each of Python, JavaScript, JSON, prose and logs, as corpora without labels. The first four come out of
packages in fixed versions through the ordinary clients, the logs are made up. Authors' names and addresses in them are
real, so what `anonamoose eval` calls a false alarm there is for somebody to look at.
"""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, islice
from pathlib import Path, PurePosixPath
from random import Random

from app.evaluation.corpus import Item, chunks
from tools.corpus import logs

FOLDER = Path("build/corpora")
#: Characters of each kind, of one item, and of the largest file that is taken: a bundle is all one text.
_SIZE, _CHUNK, _LARGEST = 5_000_000, 100_000, 600_000


@dataclass(frozen=True, slots=True)
class Source:
    """Files of a kind: their endings, and the packages of `pip`, `npm` and `apt` (where there is one) to look in."""

    kind: str
    endings: tuple[str, ...]
    packages: tuple[str, ...]


_DJANGO, _BOTOCORE = "pip:django==5.1.4", "pip:botocore==1.35.80"
SOURCES = {
    "python": Source("code", (".py",), (_DJANGO, _BOTOCORE, "pip:sympy==1.13.3", "pip:aiohttp==3.11.10")),
    "javascript": Source(
        "code",
        (".js", ".mjs", ".ts", ".tsx"),
        ("npm:three@0.171.0", "npm:lodash@4.17.21", "npm:vue@3.5.13", "npm:express@4.21.2", "npm:rxjs@7.8.1"),
    ),
    "json": Source(
        "json", (".json", ".json.gz"), (_BOTOCORE, "npm:mime-db@1.53.0", "npm:i18n-iso-countries@7.13.0", _DJANGO)
    ),
    "prose": Source("prose", (".txt", ".rst", ".md", ""), (_DJANGO, "apt:fortunes", "npm:typescript@5.7.2")),
}
#: Files without an ending that are prose: the adages of `fortunes`.
_ADAGES = "games/fortunes/"


def _fetched(package: str, folder: Path) -> Path | None:
    """The file of a package; None where its client is not at hand."""
    client, _, name = package.partition(":")
    target = folder / sha256(package.encode()).hexdigest()[:16]
    if not target.exists():
        if shutil.which({"apt": "apt-get", "pip": sys.executable}.get(client, client)) is None:
            print(f"{client} is not installed: {name} is left out.", file=sys.stderr)
            return None
        target.mkdir()
        source = (
            ["--no-binary", ":all:"] if package == _DJANGO else ["--only-binary", ":all:"]
        )  # its texts are not in the wheel
        command = {
            "pip": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *source, name],
            "npm": ["npm", "pack", "--silent", name],
            "apt": ["apt-get", "download", "--quiet", name],
        }[client]
        subprocess.run(command, cwd=target, check=True, stdout=subprocess.DEVNULL)
    return next(target.iterdir())


def _files(archive: Path, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of what a package holds."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                yield name, wheel.read(name)
        return
    if archive.suffix == ".deb":
        plain = folder / "data.tar"
        with plain.open("wb") as file:
            subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], check=True, stdout=file)
        archive = plain
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and (content := tar.extractfile(member)):
                yield member.name, content.read()


def _texts(source: Source, folder: Path) -> Iterator[tuple[str, str]]:
    """Names and texts of the files of a source."""
    for package in source.packages:
        archive = _fetched(package, folder)
        for name, data in _files(archive, folder) if archive else ():
            ending = "".join(PurePosixPath(name).suffixes[-2:]) if name.endswith(".gz") else PurePosixPath(name).suffix
            if ending not in source.endings or (not ending and _ADAGES not in name):
                continue
            if name.endswith(".gz"):
                data = gzip.decompress(data)
            try:
                text = io.TextIOWrapper(io.BytesIO(data), "utf-8").read()
            except UnicodeDecodeError:
                continue
            if 0 < len(text) <= _LARGEST:
                yield f"{package.partition(':')[2]}/{name}", text


def _items(name: str, source: Source, folder: Path) -> Iterator[Item]:
    # In an order that is nobody's and always the same, so that each package has its share.
    texts = sorted(_texts(source, folder), key=lambda text: sha256(text[0].encode()).digest())
    for file, text in texts:
        # A JSON document is read as such only if it is whole.
        size = _LARGEST if source.kind == "json" else _CHUNK
        for number, chunk in enumerate(chunks(text, size)):
            yield Item(f"{name}/{file}#{number}", chunk, source.kind)


def _logs() -> Iterator[Item]:
    lines = logs.lines(Random("logs"))
    for number in count():
        yield Item(f"logs/{number}", "\n".join(islice(lines, 500)) + "\n", "log")


def _written(path: Path, items: Iterable[Item]) -> int:
    size = 0
    with path.open("w", encoding="utf-8") as file:
        for item in items:
            file.write(item.line() + "\n")
            size += len(item.text)
            if size >= _SIZE:
                break
    return size


def main() -> None:
    """The command."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as downloads:
        for name, source in SOURCES.items():
            size = _written(folder / f"{name}.jsonl", _items(name, source, Path(downloads)))
            print(f"{folder / name}.jsonl: {size / 1e6:.1f} million characters")
    size = _written(folder / "logs.jsonl", _logs())
    print(f"{folder}/logs.jsonl: {size / 1e6:.1f} million characters")


if __name__ == "__main__":
    main()
