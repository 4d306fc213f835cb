"""The Label Studio backend under load, as ratios: 32 clients at once ask a real server for 2,000 drawn tasks.

The server is a process of its own, as in use. The core's speed is measured in the same run, before and after, on the
same pictures and captions; the clients run beside the server and take their share of the machine.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from captionlint.core.clip.scorer import Scorer
from captionlint.core.demo.dataset import write_dataset

TASKS = int(os.environ.get("BENCH_TASKS", "2000"))
CLIENTS = 32
A_REQUEST = 25
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "20000"))
ROOT = Path(__file__).parents[2]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="captionlint-bench-") as name:
        folder = Path(name)
        source = write_dataset(folder / "scenes", count=TASKS + 1, seed=7)
        rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()][: TASKS + 1]
        pairs = [(source.parent / row["image"], row["caption"]) for row in rows]
        tasks = [
            {"id": n, "data": {"image": f"/data/local-files/?d={row['image']}", "caption": row["caption"]}}
            for n, row in enumerate(rows, 1)
        ]
        last = tasks.pop()
        before = core_speed(pairs)
        server = Server(folder, root=source.parent)
        try:
            ask(server, "/predict", {"tasks": [last]})  # by then its model is loaded, as the core's is
            first, others = under_load(server, tasks)
            stored, _ = under_load(server, tasks)
            again = statistics.median(under_load(server, tasks)[0] for _ in range(5))
            after = core_speed(pairs)
            core = statistics.mean((before, after))
            say(f"core alone           {core:8.1f} items/s")
            say(f"first predictions    {first:8.1f} tasks/s   {first / core:.2f} of the core's (asked: 0.8)")
            say(f"out of the store     {stored:8.1f} tasks/s   {stored / first:.0f} times the first")
            say(f"asked once more      {again:8.1f} tasks/s   {again / first:.0f} times the first (asked: 50)")
            for path, times in others.items():
                say(f"{path:20} {p99(times):8.1f} ms p99 of {len(times)} meanwhile (asked: 100)")
            memory(server, tasks)
        finally:
            server.end()


def core_speed(pairs: list[tuple[Path, str]]) -> float:
    """Items a second of the scorer alone, nothing known to it yet."""
    scorer = Scorer.from_pretrained("demo")
    list(scorer.stream(pairs[-1:]))
    start = time.perf_counter()
    count = sum(1 for _ in scorer.stream(pairs[:-1]))
    return count / (time.perf_counter() - start)


class Server:
    """The backend as ``captionlint label-studio serve`` starts it."""

    def __init__(self, folder: Path, *, root: Path) -> None:
        environment = os.environ | {
            "CAPTIONLINT_DB": str(folder / "review.db"), "CAPTIONLINT_MODEL": "demo", "LOG_LEVEL": "ERROR",
            "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT": str(root),
        }  # fmt: skip
        self._log = (folder / "log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "captionlint.ml_backend", "--port", "0"], cwd=ROOT, env=environment, stderr=self._log
        )
        self.port = self._wait()

    def _wait(self) -> int:
        while self.process.poll() is None:
            self._log.seek(0)
            said = self._log.read()
            if " is at http://" in said:
                return int(said.split(" is at http://")[1].split(",")[0].rsplit(":", 1)[1])
            time.sleep(0.2)
        raise SystemExit("the backend did not start")

    def resident(self) -> float:
        """MiB of memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()
        self._log.close()


def under_load(server: Server, tasks: list[dict[str, object]]) -> tuple[float, dict[str, list[float]]]:
    """Tasks a second of all clients together, and how long other requests took meanwhile, in milliseconds."""
    chunks = [tasks[start : start + A_REQUEST] for start in range(0, len(tasks), A_REQUEST)]
    done = threading.Event()
    others: dict[str, list[float]] = {"/health": [], "/webhook": []}
    asking = [threading.Thread(target=ask_others, args=(server, path, others[path], done)) for path in others]
    for thread in asking:
        thread.start()
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda chunk: ask(server, "/predict", {"tasks": chunk}), chunks))
    seconds = time.perf_counter() - start
    done.set()
    for thread in asking:
        thread.join()
    results = [result for answer in answers for result in answer["results"]]
    assert len(results) == len(tasks)
    assert all("result" in result for result in results)
    return len(tasks) / seconds, others


def ask_others(server: Server, path: str, times: list[float], done: threading.Event) -> None:
    number = 0
    while not done.is_set():
        number += 1
        body = {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": number}]} if path == "/webhook" else None
        start = time.perf_counter()
        ask(server, path, body)
        times.append(1000 * (time.perf_counter() - start))
        time.sleep(0.02)


def memory(server: Server, tasks: list[dict[str, object]]) -> None:
    """Many small requests, a quarter of them new wordings: what is kept of each must not be kept in memory."""

    def one(number: int) -> None:
        task = tasks[number % len(tasks)]
        if number % 4 == 0:
            task = {"id": number, "data": {**task["data"], "caption": f"{task['data']['caption']} {number}"}}  # type: ignore[dict-item]
        ask(server, "/predict", {"tasks": [task]})

    seen = []
    with ThreadPoolExecutor(CLIENTS) as clients:
        for part in range(4):
            for _ in clients.map(one, range(part * REQUESTS // 4, (part + 1) * REQUESTS // 4)):
                pass
            seen.append(server.resident())
    shown = ", ".join(f"{value:.0f}" for value in seen)
    last = seen[3] / seen[2]
    say(f"memory after each quarter of {REQUESTS} requests: {shown} MiB; the last quarter's is {last:.3f} (asked: 1)")


def ask(server: Server, path: str, body: object = None) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        connection.request("GET" if body is None else "POST", path, body=json.dumps(body) if body else None)
        answer = connection.getresponse()
        found: dict[str, object] = json.loads(answer.read())
    finally:
        connection.close()
    assert answer.status in (200, 201), found
    return found


def p99(times: list[float]) -> float:
    return sorted(times)[min(int(len(times) * 0.99), len(times) - 1)]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
