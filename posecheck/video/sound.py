"""The sound of a clip carried over into another file, in step with its picture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.packet import Packet

_COPIED = ("aac", "mp3")
"""Codecs copied as they are: those that every browser and the players of Windows and macOS take in an MP4."""
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_AAC_BITS_PER_CHANNEL = 96_000
_PREROLL_S = Fraction(1, 10)
"""Sound kept from before the first frame: an AAC decoder needs some packets to settle. Players skip it, as the
file's edit list says."""


class Sound(ABC):
    """One audio stream on its way from a source into an output, taken along as the picture advances.

    Damage in the source ends the sound early and is noted in `incomplete`; it never fails the picture.

    Parameters
    ----------
    source : InputContainer
        Where the sound comes from; used by nothing else meanwhile.
    stream : AudioStream
        The stream of `source`.

    Attributes
    ----------
    incomplete : bool
        Whether some of the sound could not be read.
    """

    def __init__(self, source: InputContainer, stream: AudioStream) -> None:
        self.incomplete = False
        self._time_base = stream.time_base or Fraction(1, stream.codec_context.sample_rate or 48_000)
        self._origin_s = Fraction(0)
        self._packets = self._read(source, stream)
        self._next: Packet[AudioStream] | None = None

    def start(self, origin_s: float) -> None:
        """Set the time on the source's clock that is 0 in the output, before anything is carried.

        Parameters
        ----------
        origin_s : float
            Seconds.
        """
        self._origin_s = Fraction(origin_s)
        self._next = next(self._packets, None)

    def advance(self, until_s: float) -> None:
        """Carry over the sound that begins before a time of the output.

        Parameters
        ----------
        until_s : float
            Seconds after the origin.
        """
        while self._next is not None and self._begins_s(self._next) < until_s:
            if self._begins_s(self._next) >= -_PREROLL_S:
                self._carry(self._next)
            self._next = next(self._packets, None)

    @abstractmethod
    def finish(self) -> None:
        """Write what is still held back."""

    @abstractmethod
    def _carry(self, packet: Packet[AudioStream]) -> None:
        """Write one packet of the source."""

    def _begins_s(self, packet: Packet[AudioStream]) -> Fraction:
        return (packet.pts or 0) * self._time_base - self._origin_s

    def _read(self, source: InputContainer, stream: AudioStream) -> Iterator[Packet[AudioStream]]:
        try:
            for packet in source.demux(stream):
                if packet.is_corrupt:
                    self.incomplete = True
                elif packet.size and packet.pts is not None:
                    yield packet
        except (av.FFmpegError, OSError):
            self.incomplete = True


class CopiedSound(Sound):
    """Packets copied bit by bit, their times shifted.

    Parameters
    ----------
    source : InputContainer
        Where the sound comes from.
    stream : AudioStream
        The stream of `source`.
    output : OutputContainer
        Where it goes; no header written yet.
    """

    def __init__(self, source: InputContainer, stream: AudioStream, output: OutputContainer) -> None:
        super().__init__(source, stream)
        self._output = output
        self._out = output.add_stream_from_template(stream)
        self._last_dts: int | None = None

    def finish(self) -> None:
        """Nothing is held back."""

    def _carry(self, packet: Packet[AudioStream]) -> None:
        shift = round(self._origin_s / self._time_base)
        pts = (packet.pts or 0) - shift
        dts = pts if packet.dts is None else packet.dts - shift
        if self._last_dts is not None and dts <= self._last_dts:
            self.incomplete = True
            return
        self._last_dts = dts
        packet.pts, packet.dts, packet.stream = max(pts, dts), dts, self._out
        self._output.mux(packet)


class RecodedSound(Sound):
    """Sound decoded and encoded again as AAC, mono or stereo; gaps become silence.

    Parameters
    ----------
    source : InputContainer
        Where the sound comes from.
    stream : AudioStream
        The stream of `source`.
    output : OutputContainer
        Where it goes; no header written yet.
    """

    def __init__(self, source: InputContainer, stream: AudioStream, output: OutputContainer) -> None:
        super().__init__(source, stream)
        self._in = stream
        self._output = output
        codec = stream.codec_context
        self._rate = codec.sample_rate if codec.sample_rate in _AAC_RATES else 48_000
        self._layout = "mono" if codec.channels == 1 else "stereo"
        bits = _AAC_BITS_PER_CHANNEL * (1 if codec.channels == 1 else 2)
        self._out = output.add_stream("aac", rate=self._rate, bit_rate=bits, layout=self._layout)
        self._graph: Graph | None = None

    def finish(self) -> None:
        """Encode what decoder, resampler and encoder hold back."""
        for frame in [*self._decode(None), *self._resample(None)]:
            self._output.mux(self._out.encode(frame))
        self._output.mux(self._out.encode(None))

    def _carry(self, packet: Packet[AudioStream]) -> None:
        for frame in self._decode(packet):
            self._output.mux(self._out.encode(frame))

    def _decode(self, packet: Packet[AudioStream] | None) -> Iterator[AudioFrame]:
        try:
            for frame in self._in.decode(packet):
                if frame.pts is not None:
                    begins_s = frame.pts * (frame.time_base or self._time_base) - self._origin_s
                    frame.time_base = Fraction(1, frame.sample_rate)
                    frame.pts = round(begins_s * frame.sample_rate)
                    yield from self._resample(frame)
        except (av.FFmpegError, OSError):
            self.incomplete = True

    def _resample(self, frame: AudioFrame | None) -> Iterator[AudioFrame]:
        if self._graph is None:
            if frame is None:
                return
            self._graph = self._new_graph(frame)
        self._graph.push(frame)
        while True:
            try:
                ready = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            if isinstance(ready, AudioFrame):
                yield ready

    def _new_graph(self, frame: AudioFrame) -> Graph:
        graph = Graph()
        graph.threads = 1
        graph.link_nodes(
            graph.add_abuffer(sample_rate=frame.sample_rate, format=frame.format, layout=frame.layout),
            # Pads or trims so that the first sample lies at 0, and fills gaps, so that picture and sound stay in step.
            graph.add("aresample", f"{self._rate}:async=1:first_pts=0"),
            graph.add("aformat", f"sample_fmts=fltp:channel_layouts={self._layout}:sample_rates={self._rate}"),
            graph.add("abuffersink"),
        ).configure()
        return graph


def carry_sound(source: InputContainer, output: OutputContainer) -> Sound | None:
    """Prepare to carry the best audio stream of `source` into `output`.

    Parameters
    ----------
    source : InputContainer
        From `open_media`.
    output : OutputContainer
        An MP4 whose header is not written yet.

    Returns
    -------
    Sound or None
        None when there is no sound, or none that can be decoded.
    """
    stream = source.streams.best("audio")
    # The stubs promise a context; a stream without a decoder has none.
    if not isinstance(stream, AudioStream) or not stream.codec_context:
        return None
    kind = CopiedSound if stream.codec_context.codec.canonical_name in _COPIED else RecodedSound
    return kind(source, stream, output)
