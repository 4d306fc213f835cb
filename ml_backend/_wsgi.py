"""The name under which label-studio-ml and WSGI servers look: ``gunicorn captionlint.ml_backend._wsgi:app``."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# A script's folder comes first on the path: without it, `http` would be a folder of this package.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != _HERE]

from captionlint.ml_backend.http.server import application, main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
app = application()
