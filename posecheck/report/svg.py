"""Charts as SVG for a page: the look they share, and the conversion, which asks nothing of any network."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import altair as alt
import vl_convert

INK = "#22303c"
GREY = "#7b8794"

Row = dict[str, Any]


def chart_of(rows: list[Row]) -> alt.Chart:
    """A chart of rows given inline, without a detour over a data frame."""
    return alt.Chart(alt.InlineData(values=rows))


def styled(layers: list[alt.Chart], width: int, height: int) -> alt.LayerChart:
    """Layers over each other, in the look that all charts share.

    Parameters
    ----------
    layers : list of altair.Chart
        From back to front.
    width : int
        Of the whole chart, px; a page may widen it.
    height : int
        Of the plot without its axis, px. Fixed, because some layers are placed by the pixel.
    """
    # All at once: every further step would copy and check each layer again.
    return alt.LayerChart(
        layer=layers,
        width=width,
        height=height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        config=alt.Config(
            font="sans-serif",
            background="transparent",
            aria=False,
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(
                labelColor=INK, titleColor=INK, labelFontSize=11, titleFontSize=11, gridColor="#e4e8ec"
            ),
        ),
    )


def x_px(value: float) -> alt.XValue:
    """A fixed place, px from the left edge of the plot."""
    return alt.XValue(value)  # type: ignore[no-untyped-call]


def y_px(value: float) -> alt.YValue:
    """A fixed place, px from the top of the plot."""
    return alt.YValue(value)  # type: ignore[no-untyped-call]


def y2_px(value: float) -> alt.Y2Value:
    """A fixed other end, px from the top of the plot."""
    return alt.Y2Value(value)  # type: ignore[no-untyped-call]


def to_svg(chart: alt.LayerChart) -> str:
    """A chart as an SVG element to put into a page.

    It has no script and no outside reference, its ids are its own, and it is hidden from screen readers: whoever
    shows it describes it in words.
    """
    spec = chart.to_dict(validate=False)
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version=_vega_lite(), allowed_base_urls=[])
    own = "c" + sha256(svg.encode()).hexdigest()[:10]
    # Every chart numbers its clip paths from 0; side by side in one page they would clip each other.
    svg = re.sub(r'(\bid="|url\(#)(?=[A-Za-z])', rf"\g<1>{own}", svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def to_svgs(charts: Iterable[alt.LayerChart]) -> list[str]:
    """Several charts as SVG, each converted while the next one is built.

    Starting the converter takes most of a second, once; given a generator, that time is not lost.
    """
    with ThreadPoolExecutor(max_workers=1) as converter:
        return [future.result() for future in [converter.submit(to_svg, chart) for chart in charts]]


def _vega_lite() -> str:
    """The Vega-Lite version of the converter that fits Altair's schema: the same one, or the newest it has."""
    wanted = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    available: list[str] = vl_convert.get_vegalite_versions()
    return wanted if wanted in available else available[-1]
