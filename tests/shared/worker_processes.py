"""A program that uses one scorer here and in processes of every kind; prints a line for each that gave the same."""

import faulthandler
import multiprocessing
import os
import pickle
import time

import numpy as np
import torch
from datasets import Dataset, disable_caching, disable_progress_bars

from captionlint.core.clip.scorer import Scorer
from captionlint.core.errors import UsageError

IMAGES = [np.full((40, 40, 3), shade, np.uint8) for shade in (20, 90, 160, 230)]
CAPTIONS = ["a red ball", "a blue box and a red ball", "two dogs", "a green tree"]


def cosines(scorer, numbers=range(4)):
    found = scorer.score([IMAGES[n] for n in numbers], [CAPTIONS[n] for n in numbers])
    return [round(p.cosine, 5) for p in found]


class Pairs(torch.utils.data.Dataset):
    """Scores where it is asked: in a worker of a DataLoader."""

    def __init__(self, scorer):
        self.scorer = scorer

    def __len__(self):
        return 4

    def __getitem__(self, number):
        return cosines(self.scorer, [number])[0]


def forked(act, *, seconds=60):
    """Whether a forked process did this and ended by itself."""
    child = os.fork()
    if child == 0:
        os._exit(0 if act() else 1)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


def load(scorer, context):
    loader = torch.utils.data.DataLoader(
        Pairs(scorer), batch_size=2, num_workers=1, multiprocessing_context=context, collate_fn=list
    )
    return [value for batch in loader for value in batch]


def refuses_to_go_on(stream):
    try:
        list(stream)
    except UsageError as error:
        return "begun before a fork" in str(error)
    return False


def main():
    faulthandler.dump_traceback_later(280, exit=True)
    disable_caching()
    disable_progress_bars()
    torch.set_num_threads(2)
    scorer = Scorer.from_pretrained("demo", device="cpu")
    here = cosines(scorer)
    pickled = pickle.dumps(scorer)
    again = pickle.loads(pickled)
    assert (again.version, cosines(again)) == (scorer.version, here)
    print("pickle", flush=True)
    assert all(forked(lambda: cosines(scorer) == here) for _ in range(8))
    print("fork", flush=True)
    assert all(forked(lambda: cosines(Scorer.from_pretrained("demo", device="cpu")) == here) for _ in range(3))
    print("fork and load", flush=True)
    begun = scorer.stream([(IMAGES[0], CAPTIONS[0])] * 9, batch_size=2)
    next(begun)
    assert forked(lambda: refuses_to_go_on(begun))
    print("fork amid a stream", flush=True)
    data = Dataset.from_dict({"number": [0, 1, 2, 3]})
    mapped = data.map(lambda row: {"cosine": cosines(scorer, [row["number"]])[0]}, num_proc=2)
    assert list(mapped["cosine"]) == here
    print("datasets.map", flush=True)
    for context in ("fork", "spawn"):
        assert load(scorer, context) == here
        print(f"DataLoader {context}", flush=True)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(cosines, [scorer]) == [here]
    print("spawn", flush=True)


if __name__ == "__main__":
    main()
