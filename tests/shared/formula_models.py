"""Models whose weights come from a formula, and small random ones of every shape that is supported."""

import json
import math
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from safetensors.torch import save_file

TEXT = {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 4, "layers": 4}
VISION = {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16}
CONFIGS = {
    "clip": {"embed_dim": 48, "vision_cfg": VISION, "text_cfg": TEXT},
    "clip-quickgelu": {"embed_dim": 48, "quick_gelu": True, "vision_cfg": VISION, "text_cfg": TEXT},
    "custom-text": {"embed_dim": 48, "custom_text": True, "vision_cfg": VISION, "text_cfg": TEXT},
    "layer-scale": {"embed_dim": 48, "vision_cfg": VISION, "text_cfg": {**TEXT, "ls_init_value": 0.7}},
    "coca": {
        "embed_dim": 48,
        "custom_text": True,
        "vision_cfg": {
            **VISION,
            "attentional_pool": True,
            "attn_pooler_queries": 16,
            "attn_pooler_heads": 4,
            "output_tokens": True,
        },
        "text_cfg": {**TEXT, "context_length": 76, "embed_cls": True, "output_tokens": True},
        "multimodal_cfg": {"context_length": 76, "vocab_size": 49408, "width": 64, "heads": 4, "layers": 2},
    },
    "siglip": {
        "embed_dim": 48,
        "custom_text": True,
        "init_logit_bias": -10,
        "vision_cfg": {**VISION, "pool_type": "avg", "no_ln_pre": True},
        "text_cfg": {**TEXT, "context_length": 24, "no_causal_mask": True, "pool_type": "last", "proj_bias": True},
    },
    "bidirectional": {
        "embed_dim": 48,
        "custom_text": True,
        "vision_cfg": VISION,
        "text_cfg": {**TEXT, "context_length": 24, "no_causal_mask": True},
    },
    "resnet": {
        "embed_dim": 48,
        "vision_cfg": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 32},
        "text_cfg": TEXT,
    },
    "convnext": {
        "embed_dim": 48,
        "vision_cfg": {"timm_model_name": "convnext_atto", "timm_pool": "avg", "timm_proj": "linear", "image_size": 64},
        "text_cfg": TEXT,
    },
}


def formula_state(model):
    """The parity cases' weights (see parity/cases.json): a sine wave by each tensor's name and shape."""
    state = {}
    for name, tensor in model.state_dict().items():
        count, shape = tensor.numel(), tuple(tensor.shape)
        step = 1 + (crc32(name.encode()) % 1000) / 1000
        wave = np.sin(0.5 + step * np.arange(1, count + 1, dtype=np.float64)).reshape(shape)
        if name == "logit_scale":
            wave = np.array(math.log(1 / 0.07))
        elif name.endswith("bias"):
            wave = 0.05 * wave
        elif ".ln_" in name or name.startswith("ln_"):
            wave = 1 + 0.1 * wave
        elif "embedding" in name:
            wave = 0.7 * wave
        elif name in ("text_projection", "visual.proj"):
            wave = wave * math.sqrt(2 / shape[0])
        elif "in_proj_weight" in name:
            wave = wave * math.sqrt(2 / shape[1])
            wave[: 2 * shape[1]] *= 2
        else:
            wave = wave * math.sqrt(2 / math.prod(shape[1:]))
        state[name] = torch.from_numpy(np.ascontiguousarray(wave)).float()
    return state


def write_model(folder: Path, name: str, config: dict, state: dict) -> tuple[Path, Path]:
    """Writes configuration and checkpoint as a user would have them."""
    config_path, checkpoint = folder / f"{name}.json", folder / f"{name}.safetensors"
    config_path.write_text(json.dumps(config))
    save_file({k: v.contiguous() for k, v in state.items()}, checkpoint)
    return config_path, checkpoint


def random_state(model, seed=0):
    """Random weights, large enough that attention is far from uniform."""
    generator = torch.Generator().manual_seed(seed)
    state = {}
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point() and "running" not in name and "num_batches" not in name:
            noise = torch.randn(tensor.shape, generator=generator)
            state[name] = tensor + noise * (0.3 if tensor.ndim < 2 else 0.7 / math.sqrt(tensor.shape[-1]))
        else:
            state[name] = tensor.clone()
    return state
