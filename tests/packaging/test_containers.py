"""The containers' recipes, as far as they can be looked at without a daemon."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "ml_backend"


@pytest.fixture(scope="module")
def recipe():
    return (FOLDER / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((FOLDER / "docker-compose.yml").read_text(encoding="utf-8"))


def test_what_the_image_copies_is_there(recipe):
    copied = [line.split()[1:-1] for line in recipe.splitlines() if line.startswith("COPY")]
    assert len(copied) == 9
    assert all((ROOT / name).exists() for names in copied for name in names)


def test_the_server_is_no_root_and_can_write_where_volumes_go(recipe, compose):
    user = re.search(r"^USER (\d+)$", recipe, re.MULTILINE)[1]
    assert user != "0"
    assert f"--uid {user} " in recipe
    made = re.search(r"install -d -o captionlint (.+)", recipe)[1].split()
    assert {volume.partition(":")[2] for volume in compose["services"]["captionlint"]["volumes"]} <= set(made)


def test_the_image_has_a_cpu_torch_and_a_health_check(recipe):
    assert "ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu\n" in recipe
    assert recipe.index("$TORCH_INDEX") < recipe.index("requirements.txt")
    assert "/livez" in recipe[recipe.index("HEALTHCHECK") :]


def test_label_studio_and_the_backend_know_each_other_and_nobody_else_reaches_them(compose):
    services = compose["services"]
    backend = dict(setting.split("=", 1) for setting in services["captionlint"]["environment"])
    assert backend["LABEL_STUDIO_URL"] == "http://label-studio:8080"
    assert {"ML_BLOCK_LOCAL_IP=false", "SSRF_PROTECTION_ENABLED=false"} <= set(services["label-studio"]["environment"])
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service["ports"])
    named = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert named == set(compose["volumes"])


def test_the_backend_has_a_name_that_label_studio_sends_webhooks_to(compose):
    (alias,) = compose["services"]["captionlint"]["networks"]["default"]["aliases"]
    assert "." in alias  # it refuses a webhook to any other
    assert f"--backend-url http://{alias}:9090" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme(compose):
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for setting in compose["services"]["captionlint"]["environment"]:
        assert f"`{setting.partition('=')[0]}`" in readme


@pytest.mark.skipif(not shutil.which("hadolint"), reason="there is no hadolint here")
def test_its_linter_has_nothing_to_say():
    ran = subprocess.run(["hadolint", FOLDER / "Dockerfile"], capture_output=True, text=True, check=False, timeout=300)
    assert (ran.returncode, ran.stdout) == (0, "")
