"""What stands behind the pages: the server's settings, uploads on disk, and text from outside made harmless."""

from __future__ import annotations

import io
import signal
import socket
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from posecheck.errors import PosecheckError
from posecheck.result import Cue, CueKind, HoldState
from posecheck.ui.belongings import Belongings
from posecheck.ui.done_right import figure
from posecheck.ui.serve import LOCAL, SETTINGS, command, free_port
from posecheck.ui.style import cue_banner, hold_ring, tiles, verdict_block
from posecheck.ui.uploads import LIMIT_MB, Workspace, shown_name
from posecheck.ui.wording import label, plain
from tests.ports import unused_port

ROOT = Path(__file__).parents[1]
HOSTILE = "<script>alert(1)</script>\"'&"


def test_a_checkout_and_a_package_run_with_the_same_settings() -> None:
    """`streamlit run app.py` reads config.toml, `posecheck app` passes options: they must agree."""
    sections = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    written = {f"{section}.{key}": value for section, values in sections.items() for key, value in values.items()}
    assert (written.pop("server.address"), tuple(written.pop("server.allowedHosts"))) == ("localhost", LOCAL)
    assert {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in written.items()} == (
        SETTINGS
    )
    assert SETTINGS["browser.gatherUsageStats"] == "false"
    assert SETTINGS["server.maxUploadSize"] == str(LIMIT_MB)


def test_only_a_local_server_is_closed_to_other_names() -> None:
    """A server that others may reach answers to whatever name they know it by."""
    assert [f"--server.allowedHosts={host}" for host in LOCAL] == command(8501, "localhost")[-len(LOCAL) :]
    assert not any("allowedHosts" in option for option in command(8501, "0.0.0.0"))
    assert "--server.address=0.0.0.0" in command(8501, "0.0.0.0")


def test_a_taken_port_is_said_or_passed_over() -> None:
    """A port that was asked for must be free; otherwise the next free one is taken."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        with pytest.raises(PosecheckError, match=f"Port {taken} is in use") as caught:
            free_port("127.0.0.1", taken)
        assert "--port" in caught.value.advice
        assert free_port("127.0.0.1", None) != taken


@pytest.mark.parametrize(("address", "port"), [("no.such.host.invalid", None), ("127.0.0.1", 99999)])
def test_an_impossible_address_or_port_is_an_error_with_advice(address: str, port: int | None) -> None:
    """What cannot be listened on is said before Streamlit is started."""
    with pytest.raises(PosecheckError):
        free_port(address, port)


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_server_prints_its_address_and_stops_when_told(how: signal.Signals, tmp_path: Path) -> None:
    """Started from any folder; Ctrl-C and SIGTERM end it with status 0 and nothing is left running."""
    port = unused_port()
    code = f"import sys; from posecheck.ui.serve import serve; sys.exit(serve({port}, 'localhost'))"
    line = [sys.executable, "-c", code]
    with subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.send_signal(how)
        process.communicate(timeout=40)
    assert said.startswith(f"posecheck is ready at http://localhost:{port} ")
    assert process.returncode == 0
    deadline = time.monotonic() + 20
    while not is_free(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert is_free(port)


def is_free(port: int) -> bool:
    """Whether nobody answers on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@settings(deadline=None)
@given(st.text(max_size=60))
def test_plain_text_reads_the_same_and_is_nothing_but_text(text: str) -> None:
    """Whatever a file name or a cue contains, Markdown shows its letters and makes no link, image or element of it."""
    tokens = MarkdownIt().parse("x " + plain(text) + " x")
    assert [token.type for token in tokens] in (["paragraph_open", "inline", "paragraph_close"],)
    inner = tokens[1].children or []
    assert {token.type for token in inner} <= {"text", "text_special"}
    shown = "".join(token.content for token in inner)
    assert shown.split() == ["x", *text.replace("\0", "\ufffd").split(), "x"]


def test_html_blocks_escape_what_they_show() -> None:
    """A technique file cannot put an element or an attribute into the page."""
    cue = Cue(0.0, "rule", HOSTILE, CueKind.CORRECTION)
    for html in (cue_banner(cue, ""), cue_banner(None, HOSTILE), verdict_block(HOSTILE), tiles([(HOSTILE, HOSTILE)])):
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize(
    ("held", "active", "paused", "expected"),
    [
        (0.0, False, False, "seconds to hold"),
        (12.4, True, False, "seconds to go"),
        (31.0, True, False, "target reached"),
        (12.4, True, True, "paused"),
    ],
    ids=["before", "holding", "done", "paused"],
)
def test_the_ring_says_what_the_clock_does(held: float, active: bool, paused: bool, expected: str) -> None:
    """Its words follow the hold, and its number is what remains."""
    ring = hold_ring(HoldState(held, 30.0, held, held, active, active), paused)
    assert expected in ring
    assert ("<b>18</b>" in ring) == (active and not paused and held < 30)


def test_an_upload_lies_in_a_private_folder_under_our_own_name() -> None:
    """Of the name only the extension is kept; other users of the machine cannot read it; closing removes it."""
    workspace = Workspace()
    path = workspace.store("../../etc/évil <b>.MP4", io.BytesIO(b"content"))
    assert path == workspace.folder / "clip.mp4"
    assert path.read_bytes() == b"content"
    assert stat.S_IMODE(workspace.folder.stat().st_mode) == 0o700
    workspace.close()
    workspace.close()
    assert not workspace.folder.exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("clip.mp4", "clip.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\videos\\hip.mov", "hip.mov"),
        ("<script>.mp4", "script.mp4"),
        ("\x00\u202e", "clip"),
        ("", "clip"),
        ("a" * 500, "a" * 80),
    ],
)
def test_the_name_shown_is_the_last_part_without_oddities(name: str, expected: str) -> None:
    """What stands in the report is a file name and nothing else."""
    assert shown_name(name) == expected


class Thing:
    """Counts how often it was closed."""

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        """Count."""
        self.closed += 1


def test_belongings_are_closed_when_replaced_given_back_or_left() -> None:
    """Nothing that was kept stays open."""
    belongings = Belongings()
    first, second, other = Thing(), Thing(), Thing()
    belongings.keep("clip", first)
    belongings.keep("clip", first)
    assert first.closed == 0
    belongings.keep("clip", second)
    belongings.keep("live", other)
    assert (first.closed, second.closed, other.closed) == (1, 0, 0)
    belongings.give_back("live")
    belongings.give_back("live")
    belongings.close()
    assert (first.closed, second.closed, other.closed) == (1, 1, 1)


def test_the_loop_says_what_it_shows_and_lets_no_markup_in() -> None:
    """A technique's name is the picture's alternative text and caption, escaped."""
    block = figure(HOSTILE, "AAAA")
    assert 'alt="Done right: &lt;script&gt;' in block
    assert "<script>" not in block


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blood thinners, or a disorder (any)?", "Blood thinners, or a disorder (any)?"),
        ("a [link](http://x) :red[b] *c* $d$ <i>", r"a \[link\](http\://x) \:red\[b\] \*c\* \$d\$ \<i\>"),
    ],
)
def test_a_label_is_plain_to_read_and_to_hear(text: str, expected: str) -> None:
    """Screen readers read a label as it is written: only what would be markup is escaped."""
    assert label(text) == expected
