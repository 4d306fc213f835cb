"""``python -m ml_backend``: serves the backend."""

import sys

from ml_backend.serving import main

sys.exit(main())
