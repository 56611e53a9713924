"""`make run` starts everything, says where it is, and leaves nothing behind."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

import campaign.run.__main__
from tests.running import Run, prepare

pytestmark = [pytest.mark.slow, pytest.mark.embedded]
Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a run in this test's own folder."""
    runs: list[Run] = []

    def begin(*, port: int | str | None = None, make: bool = False) -> Run:
        (tmp_path / "var").mkdir(exist_ok=True)
        runs.append(Run(tmp_path / "var", port=port, make=make))
        return runs[-1]

    yield begin
    for run in runs:
        run.destroy()


@pytest.fixture
def again(start: Start, tmp_path: Path) -> Start:
    """Start a run where one has been before."""
    prepare(tmp_path / "var")
    return start


def _login(run: Run) -> str:
    return run.wait_for(r"login: \S+   password: \S+")


def test_it_prints_where_the_site_is_and_ctrl_c_ends_everything(start: Start) -> None:
    run = start(make=True).wait_until_up()
    started = " ".join(command for _, command in run.left())
    with urlopen(f"{run.address}/", timeout=10) as answer:
        page = answer.read().decode()
    run.end(signal.SIGINT)

    assert f"{run.address}/admin/" in run.output
    assert f"{run.address}/sandbox/mail/" in run.output
    assert "<h1" in page
    assert all(part in started for part in ("gunicorn", "worker", "beat", "sandbox_deliver"))
    assert run.left() == []
    assert "Traceback" not in run.output


def test_second_run_keeps_the_data_and_the_login_waits_its_turn_and_leaves_nothing_when_killed(
    again: Start,
) -> None:
    first = again().wait_until_up()
    kept = (first.folder / "db.sqlite3").stat().st_ino
    meanwhile = again()
    refusal = meanwhile.process.wait(timeout=30)
    meanwhile.wait_for(r".+")
    left_by_first = _left_after(signal.SIGHUP, first)

    second = again().wait_until_up()
    left_by_second = _left_after(signal.SIGKILL, second)

    assert refusal == 1
    assert meanwhile.output.startswith("Another run is using ")
    assert meanwhile.output.count("\n") == 1
    assert _login(first) == _login(second)
    assert (second.folder / "db.sqlite3").stat().st_ino == kept
    assert left_by_first == left_by_second == []


def _left_after(how: signal.Signals, run: Run) -> list[tuple[int, str]]:
    """End the supervisor alone, whatever way: what of the run is still there a little later."""
    os.kill(run.process.pid, how)
    run.process.wait(timeout=30)
    return run.wait_until_gone()


def test_nothing_is_left_when_it_is_ended_before_it_is_up(start: Start) -> None:
    run = start()
    run.wait_for("prepare")
    run.end(signal.SIGTERM)

    assert run.wait_until_gone() == []


def test_one_dead_process_ends_all_and_is_named(again: Start) -> None:
    run = again().wait_until_up()
    beat = next(pid for pid, command in run.left() if " beat " in command)

    os.kill(beat, signal.SIGKILL)
    code = run.process.wait(timeout=30)

    assert code == 1
    assert run.wait_until_gone() == []
    assert "beat ended by itself (exit -9). Ending the run." in run.output


def test_taken_port_is_one_line_before_anything_starts(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = start(port=port)
        code = run.process.wait(timeout=30)
        run.wait_for(r".+")

    assert code == 1
    assert (
        run.output
        == f"Port {port} cannot be used (Address already in use). Try another: PORT={port + 1} make run\n"
    )
    assert not (run.folder / "db.sqlite3").exists()


@pytest.mark.parametrize("port", ["http", "٨٠٠٠"])
def test_port_that_is_none_is_one_line(start: Start, port: str) -> None:
    run = start(port=port)
    code = run.process.wait(timeout=30)
    run.wait_for(r".+")

    assert code == 1
    assert run.output == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80 80", "1e3"])
def test_no_other_port_is_taken_for_one(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(SystemExit, match="PORT must be a number from 1 to 65535, not"):
        campaign.run.__main__._chosen_port()
