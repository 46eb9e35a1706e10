"""Working ahead and behind: order kept, errors passed on, threads stopped."""

import threading
from collections.abc import Iterator

import pytest

from posecheck import overlap
from posecheck.overlap import Ahead, Behind


@pytest.fixture(autouse=True, params=[1, 2], ids=["one core", "two cores"])
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Every promise holds with the work done in line as well as in threads."""
    number: int = request.param
    monkeypatch.setattr(overlap, "usable_cores", lambda: number)
    return number


def threads() -> list[str]:
    """Names of the background threads alive."""
    return [thread.name for thread in threading.enumerate() if thread.name in ("ahead", "behind")]


def test_ahead_keeps_order() -> None:
    """All items come, in order."""
    with Ahead(iter(range(100))) as items:
        assert list(items) == list(range(100))
    assert threads() == []


def test_ahead_raises_the_source_s_error_after_its_items() -> None:
    """An error of the source is raised where the items are read, after those that came before it."""

    def source() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    got = []
    with pytest.raises(ZeroDivisionError), Ahead(source()) as items:
        for item in items:
            got.append(item)
    assert got == [1]


def test_ahead_can_be_left_early() -> None:
    """Leaving before the end stops an endless source."""

    def endless() -> Iterator[int]:
        number = 0
        while True:
            number += 1
            yield number

    with Ahead(endless()) as items:
        assert next(iter(items)) == 1
    assert threads() == []


def test_behind_does_all_in_order_before_it_is_left() -> None:
    """Everything handed over is done, in order, when the block is left."""
    done: list[int] = []
    with Behind(done.append) as behind:
        for number in range(50):
            behind.put(number)
    assert done == list(range(50))
    assert threads() == []


def test_behind_raises_the_consumer_s_error() -> None:
    """An error of the consumer is raised in the block or on leaving it."""

    def fail(number: int) -> None:
        if number == 3:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Behind(fail) as behind:
        for number in range(1000):
            behind.put(number)
    assert threads() == []


def test_behind_drops_the_rest_on_an_exception(cores: int) -> None:
    """After an exception in the block nothing more is done and the thread is gone."""
    if cores == 1:
        pytest.skip("in line, nothing waits")
    gate, done = threading.Event(), []

    def slow(number: int) -> None:
        gate.wait(5)
        done.append(number)

    with pytest.raises(KeyboardInterrupt), Behind(slow) as behind:
        for number in range(3):
            behind.put(number)
        threading.Timer(0.1, gate.set).start()
        raise KeyboardInterrupt
    assert len(done) <= 1
    assert threads() == []
