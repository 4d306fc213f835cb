"""``python -m captionlint.ml_backend``: serves the backend."""

import sys

from captionlint.core.interrupts import CODE, stop_in_order

try:
    stop_in_order()
    from captionlint.ml_backend.http.server import main

    sys.exit(main())
except KeyboardInterrupt:  # before the server listens for it
    sys.exit(CODE)
