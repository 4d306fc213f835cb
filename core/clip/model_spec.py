"""Which model scores, and how: everything that selects a scorer version, as plain data. Loads no torch.

spec = ModelSpec.of_name("fast", layers=3)
spec.check()                        # refuses what cannot be, before torch loads
scorer = Scorer.from_spec(spec, device="cpu")
scorer.spec.to_dict()               # is stored beside the scorer's predictions
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, Self, get_args

from captionlint.core.clip import model_config, published
from captionlint.core.clip.presets import DEFAULT, DEMO, LAYERS, PRESETS, TEMPLATE, Preset
from captionlint.core.clip.published import resolve
from captionlint.core.errors import ModelError, UsageError
from captionlint.core.images.hashing import file_sha256
from captionlint.core.prediction import DEFAULT_EPSILON
from captionlint.core.text.words import WORD_RULES

Aggregate = Literal["mean", "sum", "min"]
ImageDtype = Literal["float32", "bfloat16", "auto"]
SPEC: Final = "spec"
"""Under which key a scorer's details hold its spec."""
BASE: Final = "calibrated_from"
"""Under which key a calibrated scorer's details name the scorer beneath."""
WEIGHTS: Final = "weights_sha256"
"""Under which key they hold the hash of the weights."""
CONFIG_FILE: Final = "config_file_sha256"
"""Under which key they hold the hash of its configuration file, where it has one."""
_PATHS: Final = ("config_path", "checkpoint_path")
_OWN: Final = frozenset({"model", "pretrained", "weights_sha256", "template", "layers", "aggregate", "word_rules"})
"""Details that every scorer of ours has, and another detector's scores do not."""
_DEMO_WEIGHTS: Final = Path(__file__).parents[1] / "demo" / "demo.safetensors"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model and the settings of its scorer. Device, threshold and cache sizes are no part of it.

    `Scorer.from_spec` loads it.

    Either `model` alone (``demo`` or ``NAME:PRETRAINED``), or `model` with `checkpoint_path` (a published
    architecture, ``NAME`` or ``NAME:PRETRAINED``, with weights of one's own), or `config_path` with `checkpoint_path`.
    Use `of_name` and `of_files`, which take what people write.

    A field that is added later needs a default that means what specs without it meant: old ones are stored.

    Attributes:
        template: text before every caption.
        layers: how many of the last text blocks are read.
        aggregate: how a word's tokens make its attribution.
        image_dtype: number type of the image tower; ``auto`` is decided on loading.
    """

    model: str | None = None
    config_path: Path | None = None
    checkpoint_path: Path | None = None
    template: str = TEMPLATE
    layers: int = LAYERS
    aggregate: Aggregate = "mean"
    image_dtype: ImageDtype = "float32"

    def __post_init__(self) -> None:
        named, configured, weighted = (
            part is not None for part in (self.model, self.config_path, self.checkpoint_path)
        )
        if named == configured or (configured and not weighted):
            raise UsageError("A model is given by its name, or by a configuration together with a checkpoint.")
        check_settings(layers=self.layers, aggregate=self.aggregate, image_dtype=self.image_dtype)

    @classmethod
    def of_name(
        cls,
        name: str = DEFAULT,
        *,
        template: str = TEMPLATE,
        layers: int = LAYERS,
        aggregate: Aggregate = "mean",
        image_dtype: ImageDtype = "float32",
    ) -> Self:
        """A preset, ``NAME:PRETRAINED``, or ``NAME:/path`` or ``NAME:PRETRAINED=/path`` with weights of one's own.

        Presets are spelled out, so that the spec keeps its meaning where a preset gets another model.

        Raises:
            UsageError: there is no model of that name, or a setting that no model takes.
        """
        preset = resolve(name)
        tag, is_file, local = preset.pretrained.partition("=")
        model, checkpoint_path = f"{preset.model}:{tag}", None
        if preset.model == DEMO:
            model = DEMO
        elif is_file:
            checkpoint_path = _absolute(local)
        elif Path(tag).is_file():
            model, checkpoint_path = preset.model, _absolute(tag)
        return cls(
            model=model,
            checkpoint_path=checkpoint_path,
            template=template,
            layers=layers,
            aggregate=aggregate,
            image_dtype=image_dtype,
        )

    @classmethod
    def of_files(
        cls,
        config_path: Path | str,
        checkpoint_path: Path | str,
        *,
        template: str = TEMPLATE,
        layers: int = LAYERS,
        aggregate: Aggregate = "mean",
        image_dtype: ImageDtype = "float32",
    ) -> Self:
        """A model of an open_clip configuration (JSON) and a checkpoint.

        Raises:
            UsageError: a setting that no model takes.
        """
        return cls(
            config_path=_absolute(config_path),
            checkpoint_path=_absolute(checkpoint_path),
            template=template,
            layers=layers,
            aggregate=aggregate,
            image_dtype=image_dtype,
        )

    @classmethod
    def of_details(cls, details: Mapping[str, Any]) -> Self | None:
        """What a stored scorer was loaded from; None for another detector's scores.

        Of details without a spec (made before there were specs) it is derived. Paths of local files are then only
        names: nobody knows where the files were.
        """
        if SPEC in details:
            try:
                return cls.from_dict(details[SPEC])
            except (UsageError, TypeError, AttributeError):  # of a newer release, or not ours
                return None
        return cls._derived(details) if details.keys() >= _OWN else None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Reads `to_dict`, also after JSON.

        Raises:
            UsageError: it holds a setting that this release does not know: dropping it would be another scorer.
        """
        unknown = sorted(values.keys() - {field.name for field in fields(cls)})
        if unknown:
            raise UsageError(f"The model has settings that this release does not know: {', '.join(unknown)}.")
        given: dict[str, Any] = {key: Path(value) if key in _PATHS else value for key, value in values.items()}
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; parts that are not given are left out."""
        return {key: str(value) if key in _PATHS else value for key, value in asdict(self).items() if value is not None}

    @property
    def preset(self) -> Preset:
        """The model by name, as `core.clip.loading` takes it. Raises `UsageError` for one of a configuration file."""
        if self.model is None:
            raise UsageError(f"{self.config_path} is a configuration, not a model's name.")
        found = next((p for p in PRESETS.values() if self.model in (p.name, f"{p.model}:{p.pretrained}")), None)
        if found is not None and self.checkpoint_path is None:
            return found
        name, _, tag = self.model.partition(":")
        own = "" if self.checkpoint_path is None else f"{'=' if tag else ''}{self.checkpoint_path}"
        return Preset(self.name, name, tag + own, 0, "")

    @property
    def name(self) -> str:
        """What a user gives as --model: the preset's name where it has one; the files' paths for a configuration."""
        if self.model is None:
            return f"{self.config_path} {self.checkpoint_path}"
        if self.checkpoint_path is not None:
            return f"{self.model}{'=' if ':' in self.model else ':'}{self.checkpoint_path}"
        return next((p.name for p in PRESETS.values() if self.model == f"{p.model}:{p.pretrained}"), self.model)

    @property
    def label(self) -> str:
        """A short name to show: ``ViT-B-32 · laion2b_s34b_b79k``, or the names of its files."""
        named = (self.model or "").split(":") if self.model else [Path(self.config_path or "").stem]
        return " · ".join([*named, *([self.checkpoint_path.name] if self.checkpoint_path else [])])

    @property
    def epsilon(self) -> float:
        """The threshold that is used where none is given."""
        return DEFAULT_EPSILON if self.model is None else self.preset.epsilon

    @property
    def files(self) -> tuple[Path, ...]:
        """The local files that it is made of."""
        return tuple(path for path in (self.config_path, self.checkpoint_path) if path is not None)

    def with_files(self, *, config_path: Path | None = None, checkpoint_path: Path | None = None) -> Self:
        """The same model with its files in another place."""
        return replace(
            self,
            config_path=_absolute(config_path) if config_path else self.config_path,
            checkpoint_path=_absolute(checkpoint_path) if checkpoint_path else self.checkpoint_path,
        )

    def missing(self) -> tuple[Path, ...]:
        """Its local files that are not there."""
        return tuple(path for path in self.files if not path.is_file())

    def check(self) -> None:
        """Refuses what cannot be loaded, as far as names, configurations and local files tell. Takes no torch.

        Raises:
            UsageError: no such model or weights, or more layers than its text tower has.
            ModelError: a file is missing or is no configuration.
        """
        if self.model == DEMO:
            blocks: int | None = LAYERS
        elif self.config_path is not None:
            blocks = model_config.text_blocks(model_config.read_file(self.config_path)[0])
        else:
            blocks = model_config.text_blocks(published.check(self.preset))
        if self.checkpoint_path is not None:
            model_config.require_checkpoint(self.checkpoint_path)
        if blocks is not None:
            check_layers(self.layers, blocks)

    def check_weights(self, details: Mapping[str, Any]) -> None:
        """Refuses a checkpoint that is not the one of a stored scorer; takes no torch. Raises `ModelError`."""
        wanted = details.get(WEIGHTS)
        if self.checkpoint_path is not None and wanted is not None:
            _compare(f"The checkpoint {self.checkpoint_path}", wanted, file_sha256(self.checkpoint_path))

    def matches(self, details: Mapping[str, Any]) -> bool:
        """Whether loading this spec gives a stored scorer with these details; told without loading it.

        Local files are compared by content. Of downloaded weights the name is believed. False where it is not sure.
        """
        stored = self.of_details(details)
        if stored is None or self.image_dtype == "auto" or details.get("word_rules") != WORD_RULES:
            return False
        if stored.model != self.model:  # also one by name and one by files, which have other parts
            return False
        if stored.with_files(config_path=self.config_path, checkpoint_path=self.checkpoint_path) != self:
            return False
        if self.missing() or (self.config_path is not None and self.config_path.stem != details["model"]):
            return False
        weights = _DEMO_WEIGHTS if self.model == DEMO else self.checkpoint_path
        if weights is not None and file_sha256(weights) != details[WEIGHTS]:
            return False
        return self.config_path is None or file_sha256(self.config_path) == details.get(CONFIG_FILE)

    @classmethod
    def _derived(cls, details: Mapping[str, Any]) -> Self:
        settings: dict[str, Any] = {key: details[key] for key in ("template", "layers", "aggregate")}
        settings["image_dtype"] = "float32" if details.get("dtype", "float32") == "float32" else "bfloat16"
        name, pretrained = str(details["model"]), str(details["pretrained"])
        tag, is_file, local = pretrained.partition("=")
        if name == DEMO:
            return cls(model=DEMO, **settings)
        if is_file:
            return cls(model=f"{name}:{tag}", checkpoint_path=Path(local), **settings)
        if published.has(name, tag):
            return cls(model=f"{name}:{tag}", **settings)
        if model_config.published(name) is not None and Path(tag).name != tag:  # from_files kept the name alone
            return cls(model=name, checkpoint_path=Path(tag), **settings)
        return cls(config_path=Path(f"{name}.json"), checkpoint_path=Path(tag), **settings)


def check_same(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Refuses a loaded model that is not the one of a stored scorer, by the details of both; raises `ModelError`.

    The configuration of a published model is open_clip's, and may be described otherwise by another release of it.
    """
    _compare(f"The model {found['model']}", wanted.get(WEIGHTS), found[WEIGHTS])
    if CONFIG_FILE in found:
        key = CONFIG_FILE if CONFIG_FILE in wanted else "config_sha256"
        _compare(f"The configuration {found['model']}.json", wanted.get(key), found[key])
        if wanted.get("model", found["model"]) != found["model"]:
            raise ModelError(
                f"The configuration is named {found['model']}.json, but the scorer's was {wanted['model']}.json, which "
                "is a part of the scorer's name: name the file as it was."
            )


def _compare(what: str, wanted: str | None, found: str) -> None:
    if wanted is not None and wanted != found:
        raise ModelError(
            f"{what} is not what this scorer was made of (SHA-256 {found[:12]}…, wanted {wanted[:12]}…): "
            "give the original file."
        )


def check_settings(*, layers: int, aggregate: str, image_dtype: str) -> None:
    """Refuses settings that no model takes; raises `UsageError`."""
    if layers < 1:
        raise UsageError(f"layers is the number of last text blocks to read, at least 1, not {layers}.")
    if aggregate not in get_args(Aggregate):
        raise UsageError(f"aggregate is mean, sum or min, not '{aggregate}'.")
    if image_dtype not in get_args(ImageDtype):
        raise UsageError(f"image_dtype is {', '.join(get_args(ImageDtype))}, not '{image_dtype}'.")


def check_layers(layers: int, blocks: int) -> None:
    """Refuses more layers than a text tower has blocks; raises `UsageError`."""
    if layers > blocks:
        raise UsageError(f"The model has {blocks} text blocks, so that --layers {layers} is too many.")


def scorer_version(details: Mapping[str, Any]) -> str:
    """``MODEL@HASH;k3;mean;float32;t-HASH;w1``: short, ASCII, and different whenever a prediction could be."""
    weights = hashlib.sha256(f"{details['weights_sha256']}{details['config_sha256']}".encode()).hexdigest()[:12]
    template = hashlib.sha256(details["template"].encode()).hexdigest()[:6]
    model = details["model"].encode("ascii", "replace").decode()
    parts = [f"{model}@{weights}", f"k{details['layers']}", details["aggregate"], details["dtype"]]
    return ";".join([*parts, f"t-{template}", details["word_rules"]])


def _absolute(path: Path | str) -> Path:
    """As given, from the root: links keep their names."""
    return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100 — resolve() would follow links
