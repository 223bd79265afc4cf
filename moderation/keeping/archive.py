"""The file that a backup is: a zip, the same whatever database it is taken on.

manifest.json         what follows: format, revision of the schema, and for each table its
                      columns with their kinds and the fingerprint of its rows (see `rows`);
                      the letters' names; where the chains of events end
tables/NAME.jsonl     one row per line, as `rows` writes it
secret_key            the installation's
mail/NUMBER.eml       letters in the instance folder
"""

import io
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from moderation.errors import Refused
from moderation.keeping.rows import AT_ONCE, Fingerprint, Row, Told, line, parse
from moderation.keeping.tables import Column, Kind, Table

FORMAT = 1
MANIFEST = "manifest.json"
SECRET_KEY = "secret_key"  # noqa: S105 the entry's name
COMPRESSION = 3  # of 9: a third of the time of 6, a twentieth more bytes
# whatever reading a file of chance bytes, or of somebody else's, can end in
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    AttributeError,
    LookupError,
    RuntimeError,  # encrypted, or packed in some other way
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    revision: str
    version: str  # of the program
    taken_at: str  # UTC
    taken_on: str  # sqlite or postgresql
    heads: list[str]  # of the chains of events, as `moderation audit head` prints them
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)  # names of files in mail/
    format: int = FORMAT

    def note(self, table: Table, found: Fingerprint) -> None:
        columns = {column.name: column.kind.value for column in table.columns}
        self.tables[table.name] = {"columns": columns, "fingerprint": str(found)}

    def described(self) -> list[Table]:
        """The tables, as they were."""
        return [
            Table(name, tuple(Column(*pair) for pair in _kinds(said["columns"])))
            for name, said in self.tables.items()
        ]

    def fingerprints(self) -> dict[str, str]:
        return {name: said["fingerprint"] for name, said in self.tables.items()}

    def rows(self) -> int:
        return sum(int(found.partition(":")[0]) for found in self.fingerprints().values())


class Archive:
    """A backup that is open: for writing first, or for reading."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened

    def put_table(self, table: Table, rows: Iterable[Row], told: Told) -> Fingerprint:
        """Write the rows; their fingerprint."""
        found = Fingerprint()
        with self._entry(f"tables/{table.name}.jsonl") as entry:
            for row in rows:
                written = line(row)
                found.add(written)
                entry.write(written + b"\n")
                if found.rows % AT_ONCE == 0:
                    told(AT_ONCE)
        told(found.rows % AT_ONCE)
        return found

    def put(self, name: str, content: bytes) -> None:
        with self._entry(name) as entry:
            entry.write(content)

    def finish(self, manifest: Manifest) -> None:
        self.put(MANIFEST, json.dumps(asdict(manifest), indent=1).encode("ascii"))

    def manifest(self) -> Manifest:
        with _whole():
            said = json.loads(self._zip.read(MANIFEST))
            if said["format"] > FORMAT:
                raise Refused("A newer version wrote this backup. Install that version.")
            found = Manifest(**said)
            found.described(), found.rows()  # whether they can be read
            return found

    def table(self, table: Table) -> Iterator[Row]:
        """The rows of the table, checked against the file's own checksum at the end."""
        with _whole(), self._zip.open(f"tables/{table.name}.jsonl") as entry:
            for written in io.BufferedReader(cast("io.RawIOBase", entry)):
                yield parse(written, table)

    def secret_key(self) -> str:
        with _whole():
            return self._zip.read(SECRET_KEY).decode("utf-8")

    def mail(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Name and content of each of these letters."""
        for name in names:
            with _whole():
                yield Path(name).name, self._zip.read(f"mail/{name}")

    @contextmanager
    def _entry(self, name: str) -> Iterator[IO[bytes]]:
        # some tables are larger than 4 GB, which has to be said before the first byte
        with (
            self._zip.open(name, "w", force_zip64=True) as entry,
            io.BufferedWriter(cast("io.RawIOBase", entry), 1 << 16) as buffered,
        ):
            yield cast("IO[bytes]", buffered)


@contextmanager
def _whole() -> Iterator[None]:
    """What is read in here is of a whole backup."""
    try:
        yield
    except DAMAGE as error:
        raise Refused(f"The file is not a backup, or it is damaged ({error}).") from error


@contextmanager
def writing(file: Path, *, overwrite: bool) -> Iterator[Archive]:
    """A new backup: `file` is there when it is whole and on the disk, with mode 600, or never.

    Refused if there is such a file already and it may not be overwritten.
    """
    if file.exists() and not overwrite:
        raise _there_already(file)
    try:
        with tempfile.NamedTemporaryFile(  # mode 600
            dir=file.parent, prefix=f".{file.name}.", suffix=".unfinished", delete=False
        ) as unfinished:
            try:
                with zipfile.ZipFile(
                    unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION
                ) as opened:
                    yield Archive(opened)
                unfinished.flush()
                os.fsync(unfinished.fileno())
                _name(Path(unfinished.name), file, overwrite=overwrite)
            finally:
                Path(unfinished.name).unlink(missing_ok=True)
    except OSError as error:
        raise Refused(f"The backup cannot be written to {file}: {error.strerror}.") from error


@contextmanager
def reading(file: Path) -> Iterator[Archive]:
    """A backup to be read. Refused if it is none; damage is noticed when it is come upon."""
    try:
        opened = file.open("rb")
    except OSError as error:
        raise Refused(f"The backup {file} cannot be read: {error.strerror}.") from error
    with opened:
        with _whole():
            found = zipfile.ZipFile(opened)
        with found:
            yield Archive(found)


def _name(unfinished: Path, file: Path, *, overwrite: bool) -> None:
    """Give it its name, and see that the name outlives a power cut."""
    if overwrite:
        unfinished.replace(file)
    else:
        try:
            os.link(unfinished, file)
        except FileExistsError:  # made in the meantime
            raise _there_already(file) from None
        except OSError:  # a file system without links, such as a memory stick's
            unfinished.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _there_already(file: Path) -> Refused:
    return Refused(f"There is a file {file} already. Name another, or add --overwrite.")


def _kinds(columns: dict[str, str]) -> Iterator[tuple[str, Kind]]:
    for name, kind in columns.items():
        yield name, Kind(kind)
