"""Run in the environment of a label-studio-ml: makes the requests of a Label Studio, prints the answers as JSON."""

import json
import logging
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "shared"), str(ROOT)]

from label_studio_requests import Client, annotation, choice, project, task  # noqa: E402
from stores import FakeScorer  # noqa: E402

from captionlint.ml_backend import backend as backends  # noqa: E402
from captionlint.ml_backend.http import server  # noqa: E402
from captionlint.ml_backend.label_studio.label_config import own_config  # noqa: E402
from captionlint.ml_backend.settings import Settings  # noqa: E402


def main(db):
    logging.basicConfig(level="DEBUG", stream=sys.stderr)
    settings = Settings(db=db)
    app = server.application(settings)
    with backends.Backend(settings, load=FakeScorer) as backend:
        backends._running[backends.os.getpid()] = backend
        client = Client(app)
        row = task(1, "a xbrown dog")
        other = own_config().replace("misalign", "wrong")
        setup = {"project": "1.17", "schema": own_config(), "hostname": "h", "access_token": "SECRET-TOKEN"}
        body = {"tasks": [row, {}], "project": "1.17", "label_config": own_config(), "params": {"context": None}}
        said = {
            "predict before setup": client.post("/predict", body),
            "health": client.get("/health"),
            "setup": client.post("/setup", {**setup, "extra_params": {"a": "dict"}}),
            "versions": client.get("/versions"),
            "predict": client.post("/predict", body),
            "another project": client.post("/predict", {**body, "project": "2.17", "label_config": other}),
            "no configuration": client.post("/predict", {**body, "label_config": {"a": 1}}),
            "context": client.post("/predict", {**body, "tasks": [row], "params": {"context": {"result": []}}}),
            "metrics": client.get("/metrics"),
        }
        event = {"action": "ANNOTATION_CREATED", "annotation": annotation(4, choice("Cannot judge")), "task": row}
        said["webhook"] = client.post("/webhook", {**event, "project": project()})
        from captionlint.ml_backend.model import CaptionlintBackend

        fitted = CaptionlintBackend().fit("ANNOTATION_UPDATED", {**event, "project": project()})
        again = CaptionlintBackend().fit((), event="START_TRAINING", data={"project": project()}, job_id=1, workdir=".")
        backend.inbox.stop()
        backend.inbox.apply_all()
        said["fit"] = [fitted, again]
        said["events"] = backend.ledger.counts()
        said["children"] = multiprocessing_children()
    said["beneath"] = app._beneath is not None
    said["modules"] = sorted(name for name in sys.modules if name.startswith("label_studio_ml"))
    print(json.dumps(said))


def multiprocessing_children():
    import multiprocessing

    return len(multiprocessing.active_children())


if __name__ == "__main__":
    main(sys.argv[1])
