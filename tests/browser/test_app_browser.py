"""The app as a person meets it: Chromium, a camera that plays a clip, clicks."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from posecheck.catalog import load_techniques
from tests.browser.conftest import App, Visitor, wait_until

pytestmark = pytest.mark.browser
Visit = Callable[[str], Visitor]
CLICK_MS = 10_000
"""In which a click is seen to have had its effect."""


def start(page: Page, technique_id: str = "glute-max-roll") -> None:
    """Choose a technique, accept its precautions, start the camera, and wait for the first result."""
    technique = load_techniques()[technique_id]
    page.get_by_role("combobox").click()
    page.get_by_role("option", name=technique.name).click()
    expect(page.get_by_text(technique.camera.advice)).to_be_visible()
    pass_screen(page)
    page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start").click()
    expect(page.get_by_test_id("held")).to_be_visible()


def pass_screen(page: Page) -> None:
    """Say that nothing speaks against starting, that it hurts a little, and that the precautions were read."""
    score = page.get_by_role("radio", name="2", exact=True)
    choose(page.get_by_text("None of these"), page.get_by_label("None of these"))
    choose(score, score)
    choose(page.get_by_text("I have read this technique's"), page.get_by_label("I have read this technique's"))
    page.get_by_role("button", name="Go on to the camera").click()


def choose(words: Locator, answer: Locator) -> None:
    """Click the words of an answer, and once more should the page have moved under the pointer, as a person would."""
    words.click()
    try:
        expect(answer).to_be_checked(timeout=CLICK_MS)
    except AssertionError:
        words.click()
        expect(answer).to_be_checked(timeout=CLICK_MS)


def held(page: Page) -> float:
    """Seconds that the page shows for the hold under way."""
    return float(page.get_by_test_id("held").inner_text().removesuffix(" s"))


def test_camera_to_cue_and_hold_for_two_people_at_once(visit: Visit, app: App) -> None:
    """The cue comes and the hold advances; another browser beside it is independent; leaving frees the model."""
    wait_until(lambda: app.model_threads() == 0, 30, "no model is open")
    first = visit("").page
    start(first)
    expect(first.locator(".pc-cue.correct")).to_contain_text("right ankle over your left knee")
    one_model = app.model_threads()
    wait_until(lambda: held(first) >= 1.0, 60, "a hold of a second")
    before = held(first)
    wait_until(lambda: held(first) >= before + 1.0, 40, "the hold to go on")

    second = visit("").page
    start(second, "half-kneeling-hip-flexor-stretch")
    other = load_techniques()["half-kneeling-hip-flexor-stretch"].name
    expect(second.get_by_text(f"{other}, right side")).to_be_visible()
    expect(first.get_by_text(other)).to_have_count(0)
    assert app.model_threads() == 2 * one_model
    second.get_by_role("button", name="Pause").click()
    expect(second.locator(".pc-cue")).to_have_text("Paused")
    expect(first.locator(".pc-cue")).not_to_have_text("Paused")

    first.get_by_role("link", name="Techniques").click()
    wait_until(lambda: app.model_threads() == one_model, 30, "the model of the page that was left is freed")
    second.get_by_role("button", name="Resume").click()
    expect(second.locator(".pc-cue")).not_to_have_text("Paused")
    second.get_by_role("button", name="STOP").click()
    expect(second.get_by_text("Your session")).to_be_visible()
    expect(second.locator(".pc-verdict")).not_to_be_empty()
    wait_until(lambda: app.model_threads() == 0, 30, "every model is freed")
    expect(second.locator("iframe[title*='webrtc']")).to_have_count(0)


def test_closing_the_tab_frees_the_model(visit: Visit, app: App) -> None:
    """A tab closed in the middle of a session leaves no model behind."""
    wait_until(lambda: app.model_threads() == 0, 30, "no model is open")
    visitor = visit("")
    start(visitor.page)
    assert app.model_threads() > 0
    visitor.context.close()
    wait_until(lambda: app.model_threads() == 0, 30, "the model of the closed tab is freed")


def test_the_screen_comes_before_the_camera(visit: Visit) -> None:
    """Without having answered there is no camera to start; afterwards the answers can be changed."""
    page = visit("").page
    expect(page.get_by_text("When not to do it")).to_be_visible()
    expect(page.locator("iframe[title*='webrtc']")).to_have_count(0)
    pass_screen(page)
    expect(page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start")).to_be_visible()
    page.get_by_role("button", name="Change my answers").click()
    expect(page.get_by_label("None of these applies to me.")).to_be_checked()
    expect(page.locator("iframe[title*='webrtc']")).to_have_count(0)


def test_a_camera_that_does_not_say_that_it_is_off_keeps_nothing_back(visit: Visit, app: App) -> None:
    """Its word is lost on the way to the page: soon the session can be had, and the next one begins with questions."""
    page = visit("").page
    start(page)
    wait_until(lambda: app.model_threads() > 0, 60, "the model is open")
    lost = "window.parent.postMessage = () => {}"
    page.frame_locator("iframe[title*='webrtc']").locator("body").evaluate(f"() => {{ {lost} }}")
    page.get_by_role("button", name="STOP").click()
    expect(page.get_by_text("One moment: the camera is being switched off.")).to_be_visible()
    expect(page.get_by_role("button", name="Session (JSON)")).to_be_enabled()
    expect(page.locator("iframe[title*='webrtc']")).to_have_count(0)
    page.get_by_role("button", name="Practise again").click()
    expect(page.get_by_text("Does any of this apply to you today?")).to_be_visible()
    wait_until(lambda: app.model_threads() == 0, 30, "the model is freed")


def test_a_camera_that_goes_on_talking_breaks_nothing(visit: Visit) -> None:
    """It says that it plays while the page goes on without it; the session can be had, and another one begun."""
    page = visit("").page
    start(page)
    late = "const page = window.parent, send = page.postMessage.bind(page); page.atOnce = page.postMessage; "
    late += "page.postMessage = (said) => { if (said.type !== 'streamlit:setComponentValue') return send(said, '*'); "
    late += "for (const ms of [2900, 3100, 3300, 3500, 3700]) setTimeout(() => "
    late += "send({...said, value: {...said.value, playing: true, ms}}, '*'), ms) }"
    page.frame_locator("iframe[title*='webrtc']").locator("body").evaluate(f"() => {{ {late} }}")
    page.get_by_role("button", name="STOP").click()
    expect(page.get_by_role("button", name="Session (JSON)")).to_be_enabled()
    expect(page.locator("iframe[title*='webrtc']")).to_have_count(0)
    page.evaluate("() => { window.postMessage = window.atOnce }")
    page.get_by_role("button", name="Practise again").click()
    expect(page.get_by_text("Does any of this apply to you today?")).to_be_visible()
    pass_screen(page)
    page.frame_locator("iframe[title*='webrtc']").get_by_role("button", name="Start").click()
    expect(page.get_by_test_id("held")).to_be_visible()
    page.get_by_role("button", name="STOP").click()
    expect(page.get_by_role("button", name="Session (JSON)")).to_be_enabled()


def test_one_key_says_that_it_let_go_and_one_stops(visit: Visit) -> None:
    """The keys are heard although Start was pressed inside the camera's frame; pain and release are in the session."""
    page = visit("").page
    start(page)
    wait_until(lambda: held(page) >= 2.5, 90, "a hold of more than two seconds")
    page.keyboard.press("l")
    expect(page.locator(".pc-cue.praise")).to_contain_text("let go")
    page.keyboard.press("s")
    expect(page.get_by_text("What helps now")).to_be_visible()
    page.get_by_test_id("stButtonGroup").get_by_text("Numbness or tingling").click()
    expect(page.get_by_text("Move the leg gently until it has gone")).to_be_visible()
    page.get_by_role("radio", name="3", exact=True).click()
    expect(page.get_by_text("It hurts more than before")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Session (JSON)").click()
    session = json.loads(Path(download.value.path()).read_text())
    assert "released" in [hold["ended_by"] for hold in session["holds"]]
    assert (session["safety"]["pain_before"], session["safety"]["pain_after"]) == (2, 3)
    assert session["safety"]["stopped_because"] == "numbness"
    page.get_by_role("button", name="Do this stretch next").click()
    expect(page.get_by_text("Does any of this apply to you today?")).to_be_visible()


def test_a_clip_becomes_a_report(visit: Visit, app: App, clip: Path) -> None:
    """Upload, analyse, read: verdict, playing clip, charts and files; gone when the browser is closed."""
    visitor = visit("clip")
    page = visitor.page
    page.locator("input[type=file]").set_input_files(clip)
    page.get_by_role("button", name="Analyse").click()
    expect(page.locator(".pc-verdict")).to_be_visible(timeout=120_000)
    duration = "video => new Promise(done => { const look = () => video.duration > 1 ? done(video.duration) : "
    duration += "setTimeout(look, 100); look() })"
    assert page.locator("video").evaluate(duration) == pytest.approx(20, abs=1)
    rules = load_techniques()["glute-max-roll"].rules
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(1 + len(rules))
    expect(page.locator(".pc-key")).to_contain_text("where the true value most likely lies")
    expect(page.locator(".pc-done-right")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="Session (JSON)").click()
    session = json.loads(Path(download.value.path()).read_text())
    assert (session["schema_version"], session["clip"]["name"]) == (1, clip.name)
    assert session["verdict"] == page.locator(".pc-verdict").inner_text()
    [workspace] = app.workspaces()
    assert workspace.stat().st_mode & 0o777 == 0o700
    visitor.context.close()
    wait_until(lambda: app.workspaces() == [], 20, "the clip is deleted once the tab is closed")


def test_a_hostile_upload_is_an_error_and_nothing_else(visit: Visit, app: App) -> None:
    """Text under a video's name, and a name that wants out of the folder and into the page."""
    page = visit("clip").page
    name = "../../<script>document.title='owned'</script>![x](http://example.com/x.png).mp4"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "video/mp4", "buffer": b"hello" * 99})
    page.get_by_role("button", name="Analyse").click()
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_be_visible()
    text = page.locator("body").inner_text()
    assert not re.search(r"Traceback|File \"|\.py", text)
    assert str(app.temporary) not in text
    assert alert.locator("script, img, a").count() == 0
    assert page.title() == "posecheck"
    wait_until(lambda: app.workspaces() == [], 20, "nothing is kept of what could not be read")


def test_every_technique_is_explained(visit: Visit) -> None:
    """Each technique's page has its rules in words, its precautions and its sources."""
    page = visit("techniques").page
    for technique in load_techniques().values():
        page.get_by_test_id("stButtonGroup").get_by_text(technique.name, exact=True).click()
        panel = page.get_by_test_id("stMain")
        expect(panel).to_contain_text(technique.summary)
        for sentence in (*technique.setup, *technique.precautions, *technique.aftercare, technique.camera.advice):
            expect(panel).to_contain_text(sentence)


def test_the_server_talks_to_this_machine_only(visit: Visit, app: App) -> None:
    """No name of another host was looked up and no packet sent to one, in all that these tests did."""
    start(visit("").page)
    hosts = app.hosts()
    assert hosts, "the camera's packets were not noticed"
    assert {host for host in hosts if not is_own(host)} == set()


def is_own(host: str) -> bool:
    """Whether an address is this machine's, or the local network's own name service."""
    if host in ("", "localhost", "224.0.0.251", socket.gethostname()) or host.startswith("/"):
        return True
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True
