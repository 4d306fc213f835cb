"""``python -m ml_backend``: serves the backend."""

import sys

from core.interrupts import CODE, stop_in_order

try:
    stop_in_order()
    from ml_backend.serving import main

    sys.exit(main())
except KeyboardInterrupt:  # before the server listens for it
    sys.exit(CODE)
