"""ruff and mypy --strict are part of the tests."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import IN_A_WORKER

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["ruff check", "ruff format", "mypy --strict"],
)
def test_is_clean(command: list[str]) -> None:
    """The whole tree passes."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_tests_that_share_something_stay_together(request: pytest.FixtureRequest) -> None:
    """In several processes they go by groups; where that fails in silence, what is expensive is made in each."""
    assert not IN_A_WORKER or request.node.nodeid.endswith("@test_quality.py")
