"""Hostile requests against a server on loopback: how long /health waits, and what memory stays.

Run: python -m tests.benchmarks.bench_hostile [--megabytes 12] [--rounds 3]. Each kind of request is
sent while /health is asked again and again; the longest wait and the growth of memory are printed.
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil

from tests.dashboard.server.served import Browser, Served, make_folder, serve

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "_xsrf=aabb"}


def requests(size: int) -> dict[str, tuple[str, str, bytes | None, dict[str, str]]]:
    """Return method, path, body and headers of each kind of hostile request."""
    name = ("%EF%B7%BA" * (size // 9)).encode()
    fits = ("%EF%B7%BA" * 7000).encode()
    return {
        "name of megabytes": ("POST", "/login", b"_xsrf=aabb&name=" + name, FORM),
        "name that fits a form": ("POST", "/login", b"_xsrf=aabb&name=" + fits, FORM),
        "many fields": ("POST", "/login", b"_xsrf=aabb" + b"&a=1" * (size // 4), FORM),
        "body for a page": ("POST", "/", b"x" * size, {}),
        "long address": ("GET", "/login?x=" + "x" * 60_000, None, {}),
        "many cookies": ("GET", "/login", None, {"Cookie": "a=1; " * 12_000}),
        "foreign host": ("GET", "/", None, {"Host": "evil.example"}),
    }


def send(port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> str:
    """Send one request; returns its status, or that it was cut off."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as link:
        try:
            link.request(method, path, body, headers)
            return str(link.getresponse().status)
        except (OSError, http.client.HTTPException):
            return "cut off"


def memory(served: Served) -> float:
    """Return the memory of all workers in MB."""
    return sum(psutil.Process(pid).memory_info().rss for pid in served.workers()) / 2**20


def measure(served: Served, request: tuple, rounds: int) -> tuple[float, str]:
    """Return the longest wait for /health in seconds while requests are sent, and their answers."""
    answers: list[str] = []

    def attack() -> None:
        answers.extend(send(served.port, *request) for _ in range(rounds))

    senders = [threading.Thread(target=attack) for _ in range(4)]
    for sender in senders:
        sender.start()
    longest = 0.0
    while any(sender.is_alive() for sender in senders):
        begun = time.perf_counter()
        Browser(served.port).ask("/health")
        longest = max(longest, time.perf_counter() - begun)
    return longest, ", ".join(sorted(set(answers)))


def main() -> None:
    """Print a line for each kind of request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serve(make_folder(Path(folder) / "x")) as served:
        Browser(served.port).ask("/login")
        start = memory(served)
        print(f"{'request':24} {'/health s':>9} {'+ MB':>6}  answers")
        for name, request in requests(given.megabytes * 2**20).items():
            before = memory(served)
            waited, answers = measure(served, request, given.rounds)
            print(f"{name:24} {waited:9.2f} {memory(served) - before:6.0f}  {answers}")
        print(f"memory {start:.0f} > {memory(served):.0f} MB")


if __name__ == "__main__":
    main()
