"""The commands and the Python that a page shows are run, page by page, in a home of its own.

Models that would be downloaded are stood in for by the bundled one, and reviewing by a person who knows the truth.
What cannot be run here is parsed by the real command line; why, and what runs it, stands in NOT_RUN.
"""

import itertools
import json
import re
import shutil

import benchmark_files
import pytest
import typer.main
from doc_pages import PAGES, ROOT, blocks, command_lines, name
from stores import photo

from captionlint.cli.main import app
from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.scorer import Scorer
from captionlint.core.demo.dataset import write_dataset
from captionlint.core.formats.reading import read
from captionlint.core.review import Span
from captionlint.db.operations import items, reviews
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store

NOT_RUN = {
    "review": "needs a display, on which tests/desktop reviews; a person is stood in for it",
    "label-studio": "needs a Label Studio server; tests/e2e/test_pages.py runs it on one",
    "postgresql://": "needs a PostgreSQL server; tests/db has one",
    "ray": "starts a cluster; tests/db/test_prelabel_ray.py has one",
}
OTHERS = {
    "make": "its targets are looked up",
    "python": "its script is looked up; tests/docs/test_finetune.py runs it",
    "uv": "installs",
    "pipx": "installs",
    "pip": "installs",
    "sudo": "installs",
    "tar": "unpacks what `make package` builds",
    "export": "is the shell's",
    "docker": "needs a daemon",
    "git": "needs a repository's address",
    "label-studio": "is Label Studio; tests/e2e starts it",
    "label-studio-ml": "serves; tests/ml_backend has it",
    "gunicorn": "serves; tests/e2e/test_pages.py runs it",
    "waitress-serve": "serves; tests/e2e/test_pages.py runs it",
}
KINDS = {"noun": "object", "colour": "attribute", "size": "attribute", "count": "count", "relation": "relation"}
SHOWN = [page for page in PAGES if any(block.language in ("sh", "python") for block in blocks(page))]


@pytest.fixture(scope="module")
def demo():
    return Scorer.from_pretrained("demo")


@pytest.fixture
def models(demo, monkeypatch):
    """Every model that there is, and every pair of files, is the bundled model."""
    monkeypatch.setattr(Scorer, "from_spec", lambda _spec, **_: demo)
    check = ModelSpec.check
    monkeypatch.setattr(ModelSpec, "check", lambda spec: None if spec.files else check(spec))


@pytest.fixture(scope="module")
def made(demo, tmp_path_factory):
    """What a user has: captions.jsonl and photos/, and a store in which two thirds are reviewed."""
    folder = tmp_path_factory.mktemp("made")
    source = write_dataset(folder / "photos", count=64, seed=7)
    source.rename(folder / "captions.jsonl")
    for where in ("photos/dog.jpg", "photos/harbour.jpg", "photo.jpg"):
        photo(folder, where, (90, 120, 40))
    benchmark_files.write(folder / "aloha" / "data", "hat")
    with Store.open(folder / "kept.db") as store:
        items.add(store, read(folder / "captions.jsonl", images=folder / "photos"))
        prelabel(store, demo)
    review(folder / "kept.db", "ana")
    return folder


@pytest.fixture
def home(made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://localhost:8080")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "token")
    return tmp_path


def review(path, annotator, *, count=44):
    """Decides the first items, and leaves some, as someone would who knows what the scenes show."""
    truth = {row["id"]: row["wrong"] for row in map(json.loads, open_truth(path))}
    with Store.open(path, create=False) as store:
        for item_id in list(items.ids(store))[:count]:
            item = items.get(store, item_id=item_id)
            wrong = truth.get(item.source_id)
            at = [(wrong["start"], wrong["end"])] if wrong else []
            if [(mark.start, mark.end) for mark in item.marks] == at:
                reviews.accept(store, item_id=item_id, annotator=annotator, seconds=4)
            else:
                spans = [Span(*at[0], KINDS[wrong["kind"]], wrong["right"])] if wrong else []
                fixed = reviews.suggestion(item.caption, spans=spans)
                reviews.correct(
                    store, item_id=item_id, annotator=annotator, seconds=9, spans=spans, corrected_caption=fixed
                )


def open_truth(path):
    return (path.absolute().parent / "captions.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("page", SHOWN, ids=name)
def test_every_command_of_a_page_does_what_it_should(page, home, models, captionlint):
    namespace = {"cell": "'=1+1"}  # what docs/formats.md speaks of
    ran = 0
    for block in blocks(page):
        if block.language == "python":
            exec(compile(block.text, f"{name(page)}", "exec"), namespace)
            ran += 1
        elif block.language == "sh":
            for words in command_lines(block.text):
                run(words, home, captionlint)
                ran += 1
    assert ran


def run(words, home, captionlint):
    program, *arguments = itertools.dropwhile(re.compile(r"[A-Z_]+=").match, words)
    if program == "make":
        targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert {a for a in arguments if "=" not in a} <= set(targets), words
    elif program == "python":
        assert (ROOT / arguments[0]).is_file(), words
    elif program != "captionlint":
        assert program in OTHERS, f"What is {program}? See OTHERS."
    elif reason := unfit(arguments):
        parse(arguments)
        if reason == "review":
            review(store_of(arguments, home), "ana")
    else:
        store_of(arguments, home)
        few = ["--count", "8"] if arguments[:2] == ["evaluate", "scenes"] else []  # its default takes minutes
        result = captionlint(*arguments, *few)
        assert result.code == 0, f"{' '.join(words)}: {result.err}"
        assert result.out or result.err or arguments[0] in ("settings",)


def unfit(arguments):
    """Why a command is not run here: a key of NOT_RUN, or None."""
    if any("postgresql://" in argument for argument in arguments):
        return "postgresql://"
    return next((key for key in NOT_RUN if key in arguments[:1] or key in arguments), None)


def parse(arguments):
    """Has the real command line take the arguments apart, and do nothing with them."""
    command = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command, arguments = command.commands[arguments[0]], arguments[1:]
    with command.make_context("captionlint", list(arguments)) as context:
        assert context.params


def store_of(arguments, home):
    """The store that a command names; a page that begins in the middle finds one that is there already."""
    if "--db" not in arguments:
        return None
    path = home / arguments[arguments.index("--db") + 1]
    if not path.exists() and arguments[0] != "import":
        shutil.copy(home / "kept.db", path)
    return path
