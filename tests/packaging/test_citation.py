"""CITATION.cff says the version that pyproject.toml says, in the format's own terms."""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent


def test_the_citation_names_this_version_and_the_paper():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    assert cited["references"][0]["url"].endswith("2412.18404")
