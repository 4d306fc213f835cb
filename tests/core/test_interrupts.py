"""Ctrl-C, also pressed again while what the first one stopped is being put away. Each case is a process of its own."""

import os
import signal
import subprocess
import sys
from functools import partial

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the signals are POSIX's")
BEGIN = """
import os, signal, sys, time
from captionlint.core import interrupts
interrupts.stop_in_order()
press = lambda: signal.raise_signal(signal.SIGINT)
"""


def ran(script, *, ignored=False):
    """How a script ended after `BEGIN`, as a terminal would start it, or as ``nohup`` does."""
    # A job in the background of a script ignores Ctrl-C, and so would all that it starts.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_IGN if ignored else signal.SIG_DFL)
    command = [sys.executable, "-c", BEGIN + script]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, preexec_fn=heed)


def test_the_first_interrupt_stops_and_the_next_ones_let_it_put_away():
    done = ran("""
try:
    press()
except KeyboardInterrupt:
    press()
    press()
    print("put away", interrupts.was_stopped())
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "put away True\n", "")


def test_an_interrupt_after_the_patience_ends_the_process_at_once():
    done = ran("""
interrupts.PATIENCE = 0.05
try:
    press()
finally:
    time.sleep(0.1)
    press()
    print("not reached")
""")
    assert (done.returncode, done.stdout, done.stderr) == (interrupts_code(), "", "")


def test_an_interrupt_that_met_a_destructor_is_raised_again_and_not_printed():
    done = ran("""
class Fragile:
    def __del__(self):
        press()
try:
    Fragile()
    time.sleep(30)
except KeyboardInterrupt:
    print("stopped")
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


@pytest.mark.parametrize("code", [0, 3])
def test_an_interrupt_at_the_interpreters_end_is_silent(code):
    done = ran(f"""
import atexit
atexit.register(press)
interrupts.end_at_once()
sys.exit({code})
""")
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_an_ignored_interrupt_stays_ignored():
    done = ran("press()\nprint('went on')", ignored=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")


@pytest.mark.parametrize("presses", [1, 3])
def test_an_interrupted_transaction_of_a_store_prints_nothing(tmp_path, presses):
    """Where SQLAlchemy puts the connection back it logs whatever comes, with its traceback."""
    done = ran(f"""
import logging
from sqlalchemy import event, text
from sqlalchemy.pool import Pool
from captionlint.db.store import Store
logging.basicConfig()
interrupts.silence(logging.getLogger().handlers[0])
with Store.open({str(tmp_path / "s.db")!r}) as store:
    @event.listens_for(Pool, "reset")
    def reset(*_):
        for _ in range({presses}):
            press()
    try:
        with store.writing() as session:
            session.execute(text("SELECT 1"))
    except KeyboardInterrupt:
        print("stopped")
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


def interrupts_code():
    from captionlint.core.interrupts import CODE

    return CODE
