"""What tests of the backend share: backends on a real store, and the application around one."""

import pytest
from label_studio_requests import Client, Web
from stores import FakeScorer

from captionlint.ml_backend.backend import Backend
from captionlint.ml_backend.http.app import Application
from captionlint.ml_backend.settings import Settings


@pytest.fixture
def start(tmp_path):
    """Starts backends on one store; each ends with the test. `apply` below ends its thread before."""
    running = []

    def call(scorer=None, load=None, **more):
        settings = Settings(db=str(tmp_path / "review.db"), **more)
        backend = Backend(settings, load=load or (lambda: scorer or FakeScorer()))
        running.append(backend)
        return backend

    yield call
    for backend in running:
        backend.close()


@pytest.fixture
def backend(start):
    return start()


@pytest.fixture
def client(backend):
    return Client(Application(lambda: backend.handlers, backend.settings))


@pytest.fixture
def web():
    """Starts web servers on loopback."""
    made = []

    def call():
        made.append(Web())
        return made[-1]

    yield call
    for one in made:
        one.close()
