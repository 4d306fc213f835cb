"""A plugin for pytest: a test that takes too long ends the run, with its name and the stacks of all threads.
Collecting the tests may take no longer than one of them.

The run ends at once: a test that hangs in C++ or in a thread cannot be interrupted safely. The setting `time_limit`
is the seconds for one test with its fixtures; ``-o time_limit=0`` switches it off, for a debugger.
"""

import faulthandler
import os
import threading
from contextlib import contextmanager

import pytest

_STDERR = pytest.StashKey[int]()
_GRACE = 15
"""Seconds after which the stacks come without the name: something holds the interpreter's lock."""

_AT_THE_END = 60
"""Seconds that the interpreter has to end behind the last test."""


def pytest_addoption(parser):
    parser.addini("time_limit", "seconds that one test may take with its fixtures; 0 for no limit", default="480")


def pytest_configure(config):
    config.stash[_STDERR] = os.dup(2)  # what a test prints is captured, and this must be seen


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """Importing the test files has the limit of one test."""
    with _limited(session.config, "collecting the tests"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    with _limited(item.config, item.nodeid):
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """The interpreter waits at its end for threads that a test left behind."""
    if _STDERR in config.stash and (seconds := float(config.getini("time_limit"))):
        faulthandler.dump_traceback_later(min(seconds, _AT_THE_END), file=config.stash[_STDERR], exit=True)


@contextmanager
def _limited(config, name):
    """Ends the run where what follows takes longer than the limit."""
    seconds = float(config.getini("time_limit"))
    if not seconds:
        yield
        return
    errors = config.stash[_STDERR]
    timer = threading.Timer(seconds, _end, [name, seconds, errors])
    timer.name, timer.daemon = "time limit", True
    timer.start()
    faulthandler.dump_traceback_later(seconds + _GRACE, file=errors, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        timer.cancel()


def _end(name, seconds, errors):
    os.write(errors, f"\n\nTIMEOUT: {name} took longer than {seconds:g} s. The run ends here.\n".encode())
    faulthandler.dump_traceback(file=errors, all_threads=True)
    os._exit(1)
