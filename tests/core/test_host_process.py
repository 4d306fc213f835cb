"""What other programs import, and what they call, leaves their process as it was."""

import subprocess
import sys

import pytest

STATE = """
import csv, locale, signal, sys, threading, warnings
import PIL.Image
def state():
    import torch
    return {
        "warnings": list(warnings.filters), "csv": csv.field_size_limit(), "pixels": PIL.Image.MAX_IMAGE_PIXELS,
        "signals": [signal.getsignal(number) for number in signal.valid_signals()], "locale": locale.setlocale(0),
        "threads": (torch.get_num_threads(), torch.get_num_interop_threads()), "hook": sys.excepthook,
        "thread hook": threading.excepthook, "shown": warnings.showwarning, "recursion": sys.getrecursionlimit(),
        "switch": sys.getswitchinterval(), "dtype": torch.get_default_dtype(), "grad": torch.is_grad_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(), "truncated": PIL.ImageFile.LOAD_TRUNCATED_IMAGES,
    }
import torch, torchvision, open_clip, PIL.ImageFile, sqlalchemy  # what they change is not ours
csv.field_size_limit(1 << 20)  # as the host has set it
before = state()
def same():
    after = state()
    return [name for name in before if before[name] != after[name]]
"""
IMPORTS = """
import importlib, pkgutil
from captionlint import core, db
for package in (core, db):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.startswith("captionlint.db.migrations"):
            importlib.import_module(module.name)
print(same())
"""
USES = """
import io, json, os, tempfile
from pathlib import Path
from PIL import Image
from captionlint.core.formats.reading import read
from captionlint.core.images.opening import open_image
from captionlint.core.errors import ImageError
from captionlint.core.clip.scorer import Scorer
from captionlint.db.operations import export as exports, items
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store
folder = Path(tempfile.mkdtemp())
Image.new("RGB", (40, 40), "red").save(folder / "a.png")
(folder / "a.csv").write_text('image,caption\\na.png,"a red ball"\\nb.png,' + "x" * 200_000 + "\\n")
large = io.BytesIO()
Image.new("1", (12000, 9000)).save(large, "PNG")
with warnings.catch_warnings(record=True):
    try:
        open_image(large.getvalue())
    except ImageError:
        print("refused")
scorer = Scorer.from_pretrained("demo", device="cpu")
with Store.open(folder / "review.db") as store:
    items.add(store, read(folder / "a.csv"))
    prelabel(store, scorer)
    exports.write(store, format="csv", out=folder / "out.csv", unreviewed=True)
print(same())
"""


@pytest.mark.parametrize(("code", "said"), [(IMPORTS, ["[]"]), (USES, ["refused", "[]"])], ids=["import", "use"])
def test_the_host_process_is_left_as_it_was(code, said):
    command = [sys.executable, "-c", STATE + code]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines() == said, done.stderr[-2000:]
