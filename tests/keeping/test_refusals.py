"""What a backup is not restored from, and not restored into."""

import json
import struct
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from moderation.database import db
from tests.keeping.living import contents, is_empty, refused, run


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_into_an_empty_installation(app: Flask, kept: Path) -> None:
    before = contents(app)
    assert "not empty" in refused(app, "restore", kept)
    assert contents(app) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_not_beside_tables_of_somebody_else(kept: Path, elsewhere: Flask) -> None:
    with elsewhere.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipe (id INTEGER)"))
    assert "not ours" in refused(elsewhere, "restore", kept)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_damaged_file_is_refused_and_leaves_nothing(
    kept: Path, elsewhere: Flask, tmp_path: Path
) -> None:
    whole = kept.read_bytes()
    damaged = tmp_path / "damaged.zip"
    ways = [b"", b"not a zip at all", whole[: len(whole) // 2], whole[:-1]]
    with zipfile.ZipFile(kept) as opened:
        for entry in opened.infolist():
            if entry.filename in {"manifest.json", "secret_key", "tables/clause.jsonl"}:
                # beyond what precedes each entry, whose length is said there
                names, more = struct.unpack("<HH", whole[entry.header_offset + 26 :][:4])
                place = entry.header_offset + 30 + names + more + entry.compress_size // 2
                ways.append(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
    assert len(ways) == 7
    for way in ways:
        damaged.write_bytes(way)
        assert "damaged" in refused(elsewhere, "restore", damaged)
        assert is_empty(elsewhere)
    assert run(elsewhere, "restore", kept).exit_code == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_with_something_missing_or_changed_is_refused(
    kept: Path, elsewhere: Flask, tmp_path: Path
) -> None:
    with zipfile.ZipFile(kept) as opened:
        entries = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(entries["manifest.json"])
    events = entries["tables/event.jsonl"].splitlines(keepends=True)
    for name, content, sentence in (
        ("tables/comment.jsonl", None, "damaged"),
        ("secret_key", None, "damaged"),
        ("manifest.json", None, "damaged"),
        ("manifest.json", b"{}", "damaged"),
        ("tables/site.jsonl", b"[1]\n", "damaged"),
        ("tables/event.jsonl", b"".join(events[:-1]), "It was undone"),
        ("tables/person.jsonl", b"", "It was undone"),
        (
            "tables/revision.jsonl",
            entries["tables/revision.jsonl"].replace(b"quotes", b"quoted"),
            "not what was read: revision",
        ),
        ("manifest.json", json.dumps({**manifest, "letters": ["17.eml"]}).encode(), "damaged"),
        ("manifest.json", json.dumps({**manifest, "revision": "9999"}).encode(), "newer version"),
        ("manifest.json", json.dumps({**manifest, "format": 2}).encode(), "newer version"),
    ):
        file = tmp_path / "changed.zip"
        with zipfile.ZipFile(file, "w") as changed:
            for entry, was in {**entries, name: content}.items():
                if was is not None:
                    changed.writestr(entry, was)
        assert sentence in refused(elsewhere, "restore", file)
        assert is_empty(elsewhere)
