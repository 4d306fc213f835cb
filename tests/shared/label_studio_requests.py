"""Label Studio's side in tests: tasks as it sends them, requests as a WSGI server passes them on, a web server."""

import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image


def png(colour=(200, 30, 30), size=(8, 8)):
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def uri(data=None):
    return "data:image/png;base64," + base64.b64encode(data or png()).decode()


def task(number, caption, image=None, **data):
    """A task as Label Studio 1.23.2 sends it."""
    return {
        "id": number, "data": {"image": image or uri(), "caption": caption, **data}, "meta": {},
        "created_at": "2026-11-01T10:00:00.000000Z", "updated_at": "2026-11-01T10:00:00.000000Z", "is_labeled": False,
        "overlap": 1, "inner_id": number, "total_annotations": 0, "cancelled_annotations": 0, "total_predictions": 0,
        "comment_count": 0, "unresolved_comment_count": 0, "last_comment_updated_at": None, "project": 1,
        "updated_by": None, "file_upload": None, "comment_authors": [], "annotations": [], "predictions": [],
    }  # fmt: skip


class Client:
    """Makes requests to a WSGI application; the answer is (status, JSON)."""

    def __init__(self, app, **headers):
        self.app = app
        self.headers = headers

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body):
        return self.ask("POST", path, json.dumps(body).encode())

    def ask(self, method, path, data=b"", **environ):
        said = []
        given = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(len(data)), "SERVER_NAME": "test",
            "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(data),
            "wsgi.errors": io.StringIO(),
            **self.headers, **environ,
        }  # fmt: skip
        pieces = self.app(given, lambda status, headers, info=None: said.append(status))
        return int(said[0].split()[0]), json.loads(b"".join(pieces))


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Web:
    """A web server on loopback: `pages` by path (a function of the headers, or bytes), and what was asked of it."""

    def __init__(self):
        self.pages = {}
        self.asked = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                web.asked.append((self.path, dict(self.headers)))
                status, headers, data = web.pages.get(self.path.split("?")[0], (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if not any(name.lower() == "content-length" for name in headers):
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(60)


def region(id, name, kind, start, end, values, **more):
    """One control's part of a result, with the text that Label Studio should not be trusted for."""
    field = "text" if kind == "textarea" else kind
    value = {"start": start, "end": end, "text": "never\\ntrusted", field: values}
    return {"id": id, "from_name": name, "to_name": "caption", "type": kind, "value": value, **more}


def mark(id, start, end, **more):
    return region(id, "misalign", "labels", start, end, ["Misaligned"], **more)


def choice(value):
    return {"id": "v", "from_name": "verdict", "to_name": "caption", "type": "choices", "value": {"choices": [value]}}


def annotation(number, *result, second=0, user=1, **more):
    """An annotation as webhooks carry it."""
    return {
        "id": number, "result": list(result), "was_cancelled": False, "ground_truth": False, "lead_time": 3.2,
        "created_at": "2026-11-01T10:00:00.000000Z", "updated_at": f"2026-11-01T10:00:{second:02}.000000Z",
        "draft_created_at": None, "completed_by": user, "unique_id": f"unique-{number}", "parent_prediction": 11,
        "parent_annotation": None, "prediction": {}, "result_count": len(result), "task": 1, "project": 1, **more,
    }  # fmt: skip


def project(config=None):
    """A project as webhooks carry it, secrets and all."""
    from captionlint.ml_backend.label_studio.label_config import own_config

    return {
        "id": 1, "title": "captions", "label_config": config or own_config(), "token": "PROJECT-TOKEN",
        "task_data_login": "LOGIN", "task_data_password": "PASSWORD", "created_by": {"id": 1, "email": "a@b.co"},
    }  # fmt: skip
