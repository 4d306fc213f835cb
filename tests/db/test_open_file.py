"""A store whose file is deleted, moved, replaced or overwritten while it is open: nothing is acknowledged then."""

import os
import shutil
import sqlite3
from contextlib import ExitStack, closing, suppress
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from sqlalchemy import Engine, event
from stores import rows

from captionlint.core.errors import StoreError, StoreGoneError
from captionlint.db.engine import sqlite_file
from captionlint.db.operations import items, reviews
from captionlint.db.store import Store, is_database

LOCKS = Path("/proc/locks")


@pytest.fixture
def path(tmp_path):
    """A closed store of twenty items, and beside it another one, other.db, of ten."""
    for name, count in (("review.db", 20), ("other.db", 10)):
        with Store.open(tmp_path / name) as store:
            items.add(store, rows(tmp_path, count))
            reviews.accept(store, item_id=1, annotator="ana")
    return tmp_path / "review.db"


def refused(store, says):
    with pytest.raises(StoreGoneError, match=says) as caught:
        reviews.accept(store, item_id=2, annotator="ana")
    assert "nothing more is saved" in str(caught.value)
    assert "\n" not in str(caught.value)


def reviewed(path):
    with Store.open(path) as store:
        return [i for i in items.ids(store) if reviews.standing(store, item_id=i)]


def test_a_deleted_store_takes_no_decision(path):
    with Store.open(path) as store:
        reviews.accept(store, item_id=3, annotator="ana")
        path.unlink()
        refused(store, "review.db was deleted or moved while .*review.db was open")
        with pytest.raises(StoreGoneError):
            list(items.ids(store))
        with pytest.raises(StoreGoneError):
            store.state()


def test_a_moved_store_takes_no_decision_until_it_is_back(path):
    elsewhere = path.with_name("moved.db")
    with Store.open(path) as store:
        path.rename(elsewhere)
        refused(store, "put it back, or close it here and open it under its new name")
        with pytest.raises(StoreGoneError):  # which is no reason to give up
            list(items.ids(store))
        elsewhere.rename(path)
        reviews.accept(store, item_id=2, annotator="ana")
    assert reviewed(path) == [1, 2]


def test_what_was_acknowledged_goes_with_the_moved_file(path):
    elsewhere = path.with_name("moved.db")
    with Store.open(path) as store:
        reviews.accept(store, item_id=5, annotator="ana")
        path.rename(elsewhere)
        refused(store, "was deleted or moved")
    assert reviewed(elsewhere) == [1, 5]


def test_a_log_is_emptied_once_for_each_loss_and_waits_for_no_reader(path):
    """Another program reads an old state, so that a log that is to be emptied would wait for it."""
    elsewhere = path.with_name("moved.db")
    statements = []

    def traced(connection, _record):
        connection.set_trace_callback(statements.append)

    event.listen(Engine, "connect", traced)
    try:
        with Store.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM revision").fetchone()
            reviews.accept(store, item_id=3, annotator="ana")
            for loss in (1, 2):
                path.rename(elsewhere)
                for _ in range(3):
                    with pytest.raises(StoreGoneError):
                        list(items.ids(store))
                assert sum("wal_checkpoint(TRUNCATE)" in one for one in statements) == loss
                elsewhere.rename(path)
                assert len(list(items.ids(store))) == 20
    finally:
        event.remove(Engine, "connect", traced)
    where = statements.index("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (statements[where - 1], statements[where + 1]) == ("PRAGMA busy_timeout = 0", "PRAGMA busy_timeout = 30000")
    assert reviewed(path) == [1, 3]


def test_a_store_that_another_one_took_the_place_of_takes_no_decision(path):
    with Store.open(path) as store:
        reviews.accept(store, item_id=3, annotator="ana")
        path.with_name("other.db").replace(path)
        refused(store, "was replaced by another file")
        with pytest.raises(StoreGoneError):
            list(items.ids(store))
    assert reviewed(path) == [1], "the other store is as it was"
    with Store.open(path) as store:
        assert len(list(items.ids(store))) == 10


@pytest.mark.parametrize("source", ["other.db", "earlier.db", "text"])
@pytest.mark.parametrize("decides_before", [True, False])
def test_a_store_that_was_overwritten_in_place_takes_no_decision(path, source, decides_before):
    shutil.copy(path, path.with_name("earlier.db"))
    path.with_name("text").write_text("no store " * 2000)
    with Store.open(path) as store:  # which brings its first decisions into the file
        reviews.accept(store, item_id=3, annotator="ana")
    with Store.open(path) as store:
        if decides_before:
            reviews.accept(store, item_id=4, annotator="ana")
        else:
            list(items.ids(store))
        inode = path.stat().st_ino
        shutil.copy(path.with_name(source), path)
        assert path.stat().st_ino == inode
        if source == "text" and not decides_before:
            with pytest.raises(StoreError, match="is damaged"):
                reviews.accept(store, item_id=2, annotator="ana")
        else:
            refused(store, "was overwritten while it was open")


def test_a_store_without_its_log_takes_no_decision(path):
    with Store.open(path) as store:
        reviews.accept(store, item_id=3, annotator="ana")
        path.with_name("review.db-wal").unlink()
        refused(store, "review.db-wal was deleted or moved")
    assert reviewed(path) == [1, 3], "closing keeps what was acknowledged"


def test_a_store_that_is_named_by_a_link_takes_decisions(path, tmp_path):
    link = tmp_path / "links" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    with Store.open(link) as store:
        reviews.accept(store, item_id=3, annotator="ana")
        reviews.accept(store, item_id=4, annotator="ana")
    assert reviewed(link) == reviewed(path) == [1, 3, 4]
    with Store.open(link) as store:
        reviews.accept(store, item_id=5, annotator="ana")
        path.with_name("review.db-wal").unlink()
        refused(store, "review.db-wal was deleted or moved")


def test_a_link_that_names_another_store_meanwhile_takes_no_decision(path):
    link, other = path.with_name("link.db"), path.with_name("other.db")
    link.symlink_to(path)
    with Store.open(link) as store:
        reviews.accept(store, item_id=3, annotator="ana")
        link.unlink()
        link.symlink_to(other)
        refused(store, "link.db was replaced by another file")
    assert (reviewed(path), reviewed(other)) == ([1, 3], [1])


def test_a_linked_store_without_its_log_is_not_opened(path):
    link = path.parent / "links" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    path.with_name("review.db-shm").touch()
    with pytest.raises(StoreError, match=r"review\.db-wal is missing beside"):
        Store.open(link)


def test_a_store_opened_to_read_gets_no_number_and_waits_for_nobody(path):
    """A store of an earlier version, without a number, while another program writes into it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA user_version = 0")
        writer.execute("BEGIN IMMEDIATE")
        with Store.open(path, to_read=True, busy_timeout=0) as store:
            assert len(list(items.ids(store))) == 20
            with pytest.raises(StoreError, match="was opened only to read"):
                reviews.accept(store, item_id=2, annotator="ana")
        writer.execute("ROLLBACK")
        assert writer.execute("PRAGMA user_version").fetchone() == (0,)
    assert reviewed(path) == [1]


def test_a_store_opened_to_read_tells_that_its_file_is_gone(path):
    with Store.open(path, to_read=True) as store:
        path.unlink()
        with pytest.raises(StoreGoneError):
            list(items.ids(store))


@pytest.fixture
def no_more_files():
    """A function; from its call on this process can open no further file."""
    resource = pytest.importorskip("resource", reason="the system has no limit of open files to set")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)

    def limit():
        with Path(os.devnull).open() as free:  # the lowest number that is not taken
            resource.setrlimit(resource.RLIMIT_NOFILE, (free.fileno(), before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_store_that_cannot_be_looked_at_is_not_called_overwritten(path, no_more_files):
    with Store.open(path) as store:
        reviews.accept(store, item_id=3, annotator="ana")
        os.utime(path)  # so that the next change looks into the file
        no_more_files()
        with ExitStack() as used:  # SQLite opens no file anew while it keeps one from before
            with suppress(sqlite3.OperationalError):
                while True:
                    one = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
                    used.enter_context(closing(one))
            with pytest.raises(StoreError, match="cannot be opened") as caught:
                reviews.accept(store, item_id=4, annotator="ana")
        assert not isinstance(caught.value, StoreGoneError)


def test_is_database_says_that_a_file_cannot_be_read(path, no_more_files):
    no_more_files()
    with pytest.raises(StoreError, match="cannot be opened"):
        is_database(path)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (PurePosixPath("/a b/review.db"), "file:///a%20b/review.db"),
        (PureWindowsPath("C:/review.db"), "file:///C:/review.db"),
        (PureWindowsPath("//server/share/review.db"), "file:////server/share/review.db"),
    ],
)
def test_the_uri_of_a_file_names_no_host(path, says):
    assert sqlite_file.uri(path) == says


def test_a_store_that_goes_while_a_decision_is_made_does_not_acknowledge_it(path):
    with Store.open(path) as store, pytest.raises(StoreGoneError), store.writing():
        path.unlink()


def test_what_sqlite_itself_writes_into_the_file_is_no_change(path):
    """Several stores on one file, each of which brings the -wal into it again and again."""
    with Store.open(path) as one, Store.open(path) as two:
        for number in range(60):
            for store in (one, two):
                reviews.accept(store, item_id=2 + number % 19, annotator="ana")
                if number % 7 == 0:
                    with closing(sqlite3.connect(path)) as third:
                        third.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if number % 2 else 'PASSIVE'})")
    assert reviewed(path) == list(range(1, 21))


def test_a_reader_that_holds_the_log_back_is_no_change(path):
    with Store.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        for number in range(12):
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM revision").fetchone()
            reviews.accept(store, item_id=2 + number, annotator="ana")
            with closing(sqlite3.connect(path)) as other:
                other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            if number % 3:
                reader.execute("COMMIT")
                reader.execute("BEGIN")
            reviews.accept(store, item_id=2 + number, annotator="ben")
            reader.execute("COMMIT")
    assert reviewed(path) == list(range(1, 14))


@pytest.mark.skipif(not LOCKS.exists(), reason="Linux tells who holds which lock")
def test_looking_at_the_file_keeps_its_locks(path):
    with Store.open(path) as store:
        reviews.accept(store, item_id=2, annotator="ana")
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")
        before = held(path)
        reviews.accept(store, item_id=3, annotator="ana")
        assert held(path) == before
        assert before > 0


@pytest.mark.skipif(not LOCKS.exists(), reason="Linux tells who holds which lock")
def test_asking_whether_a_file_is_a_database_keeps_the_locks_of_a_store_that_is_open(path, tmp_path):
    (tmp_path / "captions.csv").write_text("image,caption\n")
    (tmp_path / "empty.db").touch()
    with Store.open(path) as store:
        reviews.accept(store, item_id=2, annotator="ana")
        before = held(path)
        assert [is_database(tmp_path / name) for name in ("review.db", "captions.csv", "empty.db", "none.db")] == [
            True, False, False, False,
        ]  # fmt: skip
        assert held(path) == before > 0


def held(path):
    """How many locks there are on the file."""
    inode = path.stat().st_ino
    with LOCKS.open() as locks:
        return sum(line.split()[-3].endswith(f":{inode}") for line in locks)
