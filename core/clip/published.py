"""Models by name, ``PRESET`` or ``NAME:PRETRAINED``: the weights that open_clip publishes, and which cannot be used.

Read from the source of ``open_clip.pretrained`` without running it: importing open_clip loads torch, which takes
seconds, and a misspelt name should be refused at once.
"""

from __future__ import annotations

import ast
import difflib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from captionlint.core.clip import model_config
from captionlint.core.clip.model_config import Config, foreign_encoder
from captionlint.core.clip.presets import DEMO, PRESETS, Preset
from captionlint.core.errors import UsageError, unprobeable

Tags = dict[str, bool]
"""Names of weights, and whether they were trained with quick GELU."""
_QUICK: Final = "-quickgelu"


def tags(model: str) -> Tags:
    """The published weights of an architecture."""
    return _tables().get(model, {})


def has(model: str, tag: str) -> bool:
    """Whether such weights are published; open_clip takes tags in any case, with hyphens too."""
    return _clean(tag) in tags(model)


def known() -> list[tuple[str, str]]:
    """Every published pair of architecture and weights."""
    return [(model, tag) for model, table in _tables().items() for tag in table]


def why_refused(model: str, tag: str) -> str | None:
    """Why loading would refuse published weights, in a few words; None where nothing is known against them."""
    config = model_config.published(model) or {}
    encoder = foreign_encoder(config)
    if encoder:
        return f"reads text with the Hugging Face encoder {encoder}"
    twin = _better_twin(model, config, quick=tags(model).get(_clean(tag), False))
    return f"other activation: take {twin}:{tag}" if twin else None


def usable_tags(model: str) -> list[str]:
    """The published weights of an architecture that loading does not refuse by their name."""
    return [tag for tag in tags(model) if why_refused(model, tag) is None]


def refuse_foreign_encoder(config: Config, name: str) -> None:
    """Raises `UnprobeableError` for a text tower that is not open_clip's own."""
    foreign = foreign_encoder(config)
    if foreign:
        raise unprobeable(name, f"it reads text with the Hugging Face encoder {foreign}")


def resolve(name: str) -> Preset:
    """The preset of that name, or one made up for ``NAME:PRETRAINED``.

    Raises:
        UsageError: neither a preset nor of that form; the message suggests the nearest names.
    """
    if name in PRESETS:
        return PRESETS[name]
    model, colon, pretrained = name.partition(":")
    if colon and model == DEMO:
        raise UsageError(f"'{name}' names no model: {DEMO} is bundled with its weights and is given alone.")
    if colon and model and pretrained:
        return Preset(name, model, pretrained, 0, "")
    if "=" in name or "/" in name or "\\" in name:
        example = "ViT-B-32:laion2b_s34b_b79k=/path/to/file"
        raise UsageError(f"'{name}' names no model; weights of a file go with model and tag: --model {example}.")
    if name in model_config.names():
        usable, every = usable_tags(name), list(tags(name))
        if usable:
            hint = f"say which weights, for example {name}:{usable[0]}"
        elif every:
            hint = f"{name}:{every[0]} cannot be used: {why_refused(name, every[0])}"
        else:
            hint = "no weights of it are published"
        raise UsageError(f"'{name}' names a model but no weights; {hint}.")
    names = [*PRESETS, *(f"{m}:{tag}" for m, tag in known() if why_refused(m, tag) is None)]
    raise UsageError(f"There is no model '{name}'{nearest(name, names)}. `captionlint models` lists them.")


def nearest(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'a' or 'b'?)``, or nothing if no known name is close."""
    lowered = {k.lower(): k for k in known}
    close = [lowered[k] for k in difflib.get_close_matches(name.lower(), lowered, n=2, cutoff=0.5)]
    return f" (did you mean {' or '.join(repr(c) for c in close)}?)" if close else ""


def check(preset: Preset) -> Config:
    """The configuration of a model whose name, weights and local file go together. Loads nothing.

    Raises:
        UsageError: there is no such architecture, or no such weights, or the two do not fit.
        ModelError: the local file is missing, or the text tower cannot be probed.
    """
    config = model_config.published(preset.model)
    if config is None:
        close = nearest(preset.model, model_config.names())
        raise UsageError(f"There is no model '{preset.model}'{close}. `captionlint models` lists them.")
    if Path(preset.pretrained).is_file():
        refuse_foreign_encoder(config, preset.model)
        return config
    tag, _, local = preset.pretrained.partition("=")
    quick = tags(preset.model).get(_clean(tag))
    if quick is None:
        raise UsageError(_unknown_weights(preset))
    refuse_foreign_encoder(config, preset.model)
    right = _better_twin(preset.model, config, quick=quick)
    if right:
        raise UsageError(
            f"The weights {preset.pretrained} were trained {'with' if quick else 'without'} quick GELU, which "
            f"{preset.model} has {'not' if quick else 'in it'}; use --model {right}:{preset.pretrained}."
        )
    if local:
        model_config.require_checkpoint(Path(local).expanduser())
    return config


def _unknown_weights(preset: Preset) -> str:
    usable = usable_tags(preset.model)
    listed = f"; there are {', '.join(usable)}" if usable else "; none are published"
    close = nearest(preset.pretrained, usable)
    return f"{preset.model} has no weights '{preset.pretrained}', nor is that a file{close}{listed}."


def _better_twin(model: str, config: Config, *, quick: bool) -> str | None:
    """The architecture that has the activation which the weights were trained with, if it is not this one."""
    base = model.removesuffix(_QUICK)
    return None if quick == bool(config.get("quick_gelu")) else f"{base}{_QUICK}" if quick else base


def _clean(tag: str) -> str:
    """A tag as open_clip looks it up."""
    return tag.lower().replace("-", "_")


def _tables() -> dict[str, Tags]:
    if "open_clip" not in sys.modules:
        try:
            return read_tables((model_config.package_folder() / "pretrained.py").read_text(encoding="utf-8"))
        except (OSError, SyntaxError, LookupError):  # another version's source, or none: ask the package itself
            pass
    return _imported()


@cache
def _imported() -> dict[str, Tags]:
    from open_clip.pretrained import get_pretrained_cfg, list_pretrained

    found: dict[str, Tags] = {}
    for model, tag in list_pretrained():
        found.setdefault(model, {})[tag] = bool(get_pretrained_cfg(model, tag).get("quick_gelu"))
    return found


@cache
def read_tables(source: str) -> dict[str, Tags]:
    """The weights of each architecture, from the source of ``open_clip.pretrained``.

    Raises:
        LookupError: the source has another shape.
    """
    parts: dict[str, Tags] = {}
    whole: ast.Dict | None = None
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        if node.targets[0].id == "_PRETRAINED" and isinstance(node.value, ast.Dict):
            whole = node.value
        elif isinstance(node.value, ast.Call):
            parts[node.targets[0].id] = _tags_of(node.value)
    if whole is None:
        raise LookupError("_PRETRAINED")
    found = {_name(key): _tags_in(value, parts) for key, value in zip(whole.keys, whole.values, strict=True)}
    # As the module does at its end.
    twins = {f"{model}{_QUICK}": {tag: True for tag, q in table.items() if q} for model, table in found.items()}
    return found | {model: table for model, table in twins.items() if table}


def _tags_in(value: ast.expr, parts: dict[str, Tags]) -> Tags:
    """What stands beside an architecture's name: a table, or the name of one."""
    if isinstance(value, ast.Name):
        return parts[value.id]
    if isinstance(value, ast.Call):
        return _tags_of(value)
    raise LookupError(ast.dump(value))


def _tags_of(table: ast.Call) -> Tags:
    """``dict(tag=_pcfg(…, quick_gelu=True), …)``."""
    return {entry.arg: _is_quick(entry.value) for entry in table.keywords if entry.arg is not None}


def _is_quick(entry: ast.expr) -> bool:
    given = entry.keywords if isinstance(entry, ast.Call) else []
    return any(k.arg == "quick_gelu" and isinstance(k.value, ast.Constant) and bool(k.value.value) for k in given)


def _name(key: ast.expr | None) -> str:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    raise LookupError("a name")
