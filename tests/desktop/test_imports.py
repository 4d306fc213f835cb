"""How the window's modules stand to each other."""

import ast
from pathlib import Path

import desktop

ROOT = Path(desktop.__file__).parent.parent


def imported(path, modules):
    """The modules that a file imports, also those that only a type checker sees."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & modules


def test_no_module_of_the_window_takes_part_in_an_import_circle():
    paths = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in (ROOT / "desktop").rglob("*.py")}
    imports = {name: imported(path, set(paths)) for name, path in paths.items()}
    assert "desktop.window" in imports["desktop.app"]
    reached = {name: set(others) for name, others in imports.items()}
    for _ in paths:
        for name, others in reached.items():
            reached[name] = others.union(*(reached[other] for other in others))
    assert [name for name, others in reached.items() if name in others] == []
