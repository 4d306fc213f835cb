"""Tiny files of the published benchmarks' schemas, made here; no sentence is theirs."""

import json
import struct

from PIL import Image


def write(folder, name):
    """Writes the files of one benchmark with its pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    FILES[name](folder)
    for number in range(4):
        Image.new("RGB", (40, 40), (60 * number, 90, 200)).save(folder / f"{number}.jpg")
    return folder


def _json(folder, name, content):
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def _nocaps(folder):
    rows = [("A red kite in the sky.", "A red boat in the sky.", ["kite", "boat"]),
            ("Two men near a ball", "Two men near a golf ball", ["ball", "golf ball"])]  # fmt: skip
    _json(folder, "nocaps-val-foil.json", [
        {"image_path": f"{i}.jpg", "baseline": b, "foil": f, "replacement": r, "references": ["x"], "domain": "in"}
        for i, (b, f, r) in enumerate(rows)
    ])  # fmt: skip


def _foil(folder):
    _json(folder, "foilv1.0_test_2017.json", {
        "images": [{"id": 7, "file_name": "0.jpg"}],
        "annotations": [
            {"id": 1, "image_id": 7, "caption": "a cat on a mat", "foil": False, "foil_word": "ORIG"},
            {"id": 1, "image_id": 7, "caption": "a dog on a mat", "foil": True, "foil_word": "dog"},
        ],
    })  # fmt: skip


def _hat(folder):
    rows = [("A man, alone, rides a bike.", [4, 5], "0.jpg"), ("Two birds sing.", [], "1.jpg"),
            ("A man rides a bike.", [], "0.jpg")]  # fmt: skip
    _json(folder, "hat-trainval.json", [
        {"sample_id": f"s{i}", "caption": c, "image_path": p, "references": ["x"], "contains_hallucination": bool(bad),
         "grounding": [[w, k in bad] for k, w in enumerate(c.split())]}
        for i, (c, bad, p) in enumerate(rows)
    ])  # fmt: skip


def _valse(folder):
    row = {"image_file": "0.jpg", "caption": "There are two cats.", "foil": "There are four cats."}
    _json(folder, "counting-hard.json", {
        "a": {**row, "mturk": {"caption": 3, "foil": 0, "other": 0}},
        "b": {**row, "mturk": {"caption": 1, "foil": 2, "other": 0}},
    })  # fmt: skip
    _json(folder, "plurals.json", {"c": {"image_file": "1.jpg", "caption": "A dog.", "foil": "Some dogs."}})


def _sugarcrepe(folder):
    _json(folder, "replace_att.json", {
        "0": {"filename": "0.jpg", "caption": "a red car", "negative_caption": "a blue car"},
        "1": {"filename": "1.jpg", "caption": "a tall tree", "negative_caption": "a short tree"},
    })  # fmt: skip
    _json(folder, "add_obj.json", {
        "0": {"filename": "0.jpg", "caption": "a car", "negative_caption": "a car and a dog"},
    })  # fmt: skip


def _seetrue(folder):
    rows = [{"file_name": "0.jpg", "image_caption": "A red cat sleeps", "caption_misalignment": "red cat"},
            {"file_name": "1.jpg", "image_caption": "A dog runs", "caption_misalignment": "not in it"}]  # fmt: skip
    (folder / "metadata.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))


def _rich_hf(folder):
    prompts = {"0.jpg": 'a cat: "red", on a mat', "1.jpg": "two dogs", "2.jpg": "one bird", "unknown.jpg": None}
    labels = {"0.jpg": "1 1 0 1 1 1", "1.jpg": "1 1", "2.jpg": "0 0", "unknown.jpg": "1"}
    scores = {"0.jpg": 0.5, "1.jpg": 1.0, "2.jpg": 0.0, "unknown.jpg": 1.0}
    records = [example({"filename": n, "prompt_misalignment_label": labels[n], "misalignment_score": scores[n]})
               for n in prompts]  # fmt: skip
    (folder / "test.tfrecord").write_bytes(b"".join(record(r) for r in records))
    lines = [json.dumps({"filename": n, "prompt": p}) for n, p in prompts.items() if p]
    (folder / "prompts.jsonl").write_text("\n".join(lines))


def _finematch(folder):
    _json(folder, "finematch_test.json", [
        {"image": "0.jpg", "caption": "A red dog near two cars", "Attributes": [["red", "brown"]], "Numbers": ["two"]},
        {"image": "1.jpg", "caption": "A cat", "Entities": [], "Relations": []},
    ])  # fmt: skip


def record(data):
    """One TFRecord; the checksums are not looked at."""
    return struct.pack("<Q", len(data)) + b"\0" * 4 + data + b"\0" * 4


def example(values):
    """A tf.train.Example in protocol-buffer bytes, written out by hand."""
    entries = b""
    for name, value in values.items():
        if isinstance(value, str):
            feature = _field(1, _field(1, value.encode()))
        elif isinstance(value, float):
            feature = _field(2, _field(1, struct.pack("<f", value)))
        else:
            feature = _field(3, _field(1, bytes([value])))
        entries += _field(1, _field(1, name.encode()) + _field(2, feature))
    return _field(1, entries)


def _field(number, content):
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128, value >> 7])


FILES = {
    "nocaps-foil": _nocaps,
    "foil": _foil,
    "hat": _hat,
    "valse": _valse,
    "sugarcrepe": _sugarcrepe,
    "seetrue-feedback": _seetrue,
    "rich-hf": _rich_hf,
    "finematch": _finematch,
}
