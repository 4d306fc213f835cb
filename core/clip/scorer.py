"""The scorer: pictures and captions in, predictions out.

Captions are cut into windows, windows are batched by length, pictures are decoded ahead in threads and their
features kept, so that an edited caption of a known picture costs the text tower alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from math import fsum, isfinite
from pathlib import Path
from statistics import fmean
from typing import Any, Final, Self

import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from captionlint.core.clip.attribution import token_attributions
from captionlint.core.clip.fork import use_one_thread_if_forked
from captionlint.core.clip.image_features import ImageFeatures, LoadedImage
from captionlint.core.clip.image_tower import PictureTower
from captionlint.core.clip.loading import LoadedModel, device_named, load
from captionlint.core.clip.model_spec import (
    CONFIG_FILE,
    SPEC,
    Aggregate,
    ImageDtype,
    ModelSpec,
    check_layers,
    check_settings,
    scorer_version,
)
from captionlint.core.clip.pending_items import PendingItem, prepare
from captionlint.core.clip.presets import DEFAULT, LAYERS, TEMPLATE
from captionlint.core.clip.text_tower import TextTower
from captionlint.core.clip.tokenizer import TokenizedCaption, WordTokenizer
from captionlint.core.errors import CaptionError, ItemError, ModelError, UsageError
from captionlint.core.images.hashing import file_sha256
from captionlint.core.images.opening import as_source, open_image
from captionlint.core.prediction import DEFAULT_EPSILON, Failure, Prediction, WordScore
from captionlint.core.text.words import WORD_RULES

ROWS: Final = {"cpu": 16, "cuda": 256}
"""Windows of text that one backward pass takes: on a CPU few, since like lengths together need less padding."""
CACHED: Final = 4096
"""Images whose features are kept."""
_PROBE: Final = "A small cat sits on a red chair, next to 2 dogs."
Picture = str | os.PathLike[str] | bytes | Image.Image | NDArray[Any] | Tensor
"""An image, as `core.images.opening.as_source` takes it."""
_AGGREGATES: Final[dict[str, Callable[[Sequence[float]], float]]] = {"mean": fmean, "sum": fsum, "min": min}


class Scorer:
    """A model with the method's settings; give it one picture or a million.

    Attributes:
        version: names all that can change a prediction (not epsilon); the same on every machine.
        details: the same, spelled out, for exports and reports.
        spec: what it was loaded from; None for a model that was built in memory.
        epsilon: the threshold that fits this model where none is given.
        tower: the text side of the model; `tokenizer` leads to it.
        picture_tower: the picture side; `transform` leads to it.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        *,
        layers: int = LAYERS,
        template: str = TEMPLATE,
        aggregate: Aggregate = "mean",
        device: str = "auto",
        image_dtype: ImageDtype = "float32",
        epsilon: float = DEFAULT_EPSILON,
        cached_pictures: int = CACHED,
        spec: ModelSpec | None = None,
    ) -> None:
        check_settings(layers=layers, aggregate=aggregate, image_dtype=image_dtype)
        use_one_thread_if_forked()
        self._asked_device = device
        self.device = device_named(device)
        model = loaded.model.to(self.device)
        self.tower = TextTower(model, name=loaded.name)
        self.tokenizer = WordTokenizer(loaded.tokenizer, context_length=self.tower.context_length, template=template)
        if self.tokenizer.room < 1:
            raise UsageError("The template leaves no room for a caption; use a shorter --template.")
        check_layers(layers, len(self.tower.blocks))
        self.layers = layers
        self.aggregate = aggregate
        self.epsilon = epsilon
        self.tower.share(torch.tensor(self.tokenizer.beginning, device=self.device))
        self._check_tower(model)
        self.picture_tower = PictureTower(model, dtype=image_dtype)
        self.transform = loaded.transform
        self._images = ImageFeatures(self.picture_tower, self.transform, self.device, kept=cached_pictures)
        self._rows = ROWS.get(self.device.type, 64)
        self._process = os.getpid()
        self.details = self._describe(loaded, template)
        self.version = scorer_version(self.details)
        self.spec = spec
        if spec is not None:
            self.spec = replace(spec, image_dtype="float32" if self.details["dtype"] == "float32" else "bfloat16")
            self.details[SPEC] = self.spec.to_dict()
            if spec.config_path is not None:
                self.details[CONFIG_FILE] = file_sha256(spec.config_path)

    @classmethod
    def from_pretrained(
        cls,
        name: str = DEFAULT,
        *,
        layers: int = LAYERS,
        template: str = TEMPLATE,
        aggregate: Aggregate = "mean",
        image_dtype: ImageDtype = "float32",
        device: str = "auto",
        epsilon: float | None = None,
        cached_pictures: int = CACHED,
    ) -> Self:
        """A preset (fast, accurate, paper, demo) or ``NAME:PRETRAINED``.

        Args:
            name: the preset or model; ``NAME:PRETRAINED=/path`` takes the weights from a local file.
            layers: how many of the last text blocks are read.
            template: text before every caption.
            aggregate: how a word's tokens make its attribution.
            image_dtype: number type of the image tower; ``auto`` is bfloat16 where that is faster.
            device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, …
            epsilon: the threshold, by default the model's.
            cached_pictures: images whose features are kept.

        Raises:
            UsageError: there is no such model.
            ModelError: it cannot be had, loaded or probed.
        """
        spec = ModelSpec.of_name(name, layers=layers, template=template, aggregate=aggregate, image_dtype=image_dtype)
        return cls.from_spec(spec, device=device, epsilon=epsilon, cached_pictures=cached_pictures)

    @classmethod
    def from_files(
        cls,
        config_path: Path | str,
        checkpoint_path: Path | str,
        *,
        layers: int = LAYERS,
        template: str = TEMPLATE,
        aggregate: Aggregate = "mean",
        image_dtype: ImageDtype = "float32",
        device: str = "auto",
        epsilon: float | None = None,
        cached_pictures: int = CACHED,
    ) -> Self:
        """A model of an open_clip configuration (JSON) and a checkpoint (safetensors, or a weights-only pickle).

        The other arguments and the errors are those of `from_pretrained`.
        """
        spec = ModelSpec.of_files(
            config_path,
            checkpoint_path,
            layers=layers,
            template=template,
            aggregate=aggregate,
            image_dtype=image_dtype,
        )
        return cls.from_spec(spec, device=device, epsilon=epsilon, cached_pictures=cached_pictures)

    @classmethod
    def from_spec(
        cls, spec: ModelSpec, *, device: str = "auto", epsilon: float | None = None, cached_pictures: int = CACHED
    ) -> Self:
        """The scorer that a spec describes; the other arguments and the errors are those of `from_pretrained`."""
        spec.check()
        use_one_thread_if_forked()
        device_named(device)  # refused before a model is loaded for it
        return cls(
            load(spec),
            layers=spec.layers,
            template=spec.template,
            aggregate=spec.aggregate,
            image_dtype=spec.image_dtype,
            device=device,
            epsilon=spec.epsilon if epsilon is None else epsilon,
            cached_pictures=cached_pictures,
            spec=spec,
        )

    def score(self, images: Sequence[Picture], captions: Sequence[str]) -> list[Prediction]:
        """One prediction for each pair of equally long sequences; an image may repeat and is encoded once.

        Images are paths, the bytes of encoded files, PIL images, NumPy arrays (H, W, 3) or PyTorch tensors (3, H, W),
        in uint8 or in floats from 0 to 1; see `core.images.opening.as_source`.

        Raises:
            ItemError: the first item that cannot be scored; `try_score` goes on instead.
        """
        predictions = []
        for index, result in enumerate(self.try_score(images, captions)):
            if isinstance(result, Failure):
                raise ItemError(result.reason if len(captions) == 1 else f"Item {index}: {result.reason}")
            predictions.append(result)
        return predictions

    def try_score(self, images: Sequence[Picture], captions: Sequence[str]) -> list[Prediction | Failure]:
        """As `score`, with a Failure in the place of each item that cannot be scored, whatever stands there."""
        if len(images) != len(captions):
            raise UsageError(f"There are {len(images)} images and {len(captions)} captions; give one image a caption.")
        return list(self.stream(zip(images, captions, strict=True)))

    def stream(self, pairs: Iterable[tuple[Picture, str]], *, batch_size: int = 32) -> Iterator[Prediction | Failure]:
        """Results in the order of the pairs, in bounded memory. Raises `UsageError` for a batch size below 1."""
        if not isinstance(batch_size, int) or batch_size < 1:
            raise UsageError(f"batch_size is a whole number from 1 on, not {batch_size!r}.")
        self._settle_in_process()
        process, iterator = self._process, iter(pairs)
        ahead = prepare(islice(iterator, batch_size), self._images)
        while ahead:
            batch, ahead = ahead, prepare(islice(iterator, batch_size), self._images)
            yield from self._score_batch(batch)
            if os.getpid() != process:
                raise UsageError("A stream that was begun before a fork cannot go on in the forked process.")

    def text_features(self, captions: Sequence[str]) -> Tensor:
        """Unit features (N, E) of captions, with the template; a long caption's is its first window's.

        Raises:
            CaptionError: a caption has no words.
        """
        self._settle_in_process()
        ids = [self._tokenize(caption).windows[0].ids for caption in captions]
        chunks = [ids[start : start + self._rows] for start in range(0, len(ids), self._rows)]
        return torch.cat([self.tower.encode(self._padded(chunk)) for chunk in chunks])

    def can_read(self, caption: str) -> bool:
        """Whether the model's tokenizer leaves a word of a caption, so that `text_features` takes it."""
        try:
            self._tokenize(caption)
        except CaptionError:
            return False
        return True

    def picture_features(self, image: Picture) -> Tensor:
        """Unit features (E,) of one picture, from the cache where it is known.

        Raises:
            ImageError: it cannot be opened.
        """
        self._settle_in_process()
        loaded = self._images.load(as_source(image))
        return self._images.encode([loaded])[loaded.key]

    def pixels(self, image: Picture) -> Tensor:
        """What the image tower reads of one picture, (3, side, side).

        Raises:
            ImageError: it cannot be opened.
        """
        self._settle_in_process()
        return self.transform(open_image(as_source(image))).to(self.device)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as its spec: whoever reads it loads the model again, and refuses it if its files have changed.

        Raises:
            UsageError: the model was built in memory.
        """
        if self.spec is None:
            raise UsageError(
                "A scorer of a model that was built in memory cannot be pickled: save the model, and load it with "
                "Scorer.from_files."
            )
        kept = (self._asked_device, self.epsilon, self._images.kept)
        return _restored, (type(self), self.spec, kept, self.version)

    def _settle_in_process(self) -> None:
        """Makes a copy that came here by a fork work: its threads stayed behind.

        Raises:
            UsageError: it cannot work, since its model is on a GPU.
        """
        if os.getpid() == self._process:
            return
        if self.device.type != "cpu":
            raise UsageError(
                f"A scorer on {self.device} cannot be used in a forked process: start processes by spawn, which gives "
                "each a model of its own."
            )
        use_one_thread_if_forked()
        self._process = os.getpid()
        self._images.begin_threads()

    def _score_batch(self, batch: list[PendingItem]) -> list[Prediction | Failure]:
        work: list[_Work] = []
        results: list[Prediction | Failure | None] = [None] * len(batch)
        for index, pending in enumerate(batch):
            try:
                if pending.picture is None:
                    raise ItemError(pending.refusal)
                work.append(_Work(index, pending.caption, self._tokenize(pending.caption), pending.picture.result()))
            except ItemError as error:
                results[index] = Failure(self.version, pending.caption, str(error))
        features = self._images.encode([w.picture for w in work])
        self._attribute(work, features)
        for item in work:
            results[item.index] = self._prediction(item)
        return [r for r in results if r is not None]

    def _tokenize(self, caption: str) -> TokenizedCaption:
        tokenized = self.tokenizer.tokenize(caption)
        if not any(piece.is_word for piece in tokenized.pieces):
            raise CaptionError("The caption has no words." if caption.strip() else "The caption is empty.")
        if not tokenized.windows:
            raise CaptionError("No word of the caption can be read by this model's tokenizer.")
        return tokenized

    def _attribute(self, work: list[_Work], features: dict[str, Tensor]) -> None:
        """Fills in cosines and attributions, windows of like length together."""
        jobs = [(item, i) for item in work for i in range(len(item.tokenized.windows))]
        jobs.sort(key=lambda job: len(job[0].tokenized.windows[job[1]].ids))
        for start in range(0, len(jobs), self._rows):
            chunk = jobs[start : start + self._rows]
            ids = self._padded([item.tokenized.windows[i].ids for item, i in chunk])
            images = torch.stack([features[item.picture.key] for item, _ in chunk])
            cosines, attributions = token_attributions(self.tower, ids, images, layers=self.layers)
            for (item, i), cosine, row in zip(chunk, cosines.tolist(), attributions.tolist(), strict=True):
                item.cosines[i], item.rows[i] = cosine, row

    def _prediction(self, item: _Work) -> Prediction | Failure:
        pieces = item.tokenized.pieces
        values: dict[int, float] = {}
        weighted, weight = 0.0, 0
        aggregate = _AGGREGATES[self.aggregate]
        for i, window in enumerate(item.tokenized.windows):
            words = sum(pieces[p].is_word for p, _, _ in window.spans)
            weighted, weight = weighted + item.cosines[i] * words, weight + words
            for p, start, end in window.spans:
                values[p] = aggregate(item.rows[i][start:end])
        if not weight:
            return Failure(self.version, item.caption, "No word of the caption fits the model's context.")
        cosine = weighted / weight
        if not isfinite(cosine):
            return Failure(self.version, item.caption, "The model gives no finite cosine for this picture.")
        words_scored = tuple(
            WordScore(piece.text, piece.start, piece.end, values.get(p), item.tokenized.reasons.get(p))
            for p, piece in enumerate(pieces)
            if piece.is_word
        )
        return Prediction(self.version, item.caption, cosine, words_scored)

    def _padded(self, ids: Sequence[Sequence[int]]) -> Tensor:
        return torch.tensor([self.tokenizer.pad_to_context(row) for row in ids], device=self.device)

    def _check_tower(self, model: Any) -> None:
        """Compares the probe with the model on a short and, where it fits, a full context."""
        windows = self.tokenizer.tokenize(" ".join([_PROBE] * 8)).windows
        self.tower.check(model, self._padded([self.tokenizer.tokenize(_PROBE).windows[0].ids, windows[0].ids]))

    def _describe(self, loaded: LoadedModel, template: str) -> dict[str, Any]:
        return {
            "model": loaded.name,
            "pretrained": loaded.pretrained,
            "weights_sha256": loaded.weights_sha256,
            "config_sha256": loaded.config_sha256,
            "template": template,
            "layers": self.layers,
            "aggregate": self.aggregate,
            "dtype": "float32" if self.picture_tower.dtype == torch.float32 else "bfloat16-pictures",
            "word_rules": WORD_RULES,
        }


@dataclass(slots=True)
class _Work:
    """An item under way: what each of its windows gave so far."""

    index: int
    caption: str
    tokenized: TokenizedCaption
    picture: LoadedImage
    cosines: dict[int, float] = field(default_factory=dict)
    rows: dict[int, list[float]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _restored(kind: type[Scorer], spec: ModelSpec, kept: tuple[str, float, int], version: str) -> Scorer:
    """What a pickled scorer becomes. The last one is kept, since pools pickle with every task anew.

    Raises:
        ModelError: its files have changed.
    """
    device, epsilon, cached_pictures = kept
    scorer = kind.from_spec(spec, device=device, epsilon=epsilon, cached_pictures=cached_pictures)
    if scorer.version != version:
        raise ModelError(f"The model {spec.label} has changed: it gives {scorer.version} now, not {version}.")
    return scorer
