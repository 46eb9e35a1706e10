"""What the command line prints of a result."""

import pytest

from posecheck import terminal
from posecheck.analysis import Analysis
from posecheck.endings import CLIP_END
from posecheck.result import HoldSpan
from posecheck.safety_file import load_safety
from tests import samples


def test_what_fell_short_does_not_read_as_held(capsys: pytest.CaptureFixture[str]) -> None:
    """29.97 s are 29.9 s, in the table of holds as in the verdict."""
    hold = HoldSpan(start_s=4.0, end_s=33.97, held_s=29.97, ended_by=CLIP_END)
    result = samples.result().model_copy(update={"holds": [hold], "hold_best_s": 29.97})
    terminal.print_outcome(Analysis(result, samples.timeline(), {}), samples.technique(), load_safety())
    table = next(line for line in capsys.readouterr().out.splitlines() if "end of the clip" in line)
    assert "29.9 s" in table
    assert "30.0 s" not in table
