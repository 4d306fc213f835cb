"""From a model's name or files to a model in memory, its transform and its tokenizer.

Named weights come through open_clip's own download and cache. Every way in ends in `_assemble`, so that a named
model and a local file are built, checked and fingerprinted alike.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import torch
from PIL import Image
from torch import Tensor, nn

from captionlint.core.clip.downloading import begun_bytes, bring
from captionlint.core.clip.model_config import read_file, require_checkpoint
from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.presets import DEMO, Preset
from captionlint.core.clip.published import check, refuse_foreign_encoder
from captionlint.core.errors import ModelError, UsageError, first_line
from captionlint.core.extras import adding
from captionlint.core.images.hashing import file_sha256

_FOREIGN: Final = re.compile(r"Unsupported (?:global: GLOBAL|class) ([\w.]+)")
"""How torch names what a checkpoint holds that is no tensor."""
_PORTS: Final = {"http": 80, "https": 443}
"""Where a hub or a proxy listens whose address names no port; SOCKS proxies do at 1080."""


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to be probed, in float32, without gradients.

    `transform` turns an RGB picture into normalised pixels (3, side, side); `weights_sha256` is that of the
    checkpoint file, so that ``sha256sum`` tells the same; `config_sha256` is that of architecture and transform.
    """

    name: str
    pretrained: str
    model: Any
    transform: Callable[[Image.Image], Tensor]
    tokenizer: Any
    weights_sha256: str
    config_sha256: str


def load(spec: ModelSpec) -> LoadedModel:
    """The model of a spec; errors as those of `load_preset` and `load_files`."""
    if spec.config_path is not None and spec.checkpoint_path is not None:
        return load_files(spec.config_path, spec.checkpoint_path)
    return load_preset(spec.preset)


def load_preset(preset: Preset) -> LoadedModel:
    """The model of a preset: bundled, downloaded or cached, or with a checkpoint of one's own.

    `pretrained` is open_clip's tag, ``TAG=/path`` for that tag's weights in a local file (its transform and
    activation go with them), or a path alone, which gets open_clip's default transform.

    Raises:
        UsageError: unknown architecture or weights.
        ModelError: the weights cannot be had or do not fit.
    """
    if preset.model == DEMO:
        return _load_demo()
    config = check(preset)
    if Path(preset.pretrained).is_file():
        return load_files_of(config, Path(preset.pretrained), name=preset.model, pretrained=preset.pretrained)
    from open_clip.pretrained import get_pretrained_cfg

    tag, _, local = preset.pretrained.partition("=")
    weights: dict[str, Any] = get_pretrained_cfg(preset.model, tag)
    path = Path(local).expanduser() if local else _download(preset, weights)
    return _assemble(config, path, preprocess=weights, name=preset.model, pretrained=preset.pretrained)


def fetch(preset: Preset) -> None:
    """Downloads a preset's weights unless they are cached; the bundled model needs none.

    Raises:
        ModelError: they cannot be had now.
    """
    if preset.model != DEMO:
        _download(preset, _published(preset))


def arrived_bytes(preset: Preset) -> int:
    """How much of a preset's weights has been downloaded, while that is not finished; 0 for the bundled model."""
    return 0 if preset.model == DEMO else begun_bytes(_hub_files(_published(preset))[0])


def is_cached(preset: Preset) -> bool:
    """Whether a preset's weights are on this machine; asks no network."""
    return preset.model == DEMO or _cached(_published(preset)) is not None


def _published(preset: Preset) -> dict[str, Any]:
    from open_clip.pretrained import get_pretrained_cfg

    weights: dict[str, Any] = get_pretrained_cfg(preset.model, preset.pretrained)
    return weights


def load_files(config_path: Path, checkpoint: Path) -> LoadedModel:
    """A model of an open_clip configuration file (``model_cfg`` or its content) and a local checkpoint.

    Raises:
        ModelError: a file is missing, no JSON, or the two do not fit together; the message names it.
    """
    config, preprocess = read_file(config_path)
    beside = config_path.parent / str(config["text_cfg"].get("hf_tokenizer_name", ""))
    if beside != config_path.parent and beside.is_dir():
        config = {**config, "text_cfg": {**config["text_cfg"], "hf_tokenizer_name": str(beside)}}
    return load_files_of(config, checkpoint, name=config_path.stem, pretrained=checkpoint.name, preprocess=preprocess)


def load_files_of(
    config: dict[str, Any], checkpoint: Path, *, name: str, pretrained: str, preprocess: dict[str, Any] | None = None
) -> LoadedModel:
    """As `load_files`, with the configuration already read."""
    require_checkpoint(checkpoint)
    return _assemble(config, checkpoint, preprocess=preprocess or {}, name=name, pretrained=pretrained)


def _load_demo() -> LoadedModel:
    from safetensors.torch import load_file

    from captionlint.core.demo.weights import CHECKPOINT, CONFIG, unpack

    model = build_model(CONFIG, name=DEMO)
    model.load_state_dict(unpack(load_file(CHECKPOINT)))
    return finish_model(model, CONFIG, {}, name=DEMO, pretrained="", weights=file_sha256(CHECKPOINT))


def _assemble(
    config: dict[str, Any], checkpoint: Path, *, preprocess: dict[str, Any], name: str, pretrained: str
) -> LoadedModel:
    from open_clip.factory import load_checkpoint

    model = build_model(config, name=name)
    try:
        load_checkpoint(model, str(checkpoint), strict=True, weights_only=True)
    except Exception as error:  # torch, pickle and safetensors each raise their own
        raise ModelError(_misfit(checkpoint, name, error)) from error
    return finish_model(model, config, preprocess, name=name, pretrained=pretrained, weights=file_sha256(checkpoint))


def finish_model(
    model: nn.Module, config: dict[str, Any], preprocess: dict[str, Any], *, name: str, pretrained: str, weights: str
) -> LoadedModel:
    """A model whose weights are in, checked and ready to be probed; `weights` is the checkpoint's SHA-256.

    Raises:
        ModelError: a weight is NaN or infinite.
    """
    from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict

    model.eval().requires_grad_(False)
    tensors = {n: t for n, t in model.state_dict().items() if t.is_floating_point()}
    broken = [n for n, t in tensors.items() if not bool(torch.isfinite(t).all())]
    if broken:
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        raise ModelError(
            f"The weights of {name} are broken: {broken[0]}{more} holds NaN or infinity; get the file again."
        )
    settings = merge_preprocess_dict(asdict(PreprocessCfg()), preprocess)
    settings["size"] = cast("Any", model).visual.image_size
    described = json.dumps([config, settings], sort_keys=True, default=str)
    return LoadedModel(
        name=name,
        pretrained=pretrained,
        model=model,
        transform=image_transform_v2(PreprocessCfg(**settings), is_train=False),
        tokenizer=_tokenizer(config["text_cfg"], name=name),
        weights_sha256=weights,
        config_sha256=hashlib.sha256(described.encode()).hexdigest(),
    )


def build_model(config: dict[str, Any], *, name: str) -> Any:
    """A model with random weights; which class is open_clip's own rule."""
    from open_clip.coca_model import CoCa
    from open_clip.model import CLIP, CustomTextCLIP

    refuse_foreign_encoder(config, name)
    parts = copy.deepcopy(config)
    custom = parts.pop("custom_text", False)
    if "timm_model_name" in parts["vision_cfg"]:
        parts["vision_cfg"]["timm_model_pretrained"] = False
    kind = CoCa if "multimodal_cfg" in parts else CustomTextCLIP if custom else CLIP
    try:
        return kind(**parts)
    except Exception as error:  # whatever a constructor makes of an unknown or absurd setting
        raise ModelError(f"The model {name} cannot be built from its configuration: {first_line(error)}") from error


def _tokenizer(text: dict[str, Any], *, name: str) -> Any:
    from open_clip.tokenizer import HFTokenizer, SimpleTokenizer

    options = {"context_length": text.get("context_length", 77), **text.get("tokenizer_kwargs", {})}
    source = text.get("hf_tokenizer_name")
    if not source:
        return SimpleTokenizer(**options)
    try:
        return HFTokenizer(source, tokenizer_mode=text.get("tokenizer_mode"), **options)
    except ImportError:
        raise ModelError(f"{name} needs the Hugging Face tokenizer {source}: {adding('siglip')}.") from None
    except Exception as error:
        raise ModelError(f"The tokenizer {source} of {name} cannot be had: {first_line(error)}") from error


def _download(preset: Preset, weights: dict[str, Any]) -> Path:
    from open_clip.pretrained import download_pretrained

    cached = _cached(weights)
    if cached:
        return cached
    try:
        if weights.get("hf_hub"):
            _reach_hub()
            with suppress(ImportError):  # it takes parts of the hub's client that may be renamed: then that begins anew
                bring(*_hub_files(weights))
        return _cached(weights) or Path(download_pretrained(weights, prefer_hf_hub=True))
    except Exception as error:  # the hub's client and urllib have dozens of ways to say "no network"
        why = (error.strerror if isinstance(error, OSError) else None) or first_line(error)
        raise ModelError(
            f"The model {preset.name} is not on this machine and cannot be downloaded now ({why}). "
            f"Download {_published_at(weights)} elsewhere and give "
            f"{preset.model}:{preset.pretrained}=/path/to/the/file as the model, or take demo, which is bundled."
        ) from error


def _published_at(weights: dict[str, Any]) -> str:
    """Which file a browser is to fetch, and from where."""
    from huggingface_hub import constants

    repository, (best, other) = _hub_files(weights)
    if not repository:
        return str(weights.get("url"))
    return f"{best} (or {other}) from {constants.ENDPOINT}/{repository}"


def _cached(weights: dict[str, Any]) -> Path | None:
    """The file in the hub's cache, asked without the network."""
    from huggingface_hub import try_to_load_from_cache

    repository, names = _hub_files(weights)
    for name in names:
        found = try_to_load_from_cache(repository, name) if repository else None
        if isinstance(found, str):
            return Path(found)
    return None


def _hub_files(weights: dict[str, Any]) -> tuple[str, tuple[str, str]]:
    """The repository, and the names that open_clip tries there, the best first."""
    from open_clip.constants import HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME

    repository, _, filename = str(weights.get("hf_hub", "")).rpartition("/")
    safe = filename.rpartition(".")[0] + ".safetensors" if filename else HF_SAFE_WEIGHTS_NAME
    return repository, (safe, filename or HF_WEIGHTS_NAME)


def _reach_hub() -> None:
    """Raises OSError at once where the hub, or the proxy before it, is out of reach; its client tries for a minute."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise OSError("HF_HUB_OFFLINE is set")
    hub = urlsplit(constants.ENDPOINT)
    proxies = {} if proxy_bypass(hub.netloc) else getproxies()
    proxy = proxies.get(hub.scheme) or proxies.get("all")
    first = hub if proxy is None else urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if first.hostname:
        port = first.port or _PORTS.get(first.scheme, 1080)
        try:
            socket.create_connection((first.hostname, port), timeout=10).close()
        except OSError as error:
            raise OSError(f"{first.hostname}: {error.strerror or error}") from error


def _misfit(checkpoint: Path, name: str, error: Exception) -> str:
    if isinstance(error, UnpicklingError):  # torch's own words advise to let the file run code
        foreign = _FOREIGN.search(str(error))
        if not foreign:
            return f"The checkpoint {checkpoint} is no file of weights that PyTorch wrote; get it again."
        return (
            f"The checkpoint {checkpoint} holds Python objects beside its weights ({foreign[1]}), which could run any "
            "code, and is not loaded: ask who made it for its weights alone, best as safetensors."
        )
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "size mismatch" in line or "key(s)" in line]
    detail = (telling or lines or [type(error).__name__])[0][:200]
    return f"The checkpoint {checkpoint} does not fit the model {name}: {detail.rstrip('.!')}."


def device_named(name: str) -> torch.device:
    """The device of that name; ``auto`` is the first GPU if there is one. Raises `UsageError` if it cannot be used."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        first = (str(error) or "not available").splitlines()[0]
        raise UsageError(f"The device '{name}' cannot be used here ({first}); try --device cpu.") from None
    return device
