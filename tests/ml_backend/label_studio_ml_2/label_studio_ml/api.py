"""The routes of 2.x, with the faults that were seen: they are what the layer above has to keep away."""

import json

_MODEL = None


def init_app(model_class, basic_auth_user=None, basic_auth_pass=None):
    global _MODEL  # noqa: PLW0603
    _MODEL = model_class
    return app


def app(environ, start_response):
    routes = {"/predict": predict, "/setup": setup, "/webhook": webhook, "/metrics": lambda _: {}}
    route = routes.get(environ["PATH_INFO"])
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if route is None:
        start_response("404 Not Found", [("Content-Type", "text/html")])
        return [b"<html>"]
    answer = route(json.loads(body or b"{}"))
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def predict(data):
    params = data.get("params") or {}
    context = params.pop("context", {})
    model = _MODEL(project_id=str(data.get("project")).split(".", 1)[0], label_config=data.get("label_config"))
    found = model.predict(data.get("tasks"), context=context, **params)
    return {"results": found or []}


def setup(data):
    model = _MODEL(project_id=str(data["project"]).split(".", 1)[0], label_config=data["schema"])
    model.set("extra_params", data["extra_params"])  # fails on anything but text
    return {"model_version": model.get("model_version")}


def webhook(data):
    action = data.pop("action")
    model = _MODEL(str(data["project"]["id"]), label_config=data["project"]["label_config"])
    return {"result": model.fit(action, data), "status": "ok"}
