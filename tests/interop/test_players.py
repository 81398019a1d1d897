"""Players from outside play as strategies do: the same numbers whatever the engine, and one line where they fail."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine import events, lockstep
from sim.errors import CommandError, ScenarioError
from sim.model import plugins
from sim.model.compiling import compiled
from sim.model.game import Game, Setting
from sim.model.luck import uniforms
from sim.model.strategies import outside
from tests.commands.asking import ask
from tests.engine.both import assert_same, played
from tests.interop import strangers

DILEMMA = sim.load("classics/noisy-dilemma")
WATCH = sim.load(Path(__file__).with_name("watch.yaml"))
HERE = "tests.interop.strangers"


def game_of(scenario: sim.Scenario, **plays: str) -> Game:
    return compiled(scenario, Setting(None, {actor: f"{HERE}:{name}" for actor, name in plays.items()}))


def guarded_by(name: str, engine: Any) -> Any:
    return engine.play(game_of(WATCH, guard=name), 3, 0, 9)


def failing(call: Any, *words: Any, **more: Any) -> str:
    """The one line of the error that a call ends with."""
    with pytest.raises(CommandError) as met:
        call(*words, **more)
    (fault,) = met.value.faults
    assert fault.code == "PLAYER"
    assert "\n" not in str(fault)
    return str(fault)


# --- What they play --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("player", ["TitForTat", "maker", "AllAtOnce"])
def test_rules_said_in_python_are_the_rules(player: str) -> None:
    """Tit for tat as a player, from a function, and for all runs at once: to the last bit what the file's rules give."""
    written = sim.run(DILEMMA, runs=100, seed=7)
    said = sim.run(DILEMMA, runs=100, seed=7, play={"north": f"{HERE}:{player}", "south": f"{HERE}:{player}"})
    assert said.digest == written.digest
    assert said.to_dict()["actors"]["north"]["strategy"] == f"{HERE}:{player}"


def test_engines_blocks_and_processes_agree() -> None:
    """Players that act on all they are told, in a game with order, hidden values, delays and runs that end early."""
    game = game_of(WATCH, guard="Witness", thief="Witness")
    whole = played(game, 5, 3, 60)
    assert len(np.unique(whole[game.columns.names.index("duration")])) > 10
    parts = [lockstep.play(game, 5, first, count) for first, count in ((3, 1), (4, 37), (41, 22))]
    assert_same(game, whole, np.concatenate(parts, axis=1), 3)
    alone = events.Play(game, 5, 17).result()
    assert np.array_equal(alone.results, whole[:, 14])


def test_many_runs_are_played_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the block, so that what players remember fits: the numbers are the same."""
    game = game_of(WATCH, guard="Witness", thief="Witness")
    whole = lockstep.play(game, 5, 0, 50)
    monkeypatch.setattr(lockstep, "TOGETHER", 8)
    assert_same(game, whole, lockstep.play(game, 5, 0, 50))


def test_other_processes_import_the_player() -> None:
    """Names travel, objects do not: with two processes the digest is the same."""
    asked = {"runs": 40, "seed": 2, "play": {"guard": strangers.Witness}}
    assert sim.run(WATCH, jobs=2, **asked).digest == sim.run(WATCH, **asked).digest  # type: ignore[arg-type]


def test_a_view_is_what_the_record_tells() -> None:
    """Of single runs: state as seen, luck, what is open, and what was done by both, against the record of events."""
    game = game_of(WATCH, guard="Witness", thief="Witness")
    met: set[tuple[str, str | None]] = set()
    for run in range(30):
        strangers.WITNESSED.clear()
        record = events.follow(game, 5, run).events
        views = {(view.actor, view.turn): view for _, view in strangers.WITNESSED}
        decisions = [event for event in record if event.kind == "decision"]
        assert set(views) >= {(event.who, event.turn + 1) for event in decisions}
        state: dict[str, float] = {}
        done: dict[tuple[str, int], str | None] = {}
        for event in record:
            if event.kind == "decision":
                view = views[event.who, event.turn + 1]
                truth = state | ({"loot": state["rumour"]} if event.who == "guard" else {})
                assert view.seen == truth
                assert view.parameters == {"greed": 2.0, "luck": 0.5}
                may = {"search": truth["rumour"] > 0.3, "flee": truth["alert"] > 0}
                names = {"guard": ("rest", "search"), "thief": ("wait", "take", "flee")}[event.who]
                assert view.open == tuple(name for name in names if may.get(name, True))
                for actor, told in (("guard", "thief"), ("thief", "guard")):
                    if event.who == actor:
                        assert view.mine == tuple(done[actor, turn] for turn in range(event.turn))
                        assert dict(view.others) == {told: tuple(done[told, turn] for turn in range(event.turn))}
                if event.what != "pass":
                    assert event.detail["luck"][f"{event.who}.decision"] == view.number
                done[event.who, event.turn] = None if event.what == "pass" else event.what
            state |= dict(event.detail["state"]) if "state" in event.detail else {}
            state |= {name: change[1] for name, change in event.detail.get("changes", {}).items()}
        met |= {(who, what) for (who, _), what in done.items()}
    assert met == {
        *(("guard", what) for what in ("rest", "search", None)),
        *(("thief", what) for what in ("wait", "take", "flee", None)),
    }


def test_every_run_has_a_player_of_its_own() -> None:
    """None is asked about two runs: each remembers as many turns as its run has had (``Witness`` checks), and no other."""
    strangers.WITNESSED.clear()
    lockstep.play(game_of(WATCH, guard="Witness"), 5, 0, 20)
    turns: dict[int, list[int]] = {}
    for number, view in strangers.WITNESSED:
        turns.setdefault(number, []).append(view.turn)
    assert len(turns) == 20
    assert all(each == list(range(1, len(each) + 1)) for each in turns.values())


def test_luck_is_that_of_the_address() -> None:
    """The numbers of a player are those that strategies of the file draw from, whoever else plays."""
    strangers.WITNESSED.clear()
    lockstep.play(game_of(WATCH, guard="Witness"), 9, 0, 1)
    told = [view.number for _, view in strangers.WITNESSED]
    assert told == [uniforms(9, "guard.decision", 0, 1, turn)[0] for turn in range(len(told))]


def test_parameters_may_differ_between_points() -> None:
    """In a sweep, which plays points side by side, each player sees its own point's parameters."""
    play = {"north": strangers.TitForTat}
    sweep = sim.sweep(DILEMMA, values={"mistake": [0.0, 0.1, 0.2]}, regimes=["mistakes"], runs=8, play=play)
    for point, mistake in enumerate([0.0, 0.1, 0.2]):
        alone = sim.run(DILEMMA, runs=8, play=play, set={"mistake": mistake}).stats["north"].mean
        assert sweep.payoff("north", "mistakes", point).mean == pytest.approx(alone, abs=1e-12)


def test_a_matrix_takes_players() -> None:
    """Beside strategies of the file; equal ones have equal payoffs."""
    matrix = sim.matrix(DILEMMA, runs=20, play={"north": ["tft", strangers.TitForTat, "alld"], "south": "tft"})
    assert matrix.strategies[0] == ("tft", f"{HERE}:TitForTat", "alld")
    assert matrix.payoffs[0][0, 0] == matrix.payoffs[0][1, 0] != matrix.payoffs[0][2, 0]


def test_what_is_not_open_counts_as_passing() -> None:
    """A search that cannot be made is not made, one by one or all at once: it costs nothing and counts nothing."""
    game = game_of(WATCH, guard="Closed")
    tables = dict(zip(game.columns.names, lockstep.play(game, 1, 0, 50), strict=True))
    early = tables["duration"] < 1
    assert early.any()
    assert not tables["actions.guard.search"][early].any()
    assert not tables["guard.costs"][early].any()


# --- What they are called --------------------------------------------------------------------------------------------


def test_a_class_is_played_by_its_name() -> None:
    """The class itself, from Python; the answer and the command that replays a run say its name."""
    ensemble = sim.run(DILEMMA, runs=5, play={"north": strangers.TitForTat})
    assert ensemble.game.setting.plays == {"north": f"{HERE}:TitForTat"}
    assert f"--play north={HERE}:TitForTat" in ensemble.game.replay(1, 0, 0)
    assert (
        sim.trace(DILEMMA, play={"north": strangers.TitForTat})
        .to_dict()["events"][1]["detail"]["strategy"]
        .endswith("TitForTat")
    )


def test_what_has_no_name_is_refused() -> None:
    """A lambda, a class within a function, an object: no process could import them."""

    class Local:
        def decide(self, view: outside.PlayerView) -> None: ...

    for thing in (lambda: strangers.TitForTat(), Local):
        assert "does not give what was given" in failing(sim.run, DILEMMA, runs=1, play={"north": thing})
    assert "has no name" in failing(sim.run, DILEMMA, runs=1, play={"north": strangers.TitForTat()})


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that offers players, one under a name that another claims too."""
    for name, offers in (("one", "grim = offered:Grim\nshared = offered:Grim"), ("two", "shared = offered:Other")):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[detente.strategies]\n{offers}\n")
    (tmp_path / "offered.py").write_text("from tests.interop.strangers import TitForTat as Grim\nOther = Grim\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins._entry_points.cache_clear()
    yield tmp_path
    plugins._entry_points.cache_clear()


def test_an_entry_point_is_a_name(installed: Path) -> None:
    """Found by its name, told among unknown ones' likely meanings; of two with one name none is meant."""
    assert plugins.entry_names() == ["grim", "shared"]
    assert sim.run(DILEMMA, runs=20, play={"north": "grim"}).digest == sim.run(DILEMMA, runs=20).digest
    assert "'shared' means several players" in failing(sim.run, DILEMMA, play={"north": "shared"})


def test_what_the_scenario_names_comes_first(installed: Path) -> None:
    """A strategy of the file wins over an entry point of the same name."""
    (installed / "one-1.0.dist-info" / "entry_points.txt").write_text(f"[detente.strategies]\ntft = {HERE}:Misspelt\n")
    plugins._entry_points.cache_clear()
    assert plugins.is_name("tft")
    assert sim.run(DILEMMA, runs=5, play={"north": "tft"}).digest == sim.run(DILEMMA, runs=5).digest


@pytest.mark.parametrize("written", ["regimes: {one: {plays: {guard: NAME}}}", "actors: {guard: {plays: NAME}}"])
def test_a_file_cannot_name_a_player(written: str, tmp_path: Path, installed: Path) -> None:
    """Neither by module nor by entry point: files are data, and nothing in them is imported."""
    for name in (f"'{HERE}:Witness'", "grim"):
        file = tmp_path / "file.yaml"
        base = Path(__file__).with_name("watch.yaml")
        file.write_text(f"scenario: file\nextends: {base}\n{written.replace('NAME', name)}\n")
        with pytest.raises(ScenarioError) as met:
            sim.load(file)
        (fault,) = met.value.faults
        assert fault.code == ("NAME" if ":" in name else "UNKNOWN-STRATEGY")


def test_a_module_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line finds it there, in every process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    Path("near_by.py").write_text("class Lazy:\n    def decide(self, view):\n        return 'rest'\n")
    Path("watch.yaml").write_text(Path(__file__).with_name("watch.yaml").read_text())
    asked = ("run", "watch.yaml", "--runs", "30", "--json", "--quiet")
    answer = ask(*asked, "--play", "guard=near_by:Lazy", "--jobs", "2")
    assert answer.err == ""
    assert answer.document["digest"] == ask(*asked, "--play", "guard=lazy").document["digest"]
    assert answer.document["actors"]["guard"]["strategy"] == "near_by:Lazy"
    (manifest,) = [
        text
        for each in Path("results").rglob("manifest.json")
        if "near_by" in (text := each.read_text(encoding="utf-8"))
    ]
    assert '"guard": "near_by:Lazy"' in manifest


def test_a_script_names_its_own_class(tmp_path: Path) -> None:
    """``__main__:Mine`` is played by other processes, which read the script again."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, sim\n\nclass Mine:\n    def decide(self, view):\n        return 'rest'\n\n"
        "if __name__ == '__main__':\n    scenario = sim.load(sys.argv[1])\n"
        "    asked = dict(runs=30, play={'guard': Mine})\n"
        "    print(sim.run(scenario, jobs=2, **asked).digest == sim.run(scenario, **asked).digest)\n"
    )
    words = [sys.executable, str(script), str(Path(__file__).with_name("watch.yaml"))]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60, check=False)
    assert (ran.stdout, ran.stderr) == ("True\n", "")


# --- What goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Misspelt", "in run 0, turn 1, decides 'serch', which is no action of guard; did you mean 'search'?"),
        ("Vague", "decides '3', which is no action of guard"),
        ("Quitter", "in run 0, turn 1, fails: SystemExit: 0"),
        ("Broken", "makes no player for guard: fails: ValueError: no luck"),
        ("Mute", "made a Mute, which is no player"),
        ("Demanding", "needs other arguments than a plug-in gets"),
        ("number", "is no plug-in but a int"),
        ("nobody", "cannot be imported here: 'tests.interop.strangers' has no 'nobody'"),
        ("mute_for", "made a Mute, which does not choose"),
        ("Unmasked", "chooses what is no mask of runs"),
        ("Beyond", "chooses what is no mask of runs"),
        ("Twice", "takes two actions in one run"),
        ("Listed", "fails: TypeError"),
    ],
)
def test_what_goes_wrong_is_told_in_a_line(name: str, said: str) -> None:
    """With the plug-in's name and, once it plays, the run and the turn; the same from both engines."""
    lines = {failing(guarded_by, name, engine) for engine in (lockstep, events)}
    (line,) = lines
    assert f"'{HERE}:{name}'" in line
    assert said in line


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_such_module:Player", "there is no module 'no_such_module'"),
        (":Player", "is no module:attribute"),
        ("sim.errors:", "is no module:attribute"),
        ("tests.interop.collapsing:Player", "fails: RuntimeError: at once"),
    ],
)
def test_what_cannot_be_imported_is_told_in_a_line(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that is not there, no name of one, one that fails."""
    import tests.interop

    (tmp_path / "collapsing.py").write_text("raise RuntimeError('at once')\n")
    monkeypatch.setattr(tests.interop, "__path__", [*tests.interop.__path__, str(tmp_path)])
    assert said in failing(sim.run, WATCH, runs=1, play={"guard": name})


def test_the_first_run_that_fails_is_named() -> None:
    """Whatever block it was played in, and by whichever engine."""
    game = game_of(WATCH, guard="Flawed")
    lines = {failing(engine.play, game, 3, 0, 90) for engine in (lockstep, events)}
    (line,) = lines
    lasts = lockstep.play(compiled(WATCH, Setting(plays={"guard": "lazy"})), 3, 0, 90)[-1] > 1.0
    first = int(np.flatnonzero(lasts & (uniforms(3, "guard.decision", 0, 90, 1) > 0.9))[0])
    assert first > 0
    assert f"in run {first}, turn 2, fails: KeyError: 'nothing\\nhere'" in line
    assert line in {failing(lockstep.play, game, 3, 0, count) for count in (60, 300)}


def test_a_failure_that_does_not_come_back_is_told_all_the_same() -> None:
    """A player that remembers across runs may fail once only: its runs are not taken for good."""
    strangers.Forgetful.failed = False
    assert "only once" in failing(lockstep.play, game_of(WATCH, guard="Forgetful"), 3, 0, 20)


def test_the_command_line_says_it_and_ends_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad player is the fault of who named it, not of the scenario."""
    monkeypatch.chdir(tmp_path)
    Path("watch.yaml").write_text(Path(__file__).with_name("watch.yaml").read_text())
    for name, code in ((f"{HERE}:Misspelt", "PLAYER"), ("nobody", "UNKNOWN-STRATEGY")):
        answer = ask("run", "watch.yaml", "--runs", "3", "--play", f"guard={name}")
        assert (answer.status, len(answer.faults)) == (2, 1)
        assert f": {code}: " in answer.err
    assert not list(Path().rglob("manifest.json"))


def test_no_point_with_a_player_is_saved_as_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No scenario can name one."""
    monkeypatch.chdir(tmp_path)
    words = ("--over", "mistake=0:0.1:2", "--runs", "2", "--save-scenario", "1", "--to", "point.yaml", "--quiet")
    answer = ask("sweep", "classics/noisy-dilemma", *words, "--play", f"north={HERE}:TitForTat")
    assert (answer.status, Path("point.yaml").exists()) == (2, False)
    assert "which no scenario can name" in answer.err
