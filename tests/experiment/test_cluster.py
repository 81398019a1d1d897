"""Runs on a Dask cluster: a real scheduler and two workers on this machine, one of them lost in mid-run."""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.engine.record import columns_of
from sim.errors import CommandError, ResourceError, RunError
from sim.experiment import connection, ensemble, environment, remote
from sim.experiment.cluster import Cluster
from sim.experiment.connection import Connection
from sim.experiment.plan import Plan
from sim.experiment.playing import play_piece
from sim.model.compiling import compiled
from sim.scenario.load import load
from tests.commands.asking import ask

RUNS, BLOCK = 40_000, 4096
SCENARIO = """\
scenario: clustered
clock: {turns: 3}
state: {tension: {initial: {low: 0, high: 1}, min: 0}}
parameters: {gain: {value: 1.5, range: [0, 3], source: judgement}}
actors:
  north:
    incentives: {calm: gain - tension}
    actions: {hold: {}, arm: {cost: 0.25, add: {tension: 0.3}}}
    strategies: {coin: {mix: {hold: 1, arm: 1}}}
    plays: coin
regimes: {one: {}, two: {plays: {north: arm}}}
"""


@dataclass
class Machines:
    """A scheduler and two workers of its own, each a process."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A cluster that has started, as anybody would start it."""
    pytest.importorskip("distributed")
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"

    def start(*words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", *words, "--scheduler-file", str(file), "--no-dashboard"],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    scheduler = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    worker = ("distributed.cli.dask_worker", "--no-nanny", "--memory-limit", "0", "--host", "127.0.0.1")
    workers = [start(*worker, "--nthreads", threads, "--name", threads) for threads in ("1", "2")]
    try:
        ends = time.monotonic() + 60
        while not file.exists() and time.monotonic() < ends:
            time.sleep(0.05)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield Machines(address, scheduler, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario."""
    file = tmp_path_factory.mktemp("scenario") / "clustered.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


def test_a_cluster_gives_the_answers_that_this_machine_gives(machines: Machines, clustered: Path) -> None:
    """Runs, comparisons and small answers, to the last bit; and what went to workers and back is counted."""
    scenario, game = load(clustered), compiled(load(clustered))
    plan = Plan(RUNS, 7, block=BLOCK, cluster=machines.address)
    told: list[int] = []
    answer = ensemble.play(game, plan, told.append)
    assert answer.digest == ensemble.play(game, Plan(RUNS, 7)).digest
    assert sum(told) == RUNS
    seen = plan.elsewhere.seen if plan.elsewhere else None
    assert seen is not None
    assert (seen.pieces, len(seen.workers), seen.lost) == (-(-RUNS // BLOCK), 2, set())
    # Small whole numbers come in two bytes, others in eight; each of ten pieces says which is which.
    table = play_piece(game, "lockstep", 7, 0, RUNS)
    small = sum(bool(np.all((row == row.astype(np.int16)) & ~((row == 0) & np.signbit(row)))) for row in table)
    numbers = (2 * small + 8 * (len(table) - small)) * RUNS
    assert numbers < seen.from_workers < numbers + 1000 * seen.pieces
    question = 2 * len(pickle.dumps((game, "lockstep", 7), protocol=pickle.HIGHEST_PROTOCOL))
    assert question < seen.to_workers < question + 3000 * seen.pieces
    swept = [
        sim.sweep(scenario, over={"gain": (0.0, 3.0, 40)}, runs=2000, cluster=there).estimates.mean
        for there in (None, machines.address)
    ]
    assert np.array_equal(*swept)


def test_an_error_is_that_of_the_first_run_that_makes_it(machines: Machines, clustered: Path) -> None:
    """In the same words, wherever it is played."""
    game = compiled(load(clustered.with_name(_wrong(clustered))))
    told = []
    for there in (None, machines.address):
        with pytest.raises(RunError) as wrong:
            ensemble.play(game, Plan(6000, 7, block=1000, cluster=there))
        told.append(str(wrong.value))
    assert told[0] == told[1]


def _wrong(clustered: Path) -> str:
    text = clustered.read_text(encoding="utf-8").replace("gain - tension", '"1 / (turn - 2) - tension"')
    clustered.with_name("wrong.yaml").write_text(text, encoding="utf-8")
    return "wrong.yaml"


def test_workers_that_would_play_other_numbers_are_refused(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of a library there, or a processor unlike the others': which, and what to do, is told."""
    ours, cluster = environment.environment(), Cluster(machines.address)
    with monkeypatch.context() as patch:
        patch.setattr(environment, "versions", lambda: ours.versions | {"numpy": "99.0"})
        with pytest.raises(ResourceError, match=f"numpy {ours.versions['numpy']} where this program has 99.0"):
            Connection(cluster).__enter__()
    strange = environment.Environment(ours.versions, ours.machine, (*ours.processor_features, "STRANGE"))
    cluster.seen.environment = strange
    with pytest.raises(ResourceError, match=r'another processor .*NPY_DISABLE_CPU_FEATURES="STRANGE"'):
        Connection(cluster).__enter__()


def test_what_is_lost_on_the_way(
    machines: Machines, clustered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker is: its work is done again, the digest is the same. All are: what is finished is kept; so the scheduler."""
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    question = ("compare", str(clustered), "--runs", str(RUNS), "--block", str(BLOCK), "--json")
    wanted = ask(*question, "--quiet", "--out", here).document
    said: list[str] = []
    monkeypatch.setattr(connection.LOG, "warning", said.append)
    hand_out, lost = remote.Remote.hand_out, machines.workers[1]

    def lose(self: remote.Remote, first: int, count: int) -> remote.Sent:
        if first == 0 and lost.poll() is None:
            # It stands still with what it is given, and a moment later it is gone.
            os.kill(lost.pid, signal.SIGSTOP)
            threading.Timer(1.0, lost.kill).start()
        return hand_out(self, first, count)

    monkeypatch.setattr(remote.Remote, "hand_out", lose)
    answer = ask(*question, "--out", there, "--cluster", machines.address)
    assert (answer.status, answer.document) == (0, wanted)
    assert lost.wait(10) == -signal.SIGKILL
    assert len(said) == 1
    assert "is gone; what it had begun is played again" in said[0]
    (folder,) = (tmp_path / "there").glob("*/*")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["cluster"]
    assert (manifest["address"], manifest["lost"], manifest["blocks"]) == (machines.address, 1, 20)
    note = f"played 20 blocks, {manifest['bytes_per_block']:,} bytes sent per block; 1 lost on the way"
    assert note in answer.err
    assert ask("verify", str(folder)).status == 0

    monkeypatch.setattr(remote.Remote, "hand_out", hand_out)
    monkeypatch.setattr(connection, "WAITS", 0.5)
    machines.workers[0].kill()
    machines.workers[0].wait()
    nobody = ask(*question, "--out", there, "--cluster", machines.address)
    assert (nobody.status, len(nobody.faults)) == (5, 1)
    assert "has no workers; start some with 'dask worker tcp://" in nobody.err
    machines.scheduler.kill()
    machines.scheduler.wait()
    gone = ask(*question, "--out", there, "--cluster", machines.address)
    assert (gone.status, len(gone.faults)) == (5, 1)
    assert "no Dask scheduler answers at " in gone.err
    assert list((tmp_path / "there").glob("*/*")) == [folder]


@pytest.mark.parametrize(
    "address",
    ["", "foo", "localhost:8786", "tcp://", "tcp://x", "tcp://x:0", "tcp://x:65536", "http://x:1", "tcp://a b:1"],
)
def test_an_address_that_is_none(address: str, clustered: Path) -> None:
    """Is refused before anything is asked, and told how to write one."""
    answer = ask("run", str(clustered), "--cluster", address)
    assert (answer.status, len(answer.faults)) == (2, 1)
    assert "CLUSTER: " in answer.err
    assert "write --cluster tcp://HOST:PORT" in answer.err


def test_processes_here_and_a_cluster(clustered: Path) -> None:
    """One of them plays."""
    answer = ask("run", str(clustered), "--cluster", "tcp://127.0.0.1:1", "--jobs", "2")
    assert (answer.status, len(answer.faults)) == (2, 1)
    assert "leave out --jobs" in answer.err


def test_nobody_listens(clustered: Path, tmp_path: Path) -> None:
    """Nothing is written; one line says so at once."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    answer = ask("run", str(clustered), "--cluster", f"tcp://127.0.0.1:{port}", "--out", str(tmp_path / "results"))
    assert (answer.status, len(answer.faults)) == (5, 1)
    assert f"no Dask scheduler answers at tcp://127.0.0.1:{port} (connection refused)" in answer.err
    assert not (tmp_path / "results").exists()


def test_somebody_else_listens(clustered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One who never answers is not waited for."""
    monkeypatch.setattr(connection, "ANSWERS_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ResourceError, match="no Dask scheduler"):
        Connection(Cluster(f"tcp://127.0.0.1:{silent.getsockname()[1]}")).__enter__()


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, with the way to install it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CommandError, match=r"detente\[cluster\]"):
        Connection(Cluster("tcp://127.0.0.1:1")).__enter__()


def test_nothing_of_dask_is_loaded_unasked() -> None:
    """Commands that no cluster plays for start as fast as before."""
    code = "import sys, sim.cli, sim.api, sim.experiment.cluster; print([n for n in sys.modules if n in ('dask', 'distributed')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_columns_travel_whole(clustered: Path) -> None:
    """What a worker packs is what it played, to the last bit."""
    game = compiled(load(clustered))
    packed, data = remote._play((game, "lockstep", 7), (5, 100))
    table = play_piece(game, "lockstep", 7, 5, 100)

    class There:
        ready = True

        def answer(self) -> object:
            return packed, data

    back = remote.Sent(100, There()).table()  # type: ignore[arg-type]
    assert (back.shape, back.tobytes()) == ((len(columns_of(game)), 100), np.ascontiguousarray(table).tobytes())
