"""Looks a store over without opening it as one: nothing is migrated, created or written, damage included.

For `captionlint doctor --db`. A file is read with SQLite alone; a server is asked the same questions.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from captionlint.db.engine.backups import backups
from captionlint.db.engine.connection import server_engine, without_password
from captionlint.db.engine.read_only import is_logged, is_unwritable, read_only
from captionlint.db.engine.sqlite_file import uri
from captionlint.db.migrations import REVISIONS

_TABLES: Final = ("item", "image", "prediction", "revision", "annotator", "scorer")
_ORPHANS: Final = "SELECT count(*) FROM image WHERE NOT EXISTS (SELECT 1 FROM item WHERE item.image_id = image.id)"
_NAMED: Final = 5


@dataclass(slots=True)
class Examination:
    """What was found. `problems` are sentences; a store without any is sound. None is what was not looked for.

    Attributes:
        schema: the revision it was made with; `newest` is what this program makes.
        rows: how many of each table.
        orphaned_images: pictures that no item speaks of: harmless, but not looked for.
        missing_images: pictures of items whose file is not where the store says.
    """

    name: str
    schema: str | None = None
    newest: str = REVISIONS[-1]
    size: int | None = None
    rows: dict[str, int] = field(default_factory=dict)
    orphaned_images: int | None = None
    missing_images: int | None = None
    missing_examples: list[str] = field(default_factory=list)
    backups: int | None = None
    problems: list[str] = field(default_factory=list)


def examine(where: str) -> Examination:
    """Looks over a file or a ``postgresql://`` URL; what goes wrong on the way is among its problems."""
    return _server(where) if "://" in where else _file(Path(where))


def _file(path: Path) -> Examination:
    found = Examination(str(path))
    if not path.is_file():
        found.problems.append(f"{path} is not a file.")
        return found
    before = path.stat()
    found.size = before.st_size
    found.backups = len(backups(path))
    if not found.size:
        found.problems.append(f"{path} is empty, not a store yet.")
        return found
    # Only a log with changes in it is worth the file that SQLite would leave behind for having read it.
    way = read_only(path, writable=is_logged(path) and not is_unwritable(path))
    try:
        address = f"{uri(path.absolute())}?{urlencode(way)}"
        with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
            _look_over(connection, found, path.absolute().parent)
    except sqlite3.Error as error:
        found.problems.append(f"{path} cannot be read whole: {error}.")
    if "immutable" in way and (is_logged(path) or path.stat().st_mtime_ns != before.st_mtime_ns):
        found.problems = [f"{path} was changed while it was looked over: run the command again."]
    return found


def _look_over(connection: sqlite3.Connection, found: Examination, folder: Path) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "item", "revision"} <= tables:
        found.problems.append(f"{found.name} is a database of another program.")
        return
    versions = [str(version) for (version,) in connection.execute("SELECT version_num FROM alembic_version")]
    _judge_schema(found, versions)
    verdicts = [str(line) for (line,) in connection.execute(f"PRAGMA integrity_check({_NAMED})")]
    if verdicts != ["ok"]:
        found.problems.append(f"Its pages are damaged: {verdicts[0].splitlines()[0]}.")
    broken = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    if broken:
        found.problems.append(f"{broken} rows speak of others that are not there.")
    for table in _TABLES:
        (found.rows[table],) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    (found.orphaned_images,) = connection.execute(_ORPHANS).fetchone()
    used = connection.execute("SELECT location FROM image WHERE id IN (SELECT image_id FROM item)")
    _judge_images(found, [at for (at,) in used if "://" not in at and not (folder / at).exists()])


def _server(url: str) -> Examination:
    engine = server_engine(url)
    found = Examination(without_password(url))
    try:
        with engine.connect() as connection:
            _judge_schema(found, [str(v) for v in connection.scalars(text("SELECT version_num FROM alembic_version"))])
            for table in _TABLES:
                found.rows[table] = connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608
            found.orphaned_images = connection.scalar(text(_ORPHANS)) or 0
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        found.problems.append(f"{found.name} cannot be read: {reason}.")
    finally:
        engine.dispose()
    return found


def _judge_schema(found: Examination, versions: list[str]) -> None:
    found.schema = versions[0] if versions else None
    if found.schema is None:
        found.problems.append("It does not say which schema it has.")
    elif found.schema not in REVISIONS:
        found.problems.append(f"Its schema {found.schema} is of a newer Captionlint; this one knows {found.newest}.")


def _judge_images(found: Examination, missing: list[str]) -> None:
    found.missing_images, found.missing_examples = len(missing), missing[:_NAMED]
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        pictures = "1 picture is" if len(missing) == 1 else f"{len(missing)} pictures are"
        found.problems.append(f"{pictures} not where the store says: {', '.join(missing[:_NAMED])}{more}.")
