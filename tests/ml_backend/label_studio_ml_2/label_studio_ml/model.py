"""What 2.x does with a model: one object a request, made with a project and its configuration, then `setup`."""

import json


class LabelStudioMLBase:
    """Keeps values by project; in 2.x in a file, here in a dict."""

    kept = {}  # noqa: RUF012

    def __init__(self, project_id=None, label_config=None):
        self.project_id = project_id or ""
        self.label_config = label_config
        if not isinstance(label_config, str | None):
            raise TypeError("2.x parses the configuration, and only text")
        self.setup()

    def setup(self):
        """For the subclass."""

    def set(self, key, value):
        if not isinstance(value, str):
            raise ValueError("Value must be a string")
        self.kept[self.project_id, key] = value

    def get(self, key):
        return self.kept.get((self.project_id, key))

    @property
    def model_version(self):
        return self.get("model_version")

    def predict(self, tasks, context=None, **kwargs):
        raise NotImplementedError

    def fit(self, event, data, **additional):
        raise NotImplementedError


def as_text(value):
    return json.dumps(value)
