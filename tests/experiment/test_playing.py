"""Work shared out: in the order of runs whoever is done first, as in one process whatever goes wrong."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import ResourceError, RunError
from sim.experiment import playing, shared, workers
from sim.experiment.ensemble import Summed, play
from sim.experiment.plan import Plan
from sim.experiment.playing import _in_turn, pieces
from sim.experiment.workers import Workers
from sim.model.compiling import compiled
from sim.model.game import Game
from sim.scenario.load import load_text

GAME = """
scenario: game
clock: {turns: 3}
state: {x: {initial: {low: 0, high: 1}}}
actors: {a: {incentives: {good: "1 / max(0, x - late)"}}}
parameters: {late: -1}
hazards: {storm: {rate: 0.5, add: {x: 0.5}}}
"""


@pytest.fixture(scope="module")
def game() -> Game:
    """A small game, ready to be played."""
    return compiled(load_text(GAME))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is shared out only when every process has started, so that none has nothing to do."""
    enter = Workers.__enter__

    def patient(self: Workers) -> Workers:
        enter(self)
        concurrent.futures.wait(self._started)
        return self

    monkeypatch.setattr(Workers, "__enter__", patient)


class Later:
    """Workers that are done with their work in any order, here."""

    def __init__(self, game: Game, plan: Plan, luck: random.Random) -> None:
        self.game, self.plan, self.luck = game, plan, luck
        self.out = 0

    @property
    def free(self) -> bool:
        return self.out < 4 and self.luck.random() < 0.7

    def hand_out(self, first: int, count: int) -> LaterPiece:
        self.out += 1
        return LaterPiece(self, count, playing.play_piece(self.game, "lockstep", self.plan.seed, first, count))


class LaterPiece:
    def __init__(self, by: Later, count: int, result: np.ndarray) -> None:
        self.by, self.count, self.result = by, count, result

    @property
    def ready(self) -> bool:
        return self.by.luck.random() < 0.3

    def table(self) -> np.ndarray:
        return self.result

    def forget(self) -> None:
        self.by.out -= 1
        self.result = np.full_like(self.result, np.nan)


@pytest.mark.parametrize("seed", range(8))
def test_results_are_in_order_whoever_is_done_first(seed: int, game: Game) -> None:
    """Pieces come in the order of runs, once each, and their memory is used again only afterwards."""
    plan = Plan(500, 4, block=7)
    told: list[int] = []
    later = Later(game, plan, random.Random(seed))
    played = _in_turn(
        plan.slices(), lambda first, count: playing.play_piece(game, "lockstep", 4, first, count), later, told.append
    )  # type: ignore[arg-type]
    table = np.concatenate([np.array(piece) for piece in played], axis=1)
    assert np.array_equal(table, play(game, Plan(500, 4)).table)
    assert told == [count for _, count in plan.slices()]
    assert later.out == 0


def ended(file: Path, first: int, count: int) -> None:
    """Play nothing, and end the process."""
    os._exit(1)


def digest(game: Game, plan: Plan) -> Summed:
    return play(game, plan).summed


@pytest.mark.usefixtures("at_once")
def test_other_processes_play_the_same(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three processes and pieces of other sizes: one digest; the others have done some of the work."""
    handed: list[int] = []
    hand_out = Workers.hand_out
    monkeypatch.setattr(
        Workers, "hand_out", lambda self, first, count: handed.append(count) or hand_out(self, first, count)
    )
    assert digest(game, Plan(500, 4, jobs=3, block=30)).digest == digest(game, Plan(500, 4)).digest
    assert len(handed) > 1
    assert not multiprocessing.active_children()


def test_a_job_that_is_done_at_once_waits_for_nobody(game: Game) -> None:
    """Processes that are still starting when all has been played are ended."""
    assert digest(game, Plan(5, 4, jobs=2)).digest == digest(game, Plan(5, 4)).digest
    assert not multiprocessing.active_children()


@pytest.mark.usefixtures("at_once")
def test_the_first_run_in_error_is_told(game: Game) -> None:
    """Whatever others meet first: the message of one process."""
    wrong = compiled(load_text(GAME.replace("late: -1", "late: 0.001")))
    told = set()
    for plan in (Plan(4000, 4), Plan(4000, 4, jobs=2, block=100)):
        with pytest.raises(RunError) as caught:
            play(wrong, plan)
        told.add(str(caught.value))
    assert len(told) == 1


def test_an_error_met_here_waits_for_its_turn() -> None:
    """A later piece that is played before an earlier one does not speak first."""
    order: list[str] = []

    class Slow:
        count, ready = 1, False

        def table(self) -> np.ndarray:
            order.append("earlier")
            return np.zeros((1, 1))

        def forget(self) -> None:
            pass

    class One:
        left = 1

        @property
        def free(self) -> bool:
            return self.left > 0

        def hand_out(self, first: int, count: int) -> Slow:
            self.left -= 1
            return Slow()

    def misplay(first: int, count: int) -> np.ndarray:
        order.append("later")
        raise RunError([])

    played: Iterator[np.ndarray] = _in_turn(Plan(2, 0, block=1).slices(), misplay, One(), lambda count: None)  # type: ignore[arg-type]
    next(played)
    with pytest.raises(RunError):
        next(played)
    assert order == ["later", "earlier"]


@pytest.mark.usefixtures("at_once")
def test_a_process_that_is_ended_from_outside(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had begun is played again: one digest, a word about it, and nobody is left."""
    plan = Plan(20_000, 4, jobs=2, block=50)
    told = []
    monkeypatch.setattr(workers.LOG, "warning", told.append)
    played, tables = pieces(game, plan), []
    for number, table in enumerate(played):
        tables.append(np.array(table))
        if number in {3, 100}:
            for process in multiprocessing.active_children():
                process.kill()
    assert np.array_equal(np.concatenate(tables, axis=1), play(game, Plan(20_000, 4)).table)
    assert set(told) == {workers.PLAYED_AGAIN}
    assert 1 <= len(told) <= 2
    assert not multiprocessing.active_children()


def test_a_process_that_is_ended_while_it_starts(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another is started in its place: it is no script that asks where it should not."""
    told: list[str] = []
    monkeypatch.setattr(workers.LOG, "warning", told.append)
    monkeypatch.setattr(Workers, "__enter__", killed_at_once(Workers.__enter__))
    plan = Plan(2_000, 4, jobs=2, block=50)
    with Workers(game, plan) as others:
        handed = others.hand_out(0, 50)
        table = np.array(handed.table())
    assert np.array_equal(table, play(game, Plan(50, 4)).table)
    assert told == [workers.PLAYED_AGAIN]


def killed_at_once(enter: Callable[[Workers], Workers]) -> Callable[[Workers], Workers]:
    """Enter, and kill every process before it has started."""

    def entered(self: Workers) -> Workers:
        enter(self)
        for process in self._processes:
            process.kill()
        return self

    return entered


@pytest.mark.usefixtures("at_once")
def test_processes_that_are_ended_again_and_again(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    """One error that says so, and nobody is left."""
    monkeypatch.setattr(workers.LOG, "warning", lambda text: None)
    monkeypatch.setattr(workers._Worker, "play", ended)
    with pytest.raises(ResourceError, match="JOBS: a process that played runs was ended from outside"):
        for _ in pieces(game, Plan(10**6, 4, jobs=2, block=50)):
            pass
    assert not multiprocessing.active_children()


def test_who_stops_asking_leaves_nobody_behind(game: Game, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither processes nor files; processes of others are left alone."""
    monkeypatch.setattr(shared, "places", lambda: [tmp_path])
    other = multiprocessing.get_context("spawn").Process(target=sim.load, args=("inf",))
    other.start()
    played = pieces(game, Plan(10**6, 4, jobs=2))
    next(played)
    assert list(tmp_path.iterdir())
    played.close()
    assert not list(tmp_path.iterdir())
    assert set(multiprocessing.active_children()) <= {other}
    other.join()
    assert other.exitcode == 0


def test_files_that_cannot_be_shared(game: Game, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place without room is passed over for the next; without any it is an error that names the way out."""
    full = tmp_path / "gone"
    monkeypatch.setattr(shared, "places", lambda: [full, tmp_path])
    assert digest(game, Plan(5, 4, jobs=2)).digest == digest(game, Plan(5, 4)).digest
    monkeypatch.setattr(shared, "places", lambda: [full])
    with pytest.raises(
        ResourceError, match=r"JOBS: processes cannot share files here .no such file or directory.; ask for --jobs 1"
    ):
        play(game, Plan(5, 4, jobs=2))


@pytest.mark.usefixtures("at_once")
def test_work_that_nobody_has_begun_is_not_held(game: Game) -> None:
    """However many the pieces, few are handed out at a time."""
    with Workers(game, Plan(10**9, 4, jobs=2)) as others:
        handed = 0
        while others.free:
            others.hand_out(handed, 1)
            handed += 1
    assert handed == 2
