"""What a browser session has in use outside Python's memory; given back when the tab is closed."""

from __future__ import annotations

from typing import Protocol

import streamlit as st


class Closable(Protocol):
    """Something with a `close` that is safe to call twice and from any thread."""

    def close(self) -> None:
        """Give it back."""
        ...


class Belongings:
    """The things that one browser session has in use, by purpose."""

    def __init__(self) -> None:
        self._things: dict[str, Closable] = {}

    def keep(self, purpose: str, thing: Closable) -> None:
        """Keep a thing in place of the one kept for this purpose before, which is closed."""
        before, self._things[purpose] = self._things.get(purpose), thing
        if before is not None and before is not thing:
            before.close()

    def give_back(self, purpose: str) -> None:
        """Close what is kept for this purpose, if anything is."""
        thing = self._things.pop(purpose, None)
        if thing is not None:
            thing.close()

    def close(self) -> None:
        """Close everything."""
        for purpose in list(self._things):
            self.give_back(purpose)


@st.cache_resource(scope="session", on_release=Belongings.close, show_spinner=False)
def belongings() -> Belongings:
    """Those of the browser session that asks; closed as soon as its tab is closed or reloaded."""
    return Belongings()
