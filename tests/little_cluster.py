"""A Spark cluster of this machine: a master and two workers, each a process with a folder of its own.

What they share, beside the store, is the secret of the environment (GUATU_SPARK_SECRET).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import pyspark

from geodata.config import SparkSettings
from geodata.store.cluster import SECRET, find_java

HOST = "127.0.0.1"
# Short work: what takes long to begin with is left out.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


class LittleCluster:
    """A standalone master and workers that know a secret; ended on leaving."""

    def __init__(self, folder: Path, *, workers: int = 2, memory: str = "640m") -> None:
        self._folder, self._memory = folder, memory
        self._count = workers
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> LittleCluster:
        with socket.socket() as free:
            free.bind((HOST, 0))
            port = free.getsockname()[1]
        self.master = f"spark://{HOST}:{port}"
        self._start("master.Master", "master", "--port", str(port), "--webui-port", "0")
        until = time.monotonic() + 240
        while not _listening(port):
            assert time.monotonic() < until, "the master does not come up"
            time.sleep(0.2)
        for number in range(self._count):
            own = ("--work-dir", str(self._folder / f"worker-{number}" / "work"))
            offered = ("--cores", "1", "--memory", self._memory, "--webui-port", "0")
            self._start("worker.Worker", f"worker-{number}", *own, *offered, self.master)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            self._kill(process)

    def settings(self, **more: Any) -> SparkSettings:
        """Return settings for it, with executors of 512 MB and few tasks; `more` are of [spark.settings]."""
        quick = {
            "spark.sql.shuffle.partitions": 2,
            "spark.executor.extraJavaOptions": QUICK,
            **more,
        }
        return SparkSettings(
            master=self.master, memory="512m", driver_memory="512m", wait=240, settings=quick
        )

    @property
    def workers(self) -> int:
        """Return how many workers were not killed."""
        return len(self._processes) - 1

    def kill_worker(self) -> None:
        """Kill the worker started last, with its executors."""
        self._kill(self._processes.pop())

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        # The executors of a worker are of its group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _start(self, role: str, name: str, *words: str) -> None:
        home = Path(pyspark.__file__).parent
        folder = self._folder / name
        folder.mkdir(parents=True)
        environment = {
            **os.environ,
            "JAVA_HOME": str(find_java().resolve().parent.parent),
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": HOST,
            "SPARK_DAEMON_MEMORY": "128m",
            "SPARK_DAEMON_JAVA_OPTS": f"{QUICK} -Dspark.authenticate=true"
            " -Dspark.master.rest.enabled=false",
            "_SPARK_AUTH_SECRET": os.environ[SECRET],
        }
        with (folder / "log").open("wb") as log:
            program = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{role}"]
            process = subprocess.Popen(
                [*program, "--host", HOST, *words],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)


def _listening(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex((HOST, port)) == 0
