"""The camera: WebRTC frames from the browser to a live session and back. Everything runs on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from posecheck.live import LiveSession

KEY = "camera"
NO_SERVERS: dict[str, Any] = {"iceServers": []}
"""Left out, the component would ask a public STUN server for the address of this machine."""
CONSTRAINTS = {
    "video": {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}},
    "audio": False,
}
VIDEO = {
    "autoPlay": True,
    "controls": False,
    "muted": True,
    "playsInline": True,
    "style": {"width": "100%", "borderRadius": "12px", "background": "#10201f"},
}
WORDS = {
    "start": "Start",
    "stop": "Camera off",
    "select_device": "Choose camera",
    "select_camera": "Camera",
    "media_api_not_available": "This browser gives no access to a camera. Use https, or open the page on localhost.",
    "device_ask_permission": "Please allow the use of the camera.",
    "device_not_available": "No camera was found. Connect one and press Start again.",
    "device_access_denied": "The camera may not be used. Allow it in the browser's address bar, then press Start.",
}


def frame_callback(live: LiveSession) -> Callable[[Any], Any]:
    """What happens to each video frame, on the camera's thread. Nothing of Streamlit may be touched in it."""

    def on_frame(frame: Any) -> Any:
        try:
            picture = live.process(frame.to_ndarray(format="rgb24"), float(frame.pts * frame.time_base))
            return type(frame).from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        except Exception:  # an error that leaves this callback freezes the picture without a word
            return frame

    return on_frame


def is_playing() -> bool:
    """Whether the camera runs, known before it is shown."""
    context = st.session_state.get(KEY)
    return context is not None and bool(context.state.playing)


def camera(live: LiveSession, *, stop: bool = False) -> tuple[bool, bool]:
    """Show the camera with its Start button.

    Parameters
    ----------
    live : LiveSession
        Gets the frames; its model is freed when they end.
    stop : bool
        Whether the camera is to be switched off.

    Returns
    -------
    tuple of bool
        Whether it is playing, and whether it is being opened.
    """
    context = webrtc_streamer(
        key=KEY,
        mode=WebRtcMode.SENDRECV,
        rtc_configuration=NO_SERVERS,
        media_stream_constraints=CONSTRAINTS,
        desired_playing_state=False if stop else None,
        video_frame_callback=frame_callback(live),
        on_video_ended=live.close,
        async_processing=True,
        sendback_audio=False,
        video_html_attrs=VIDEO,
        translations=WORDS,
        media_toggle_controls=False,
    )
    return context.state.playing, context.state.signalling


def forget() -> None:
    """Forget a camera that was taken off the page, and may not have said that it is off: it would seem to play on.

    Only once the page has been shown without it: what it says until then would find nobody to take it.
    """
    st.session_state.pop(KEY, None)
