"""Runs on blocks: what is kept is read back, what does not fit into memory goes to a file, and sums are the same."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engine.record import STORED
from sim.errors import ResourceError
from sim.experiment import blocks, room
from sim.experiment.blocks import Spool, regrouped
from sim.experiment.ensemble import Ensemble, play
from sim.experiment.packed import Packed
from sim.experiment.plan import Plan
from sim.model.compiling import compiled
from sim.scenario.load import load_text

DICE = """
scenario: dice
clock: {turns: 1}
state: {x: {initial: {low: 0, high: 1}}}
actors: {a: {incentives: {good: x}}, b: {incentives: {bad: -2 * x}}}
hazards: {rare: {chance: 0.01, ends: true, payoffs: {a: -3}}}
regimes: {one: {}, two: {initial: {x: {low: 0, high: 2}}}}
"""


@pytest.fixture(scope="module")
def dice() -> sim.Scenario:
    """A game of one turn with luck in it."""
    return load_text(DICE)


def numbers(columns: int, runs: int) -> np.ndarray:
    """A table of different numbers."""
    return np.random.default_rng(5).normal(1.0, 2.0, size=(columns, runs))


def kept_in(spool: Spool, table: np.ndarray) -> Spool:
    """A store with all of a table in it."""
    for block in regrouped([table]):
        spool.keep(block)
    return spool


@pytest.mark.parametrize("limit", [0, blocks.IN_MEMORY], ids=["file", "memory"])
def test_what_is_kept_is_read_back(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any rows of any block, in any order, to the last bit, as arrays of one's own."""
    monkeypatch.setattr(blocks, "IN_MEMORY", limit)
    table = numbers(5, 2 * STORED + 7)
    spool = kept_in(Spool(*table.shape), table)
    assert len(spool) == 3
    for number, start in enumerate(range(0, table.shape[1], STORED)):
        for rows in ([0, 1, 2, 3, 4], [4, 1], [2], []):
            assert np.array_equal(spool.read(number, rows), table[rows, start : start + STORED])
    spool.read(0, [0])[:] = 0.0
    assert spool.read(0, [0]).any()


def test_small_whole_numbers_take_less_room_and_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row stays what it was to the last bit, signs of nothing and the unheard-of included."""
    monkeypatch.setattr(blocks, "IN_MEMORY", 0)
    rows = [
        [0.0, 1.0, -7.0, 32767.0],
        [0.0, -0.0, 1.0, 2.0],
        [1.0, 2.0, 32768.0, 3.0],
        [0.5, 1.0, 2.0, 3.0],
        [1.0, np.nan, 2.0, 3.0],
        [np.inf, 1.0, -np.inf, 1e300],
        [-32768.0, 5.0, 5.0, 5.0],
    ]
    table = np.array(rows)
    spool = kept_in(Spool(*table.shape), table)
    for order in (list(range(len(rows))), [6, 1, 4], [0], [5, 5]):
        assert spool.read(0, order).tobytes() == table[order].tobytes()
    with io.BytesIO() as file:
        written = Packed.written(table, file)
        assert list(written.whole) == [True, False, False, False, False, False, True]
        assert len(file.getvalue()) == 4 * (2 * 2 + 5 * 8)


def test_a_store_keeps_what_its_giver_overwrites(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a table is used again for the next one."""
    for limit in (0, blocks.IN_MEMORY):
        monkeypatch.setattr(blocks, "IN_MEMORY", limit)
        memory = np.ones((2, 10))
        spool = Spool(2, 10)
        spool.keep(memory)
        memory[:] = 0.0
        assert spool.read(0, [0, 1]).all()


def open_files() -> int:
    """How many files this process holds open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files cannot be counted")
def test_a_file_ends_with_its_ensemble(dice: sim.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is open while somebody may read it, has no name, and is gone afterwards."""
    monkeypatch.setattr(blocks, "IN_MEMORY", 0)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    gc.collect()
    before = open_files()
    ensemble = sim.run(dice, runs=100)
    assert open_files() == before + 1
    assert list(tmp_path.iterdir()) == []
    del ensemble
    gc.collect()
    assert open_files() == before


def test_a_disk_without_room_is_told_before_anything_is_played(
    dice: sim.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How much is needed, how much there is, and what to do."""
    monkeypatch.setattr(room, "free", lambda folder: 10 * 2**20)
    monkeypatch.setattr("sim.experiment.ensemble.pieces", lambda *_: pytest.fail("played"))
    with pytest.raises(
        ResourceError, match=r"DISK-FULL: the results need about 91.6 MiB here, 10.0 MiB are free; .*TMPDIR"
    ):
        sim.run(dice, runs=1_000_000)


def test_a_disk_that_fails_is_a_matter_of_resources(dice: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """One error of the family, exit status 5."""

    class Full:
        def seek(self, offset: int, whence: int) -> int:
            return 0

        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    monkeypatch.setattr(blocks, "IN_MEMORY", 0)
    monkeypatch.setattr("tempfile.TemporaryFile", Full)
    with pytest.raises(
        ResourceError, match=r"DISK: results cannot be put aside here .no space left on device.; make room, or"
    ):
        sim.run(dice, runs=10)


def test_too_many_runs_together_are_refused(dice: sim.Scenario) -> None:
    """More than memory holds, before they are played."""
    with pytest.raises(ResourceError, match=r"MEMORY: .* GiB.*ask for --block 8192"):
        play(compiled(dice), Plan(10**12, 1, block=10**12), store=Spool(1, 1))


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3 * STORED), min_size=1, max_size=6), st.booleans())
def test_pieces_of_any_sizes_become_stored_blocks(sizes: list[int], sliced: bool) -> None:
    """Each but the last has as many runs as are stored together; together they are the pieces in order."""
    runs = sum(sizes)
    table = np.arange(2.0 * runs).reshape(2, runs)

    def pieces() -> Iterator[np.ndarray]:
        memory = np.empty((2, max(sizes)))
        for start, size in zip(np.cumsum([0, *sizes]), sizes, strict=False):
            memory[:, :size] = table[:, start : start + size]
            yield memory[:, :size] if sliced else memory[:, :size].copy()

    found = [np.array(block) for block in regrouped(pieces())]
    assert [block.shape[1] for block in found] == [STORED] * (runs // STORED) + [runs % STORED] * (runs % STORED > 0)
    assert np.array_equal(np.concatenate([np.empty((2, 0)), *found], axis=1), table)


@pytest.mark.parametrize("block", [1, 97, 1000, 10_000])
def test_an_ensemble_is_the_same_whatever_advances_together(block: int, dice: sim.Scenario) -> None:
    """Digest, sums and every number, also with more runs together than are stored together."""
    game, runs = compiled(dice), 300 if block == 1 else 20_500
    one, other = play(game, Plan(runs, 3)), play(game, Plan(runs, 3, block=block))
    assert (other.digest, other.stats) == (one.digest, one.stats)
    assert other.table.tobytes() == one.table.tobytes()


def test_sums_are_the_same_from_memory_and_from_a_file(dice: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ensembles, their differences and sums of results; and they are what numpy says of the whole table."""
    plan = {"runs": 20_000, "seed": 8}
    held = sim.compare(dice, **plan)
    monkeypatch.setattr(blocks, "IN_MEMORY", 0)
    spilled = sim.compare(dice, **plan)
    assert spilled.to_dict() == held.to_dict()
    names = ["a.good", "a.rare"], ["a.good"]
    assert spilled.differences[0].added_up(*names) == held.differences[0].added_up(*names)
    two, one = (held.ensembles[name] for name in ("two", "one"))
    for values, stat in [
        (one.column("a"), spilled.ensembles["one"].stats["a"]),
        (two.column("b") - one.column("b"), spilled.differences[0].stats["b"]),
        (two.column("a.good") + two.column("a.rare") - one.column("a.good"), held.differences[0].added_up(*names)[2]),
    ]:
        assert stat.mean == pytest.approx(values.mean(), rel=1e-12)
        assert stat.se == pytest.approx(values.std(ddof=1) / np.sqrt(20_000), rel=1e-12)
    assert one.stats["ended"].mean == one.column("ended").mean()


def test_an_ensemble_of_a_table_is_that_of_its_runs(dice: sim.Scenario) -> None:
    """The same digest, sums and numbers as if the runs had just been played."""
    played = sim.run(dice, runs=9000)
    again = Ensemble.of(played.game, played.plan, played.table)
    assert (again.to_dict(), again.table.tobytes()) == (played.to_dict(), played.table.tobytes())


MEASURED = """
import resource, sys
import scipy.special, sim, sim.api, sim.engine.lockstep
from sim.scenario.load import load_text
scenario = load_text(sys.argv[1])
sim.compare(scenario, runs=10).to_dict()
unit = 2**20 if sys.platform == "darwin" else 2**10
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sim.compare(scenario, runs=400_000).to_dict()
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / unit)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is told another way there")
def test_memory_does_not_grow_with_the_runs() -> None:
    """Two regimes of 400,000 runs and 12 results are 73 MiB, and never in memory together."""
    ran = subprocess.run([sys.executable, "-c", MEASURED, DICE], capture_output=True, text=True, check=True)
    assert float(ran.stdout) < 20
