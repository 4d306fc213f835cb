"""The structure: floors, no import circles, folders that say what belongs in them, files that stay readable."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {"core": 1, "db": 2, "cli": 3, "desktop": 3, "ml_backend": 3}
LONGEST = 400
MOST_IN_A_FOLDER = 20


def modules():
    """Paths of all modules by their name."""
    paths = [path for folder in FLOORS for path in (ROOT / folder).rglob("*.py")]
    return {
        ".".join(("captionlint", *p.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): p
        for p in paths
    }


PATHS = modules()


def imported(path):
    """The modules that a file imports, also those that only a type checker sees."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in PATHS else node.module for name in names}
    return found & set(PATHS)


IMPORTS = {name: imported(path) for name, path in PATHS.items()}


def test_the_structure_is_seen():
    assert "captionlint.core.text.words" in IMPORTS["captionlint.core.clip.scorer"]
    assert len(PATHS) > 200


def test_a_module_imports_from_its_own_package_or_a_floor_below():
    def place(name):
        return name.split(".")[1]

    up = [
        f"{name} imports {other}"
        for name, others in IMPORTS.items()
        for other in others
        if place(other) != place(name) and FLOORS[place(other)] >= FLOORS[place(name)]
    ]
    assert up == []


def test_no_module_takes_part_in_an_import_circle():
    reached = {name: set(others) for name, others in IMPORTS.items()}
    changed = True
    while changed:
        changed = False
        for name, others in reached.items():
            more = others.union(*(reached[other] for other in others))
            changed |= len(more) > len(others)
            reached[name] = more
    assert [name for name, others in reached.items() if name in others] == []


@pytest.mark.parametrize(
    ("lower", "upper"),
    [("engine", "rows"), ("engine", "operations"), ("rows", "operations"), ("operations", "prelabel")],
)
def test_no_layer_of_the_store_imports_a_later_one(lower, upper):
    names = [name for name in PATHS if name.startswith(f"captionlint.db.{lower}")]
    assert len(names) > 5
    assert [(n, o) for n in names for o in IMPORTS[n] if o.startswith(f"captionlint.db.{upper}")] == []


def test_each_folder_says_what_belongs_in_it():
    folders = {path.parent for path in PATHS.values()}
    silent = [
        str(f.relative_to(ROOT)) for f in folders if not ast.get_docstring(ast.parse((f / "__init__.py").read_text()))
    ]
    assert silent == []


def test_no_file_and_no_folder_grows_past_what_a_person_reads():
    long = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in PATHS.items()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}
    folders = {}
    for path in PATHS.values():
        folders[path.parent] = folders.get(path.parent, 0) + (path.name != "__init__.py")
    assert {str(f): n for f, n in folders.items() if n > MOST_IN_A_FOLDER} == {}
