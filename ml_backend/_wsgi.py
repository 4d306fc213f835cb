"""The name under which label-studio-ml and WSGI servers look: ``gunicorn ml_backend._wsgi:app``."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
# Run as a script this folder comes first on the path, and its modules would be found under wrong names.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != _HERE]
if str(_HERE.parent) not in sys.path:
    sys.path.insert(0, str(_HERE.parent))

from ml_backend.serving import application, main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
app = application()
