"""``streamlit run app.py``: the app from a checkout."""

from posecheck.ui.main import run

run()
