"""`import captionlint`: what it offers, that the page names the same, and that it loads nothing heavy."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import captionlint

PAGE = Path(__file__).parents[1] / "docs" / "python.md"


def test_the_page_names_what_the_package_offers():
    table = re.findall(
        r"^\| (`.+?`) \| [^|]+ \|$", PAGE.read_text(encoding="utf-8").split("## What an image may be")[0], re.M
    )
    assert sorted(re.findall(r"`(\w+)`", " ".join(table))) == sorted(captionlint.__all__)


@pytest.mark.parametrize("name", captionlint.__all__)
def test_each_name_is_there_and_listed(name):
    assert getattr(captionlint, name) is not None
    assert name in dir(captionlint)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(captionlint.__file__).read_text(encoding="utf-8"))
    (block,) = [n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    names = {alias.name for n in block.body if isinstance(n, ast.ImportFrom) for alias in n.names}
    names |= {n.target.id for n in block.body if isinstance(n, ast.AnnAssign)}
    assert names == set(captionlint.__all__)


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        captionlint.nothing_of_this_name  # noqa: B018


def test_the_import_loads_nothing_heavy_and_types_ship(tmp_path):
    for name in ("core", "db", "cli"):  # a user's own folders of these names
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('the wrong package')")
    code = "import sys, captionlint; captionlint.Store, captionlint.Prediction; print(sorted(sys.modules))"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    loaded = set(ast.literal_eval(ran.stdout))
    assert "captionlint.db.store" in loaded
    assert not {"torch", "alembic", "PySide6"} & loaded
    assert Path(captionlint.__file__).with_name("py.typed").exists()
