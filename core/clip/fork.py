"""PyTorch after a fork. Its threads do not come along, and waiting for them would take for ever.

With one thread it waits for none. That is set once in a forked process, when a scorer is first used there.
"""

from __future__ import annotations

import os

import torch

_process = os.getpid()
"""The process in which PyTorch may have begun threads, or knows that it has none."""


def use_one_thread_if_forked() -> None:
    """Has PyTorch compute on one thread in a process that was forked since this module was imported."""
    global _process  # noqa: PLW0603 — it is the process's own state
    if os.getpid() != _process:
        torch.set_num_threads(1)
        _process = os.getpid()
