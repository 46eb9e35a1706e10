"""What was measured at the chosen moment, and the new technique to take along."""

from __future__ import annotations

import streamlit as st

from posecheck.new_technique import Demonstrated
from posecheck.report.words import amount, target
from posecheck.technique import measure_key
from posecheck.ui.wording import plain, rule_name


def show_demonstrated(made: Demonstrated, drawn: bytes | None) -> None:
    """The frame, the drawn reference pose, the measures with their bands, and the file.

    Parameters
    ----------
    made : Demonstrated
        The new technique.
    drawn : bytes or None
        JPEG of the reference pose; None when the studio is not installed.
    """
    technique = made.draft.technique
    side = f", {made.draft.side.value} side worked on" if technique.sided else ", both sides alike"
    st.markdown(f"#### {plain(technique.summary)}")
    st.caption(plain(f"Seen: {technique.reference_pose.posture.replace('_', ' ')}{side}."))
    left, right = st.columns(2, gap="large")
    left.image(made.picture, caption="This moment, as the new technique sees it", width="stretch")
    if drawn is not None:
        right.image(drawn, caption="The reference pose, drawn, from the recommended camera", width="stretch")
    else:
        right.info("To see the reference pose drawn, install the studio: pip install 'posecheck\\[studio\\]'")
    for remark in made.draft.remarks:
        st.info(plain(remark))
    files = st.container(horizontal=True)
    files.download_button(
        "Technique (YAML)",
        made.text,
        f"{technique.id}.yaml",
        "application/yaml",
        type="primary",
        on_click="ignore",
        help="Comments in the file say what was guessed and what to put in your own words.",
    )
    if drawn is not None:
        files.download_button("Picture (JPEG)", drawn, f"{technique.id}.jpg", "image/jpeg", on_click="ignore")
    st.table(_rows(made), hide_index=True)
    st.caption("The hold depends on what is required; advice is only said. The cues are in the file: edit them there.")
    st.markdown("Prove the rules on the drawn pose, then check a clip with them:")
    st.code(
        f"posecheck technique check {technique.id}.yaml\nposecheck analyze CLIP --technique {technique.id}.yaml",
        language=None,
    )


def _rows(made: Demonstrated) -> list[dict[str, str]]:
    """One line a rule."""
    rows = []
    for rule in made.draft.technique.rules:
        shown = made.draft.demonstration.shown[measure_key(rule.measure, rule.side, made.draft.side)]
        rows.append(
            {
                "Rule": rule_name(rule.id),
                "Measured": f"{amount(shown.value, rule.quantity)} ± {amount(shown.se, rule.quantity, unit=False)}",
                "Target": target(rule),
                "": "required" if rule.required else "advice",
            }
        )
    return rows
