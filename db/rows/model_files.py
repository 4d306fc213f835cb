"""Where the files of a stored scorer's model are: kept as images are, from the store's own folder where they lie in it.

A folder that holds a store and its model can so be moved as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from captionlint.core.clip.model_spec import BASE, CONFIG_FILE, SPEC, ModelSpec
from captionlint.db.schema import Scorer
from captionlint.db.store import Store

_KEPT: Final = (SPEC, CONFIG_FILE)


def placed(store: Store, details: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A scorer's details as the store keeps them."""
    return None if details is None else _with_paths(details, lambda path: store.place(path) if _whole(path) else path)


def spec_of(store: Store, details: Mapping[str, Any]) -> ModelSpec | None:
    """What a stored scorer is loaded from, its files by absolute path; None for another detector's scores."""
    spec = ModelSpec.of_details(details)
    if spec is None or not spec.files:
        return spec
    config, checkpoint = (
        None if p is None else Path(store.locate(str(p))) for p in (spec.config_path, spec.checkpoint_path)
    )
    return spec.with_files(config_path=config, checkpoint_path=checkpoint)


def carried(store: Store, other: Store, details: Mapping[str, Any]) -> dict[str, Any]:
    """A scorer's details as another store keeps them."""
    return _with_paths(details, lambda path: other.place(store.locate(path)))


def remember(session: Session, version: str, details: Mapping[str, Any] | None) -> bool:
    """Keeps where a scorer was loaded from this time, for itself and its calibrations; False if there are none."""
    own = [row for row in session.scalars(select(Scorer)) if version in (row.version, row.details.get(BASE))]
    kept = {key: details[key] for key in _KEPT if key in details} if details else {}
    for row in own:
        if kept and kept != {key: row.details[key] for key in _KEPT if key in row.details}:
            row.details = {**row.details, **kept}
    return bool(own)


def _with_paths(details: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    spec = details.get(SPEC)
    if not isinstance(spec, Mapping):
        return dict(details)
    paths = {key: change(spec[key]) for key in ("config_path", "checkpoint_path") if key in spec}
    return {**details, SPEC: {**spec, **paths}}


def _whole(path: str) -> bool:
    return Path(path).is_absolute()
