"""How torch's threads on a CPU wait for one another."""

from __future__ import annotations

import os

POLICY = "OMP_WAIT_POLICY"


def sleep_while_waiting() -> None:
    """Has them sleep, unless the user has decided otherwise. For a process of ours, before it loads torch.

    By default they spin, which gains little where a processor is free for each, and takes it from whatever else runs
    where one is not: beside a busy program two threads scored ten times slower than these do, or than one alone.
    """
    os.environ.setdefault(POLICY, "PASSIVE")
