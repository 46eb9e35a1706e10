"""A clip from a stranger must not make the decoder open other files or addresses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from posecheck.errors import ClipError
from posecheck.video import ClipReader, ClipWriter
from tests.media_factory import even_times, make_clip, picture


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server on the loopback interface that nobody should call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        yield server


def address(server: socket.socket) -> str:
    """Where the listener listens."""
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def called(server: socket.socket) -> bool:
    """Whether anyone connected."""
    try:
        server.accept()[0].close()
    except TimeoutError:
        return False
    return True


PLAYLISTS = {
    "HLS": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
    "HLS with a key": (
        '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:9,\n{target}\n'
    ),
    "concat": "ffconcat version 1.0\nfile '{target}'\n",
    "DASH": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT9S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period>'
        '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>"
    ),
    "SDP": (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=control:{target}\n"
    ),
}
ENDINGS = ("mp4", "m3u8", "ffconcat", "mpd", "sdp", "ts")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_list_is_not_followed_to_an_address(tmp_path: Path, listener: socket.socket, kind: str, ending: str) -> None:
    """A playlist or script, whatever its name, is refused and nothing is fetched."""
    path = tmp_path / f"clip.{ending}"
    path.write_text(PLAYLISTS[kind].format(target=f"{address(listener)}/clip.ts"))
    with pytest.raises(ClipError, match="points to other files"):
        ClipReader(path)
    assert not called(listener)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_list_is_not_followed_to_a_file(tmp_path: Path, kind: str, ending: str) -> None:
    """A playlist or script does not show another file of this machine, named relatively or absolutely."""
    secret = make_clip(tmp_path / "secret.ts", even_times(10))
    path = tmp_path / f"clip.{ending}"
    for target in ("secret.ts", str(secret), f"file:{secret}"):
        path.write_text(PLAYLISTS[kind].format(target=target))
        with pytest.raises(ClipError, match="points to other files"):
            ClipReader(path)


def test_the_decoder_would_have_followed(tmp_path: Path, listener: socket.socket) -> None:
    """Opened without care the same playlist does call the address, so the tests above can fail."""
    path = tmp_path / "clip.m3u8"
    path.write_text(PLAYLISTS["HLS"].format(target=f"{address(listener)}/clip.ts"))
    with pytest.raises(av.FFmpegError):
        av.open(path, container_options={"protocol_whitelist": "file,http,tcp"}, timeout=0.5).close()
    assert called(listener)


def test_the_decoder_would_have_shown_the_file(tmp_path: Path) -> None:
    """Opened without care the same script does show the other file."""
    make_clip(tmp_path / "secret.ts", even_times(10))
    path = tmp_path / "clip.mp4"
    path.write_text(PLAYLISTS["concat"].format(target="secret.ts"))
    with av.open(path) as container:
        assert len(list(container.decode(video=0))) == 10


@pytest.mark.parametrize("form", ["{address}/clip.mp4", "concat:{file}|{file}", "file:{file}", "{folder}/frame%d.png"])
def test_path_is_only_a_path(tmp_path: Path, listener: socket.socket, form: str) -> None:
    """Addresses, protocol prefixes and patterns are names of files that do not exist."""
    file = make_clip(tmp_path / "clip.ts", even_times(10))
    (tmp_path / "frame1.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ClipError, match="no file"):
        ClipReader(form.format(address=address(listener), file=file, folder=tmp_path))
    assert not called(listener)


def test_sound_is_read_with_the_same_care(tmp_path: Path, listener: socket.socket) -> None:
    """The writer does not follow a playlist given as the source of sound, and leaves nothing behind."""
    playlist = tmp_path / "clip.m3u8"
    playlist.write_text(PLAYLISTS["HLS"].format(target=f"{address(listener)}/clip.ts"))
    with (
        pytest.raises(ClipError, match="points to other files"),
        ClipWriter(tmp_path / "out.mp4", (64, 48), audio_from=playlist) as writer,
    ):
        writer.write(picture(), 0.0)
    assert not called(listener)
    assert [path.name for path in tmp_path.iterdir()] == ["clip.m3u8"]
