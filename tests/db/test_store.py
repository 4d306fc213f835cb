import os
import random
import shutil
import sqlite3
import subprocess
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import URL
from stores import FakeScorer, photo, rows

from captionlint.core.errors import StoreError, UsageError
from captionlint.core.formats.reading import read
from captionlint.db import migrations
from captionlint.db.engine import backups, connection
from captionlint.db.engine.connection import without_password
from captionlint.db.operations import ignored_words, items, queue, reviews, stats
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store


@pytest.fixture
def path(tmp_path):
    """A closed store with twenty items, predictions and a review."""
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, 20))
        prelabel(store, FakeScorer())
        reviews.accept(store, item_id=1, annotator="ana")
    return path


def refused(path, **options):
    with pytest.raises(StoreError) as caught, Store.open(path, **options):
        pass
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_opening_again_finds_everything_in_one_file(path):
    assert [p.name for p in path.parent.glob("review.db*")] == ["review.db"]
    with Store.open(path, create=False) as store:
        assert stats.counts(store).reviewed == 1


def test_pragmas(path):
    with Store.open(path) as store, store.reading() as session:
        connection = session.connection()
        asked = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in PRAGMAS}
    assert asked == PRAGMAS


def synchronous(store, **how):
    with store.writing(**how) as session:
        return session.connection().exec_driver_sql("PRAGMA synchronous").scalar()


def test_reviews_are_on_the_disk_also_after_predictions(path):
    with Store.open(path) as store:
        assert [synchronous(store, repeatable=once) for once in (False, True, False)] == [2, 1, 2]


PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 30_000}


def test_what_is_no_store_is_refused_and_left_as_it_is(tmp_path):
    text = tmp_path / "captions.jsonl"
    text.write_text('{"image": "a.png"}\n')
    assert "not a Captionlint store" in refused(text)
    assert text.read_text() == '{"image": "a.png"}\n'
    text.write_text('{"image": "a.png"}\n' * 100)
    assert "not a Captionlint store" in refused(text)
    assert text.read_text() == '{"image": "a.png"}\n' * 100
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE bookmarks (id)")
    connection.close()
    before = other.read_bytes()
    assert "another program" in refused(other)
    assert other.read_bytes() == before
    assert "is a folder" in refused(tmp_path)
    assert "does not exist" in refused(tmp_path / "no" / "such.db")
    assert "captionlint import" in refused(tmp_path / "typo.db", create=False)
    assert not (tmp_path / "typo.db").exists()
    (tmp_path / "zero.db").touch()
    assert "is empty" in refused(tmp_path / "zero.db", create=False)
    assert (tmp_path / "zero.db").read_bytes() == b""


def test_a_url_of_something_else():
    with pytest.raises(UsageError, match="mysql"):
        Store.open("mysql://localhost/x")


@pytest.mark.parametrize(
    "url",
    ["://", "postgresql://ana:secret@localhost:port/x", "postgresql://[::1/x", "postgresql://ana:p@secret@host/x"],
)
def test_a_url_that_is_none(url):
    with pytest.raises(UsageError, match="postgresql://USER") as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ana:secret@host:5432/x", "postgresql://ana@host:5432/x"),
        ("postgresql+psycopg://ana:se%40cret@host/x?sslmode=require", "postgresql://ana@host/x?sslmode=require"),
        ("postgresql:///x?host=/run/pg&password=secret&sslpassword=secret", "postgresql:///x?host=%2Frun%2Fpg"),
        ("postgresql://ana:secret@host:nonsense/x", "postgresql://"),
        ("postgresql://ana:p@secret@host/x", "postgresql://"),
    ],
)
def test_an_address_is_shown_without_its_password(address, shown):
    assert without_password(address) == shown


def test_a_server_that_does_not_answer():
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="server refused") as caught:
        Store.open("postgresql://ana:secret@127.0.0.1:9/x")
    assert "secret" not in str(caught.value)
    assert "address, user, password and database of postgresql://ana@127.0.0.1:9/x" in str(caught.value)


def test_a_server_that_gives_no_right(database):
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS stranger")
        connection.execute("CREATE ROLE stranger LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA public TO stranger")
    with pytest.raises(StoreError, match="ask the owner of the database or its tables"):
        Store.open(database.replace("tester", "stranger"))


def test_a_newer_schema_is_refused(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    message = refused(path)
    assert "newer Captionlint" in message
    assert migrations.REVISIONS[-1] in message


def test_a_locked_store_waits_and_then_says_so(path):
    holder = sqlite3.connect(path, isolation_level=None)
    with Store.open(path, busy_timeout=0.1) as store:
        holder.execute("BEGIN IMMEDIATE")
        assert len(queue.page(store)) == 20  # reading goes on
        with pytest.raises(StoreError, match="stayed locked"):
            reviews.accept(store, item_id=2, annotator="ana")
        holder.execute("ROLLBACK")
        reviews.accept(store, item_id=2, annotator="ana")
    holder.close()


def test_a_missing_wal_file_is_noticed(path, tmp_path):
    copy = tmp_path / "elsewhere" / "review.db"
    copy.parent.mkdir()
    with Store.open(path) as store:
        reviews.accept(store, item_id=2, annotator="ana")
        shutil.copy(path, copy)
        shutil.copy(f"{path}-shm", f"{copy}-shm")
    message = refused(copy)
    assert "review.db-wal is missing" in message
    copy.with_name("review.db-shm").unlink()
    with Store.open(copy) as store:  # what the file itself holds is whole
        assert stats.counts(store).reviewed in (1, 2)


def test_a_changed_byte_never_crashes_and_names_the_backup(path, tmp_path):
    with Store.open(path) as store:
        backup = store.back_up()
    whole = path.read_bytes()
    lots = random.Random(3)
    damaged = 0
    for _ in range(40):
        broken = bytearray(whole)
        start = lots.randrange(100, len(whole) - 600)
        broken[start : start + 512] = lots.randbytes(512)
        path.write_bytes(broken)
        try:
            with Store.open(path) as store:
                queue.page(store)
                [items.get(store, item_id=i) for i in items.ids(store)]
                stats.quality(store)
        except StoreError as error:
            damaged += "is damaged" in str(error) and str(backup) in str(error)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
    assert damaged > 1
    with Store.open(backup) as store:
        assert stats.counts(store).reviewed == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE revision SET reviewed_at = 'yesterday'",
        "UPDATE scorer SET details = '{'",
        "UPDATE prediction SET scores = x'00'",
        "UPDATE prediction SET offsets = x'ffffffffffffffff'",
    ],
)
def test_a_value_that_nobody_wrote_is_damage(path, damage):
    with Store.open(path) as store:
        backup = store.back_up()
    with sqlite3.connect(path) as connection:
        connection.execute(damage)
    connection.close()
    with Store.open(path) as store, pytest.raises(StoreError, match="is damaged") as caught:
        items.get(store, item_id=1)
    assert str(backup) in str(caught.value)


def accept_many(store):
    for number in range(200):
        reviews.accept(store, item_id=2 + number % 19, annotator="ana")


def test_a_full_disk_loses_only_what_was_not_acknowledged(small_disk, tmp_path):
    path = small_disk / "review.db"
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, 20))
        reviews.accept(store, item_id=1, annotator="ana")
        (small_disk / "ballast").write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 8192))
        with pytest.raises(StoreError, match="The disk is full"):
            accept_many(store)
        kept = stats.counts(store).reviewed
    (small_disk / "ballast").unlink()
    with Store.open(path) as store:
        assert stats.counts(store).reviewed == kept
        reviews.accept(store, item_id=20, annotator="ana")


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    assert refused(tmp_path / f"{'x' * 300}.db").endswith(".db cannot be opened: File name too long.")


@pytest.mark.parametrize("command", [["stats"], ["settings"], ["export", "-", "--format", "words", "--unreviewed"]])
def test_a_command_that_reads_on_a_full_disk_says_that_nothing_was_changed(small_disk, tmp_path, captionlint, command):
    path = small_disk / "review.db"
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, 4))
    (small_disk / "ballast").write_bytes(b"\0" * shutil.disk_usage(small_disk).free)
    before = path.read_bytes()
    ran = captionlint(*command, "--db", path)
    said = f"captionlint: The disk is full, and {path} was not changed: make room and try again.\n"
    assert (ran.code, ran.err) == (1, said)
    assert path.read_bytes() == before
    (small_disk / "ballast").unlink()
    assert captionlint(*command, "--db", path).code == 0


def test_a_disk_too_small_to_make_a_store(small_disk):
    (small_disk / "ballast").write_bytes(b"\0" * (512 * 1024 - 20_000))
    assert "disk" in refused(small_disk / "review.db")


def test_a_read_only_file(path):
    if os.getuid() == 0:
        pytest.skip("root may write everything; test_a_read_only_disk stands in")
    path.chmod(0o444)
    assert "read-only" in refused(path)


def test_a_read_only_disk(small_disk, path):
    shutil.copy(path, small_disk / "review.db")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True, timeout=300)
    assert "read-only" in refused(small_disk / "review.db")


def test_a_folder_with_store_and_pictures_can_be_moved(path, tmp_path):
    moved = tmp_path.with_name(tmp_path.name + "-moved")
    tmp_path.rename(moved)
    with Store.open(moved / "review.db") as store:
        assert Path(items.get(store, item_id=1).image).exists()


def test_a_folder_that_was_named_by_a_link_can_be_moved(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    source = tmp_path / "link" / "captions.csv"
    photo(tmp_path / "real", "a.png")
    source.write_text("image,caption\na.png,a cat\n")
    with Store.open(tmp_path / "link" / "review.db") as store:
        assert items.add(store, read(source)).added == 1
    (tmp_path / "real").rename(tmp_path / "moved")
    with Store.open(tmp_path / "moved" / "review.db") as store:
        assert items.get(store, item_id=1).image == str(tmp_path / "moved" / "a.png")


def test_two_stores_at_once_on_a_new_file(tmp_path):
    path = tmp_path / "new.db"
    with Store.open(path) as one, Store.open(path) as two:
        items.add(one, rows(tmp_path, 3))
        assert items.count(two) == 3


@pytest.mark.parametrize("name", ["review.db", "round [1].db"])
def test_a_copy_a_day_is_made_and_the_last_three_stay(path, name):
    path = path.rename(path.with_name(name))
    days = [date(2026, 11, day) for day in (1, 2, 3, 4)]
    made = [backups.back_up_daily(path, today=day) for day in days]
    assert backups.back_up_daily(path, today=days[-1]) is None
    assert backups.backups(path) == made[1:]
    with Store.open(made[-1]) as store:
        assert stats.counts(store).reviewed == 1


def test_a_damaged_store_pushes_no_good_copy_out(path):
    good = [backups.back_up_daily(path, today=date(2026, 11, day)) for day in (1, 2, 3)]
    whole = bytearray(path.read_bytes())
    whole[4096 * 3 : 4096 * 5] = bytes(8192)
    path.write_bytes(whole)
    with pytest.raises(sqlite3.DatabaseError):
        backups.back_up_daily(path, today=date(2026, 11, 4))
    with (
        pytest.raises(StoreError, match=f"is damaged: put the backup {good[-1]} in its place"),
        Store.open(path) as store,
    ):
        store.back_up()
    assert backups.backups(path) == good


def test_the_state_is_another_after_every_commit(path):
    with Store.open(path) as store, Store.open(path) as other:
        before = store.state()
        items.ids(store)
        assert store.state() == before
        ignored_words.ignore(store, word="dog")
        own = store.state()
        ignored_words.ignore(other, word="cat")
        assert len({before, own, store.state()}) == 3


@pytest.mark.skipif(os.name == "nt", reason="SQLite has this way of locking on POSIX systems only")
def test_a_store_without_a_write_ahead_log_is_refused(tmp_path, monkeypatch):
    """SQLite locks the file by lock files, which know no shared memory: it keeps the mode that it had."""
    real = connection.file_engine

    def by_lock_files(path, **more):
        query = {"uri": "true", "vfs": "unix-dotfile"}
        return real(URL.create("sqlite", database=path.as_uri(), query=query), **more)

    monkeypatch.setattr(connection, "file_engine", by_lock_files)
    with pytest.raises(StoreError, match=r"no write-ahead log for .*new\.db \(it stays in mode delete\)"):
        Store.open(tmp_path / "new.db")
