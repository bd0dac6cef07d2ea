"""The events of both group tabs, with a real service and a running group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from lipsync_demo.runs.groups.pair_list import among_uploads, read_pairs
from lipsync_demo.runs.record.group import Group, GroupState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import context, top_bar
from lipsync_demo.ui.frame.context import Shared, unchanged
from lipsync_demo.ui.groups.batch import events as batch
from lipsync_demo.ui.groups.compare import events as compare
from lipsync_demo.ui.groups.events import GroupEvents
from tests.faults.scripted_api import KEY, scripted_api
from tests.media_factory import make_speechlike, make_video

NOBODY = "0" * 32


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("groups")
    make_video(folder / "clip.mp4", 1)
    make_speechlike(folder / "speech.wav", 2)
    with scripted_api(folder / "clip.mp4", folder) as api:
        settings = Settings(
            data_dir=folder / "data", base_url=api.url, api_key=KEY, backend="wavespeed"
        )
        with Workspace(settings, recover=True) as running:
            yield running


@pytest.fixture(scope="module")
def tabs(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, GroupEvents]:
    """Both tabs' events."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("page"))
    with gr.Blocks():
        stored, top = context.stored(settings, workspace), top_bar.build(settings)
        with gr.Tabs() as views:
            shared = Shared(
                settings=settings,
                workspace=workspace,
                link=str,
                uploads=Path(),
                views=views,
                model=top.model,
                ids=stored.ids,
                groups=stored.groups,
                session=stored.session,
                recorded=stored.recorded,
                key=stored.key,
                open_run=stored.open_run,
                repeat=stored.repeat,
            )
            with gr.Tab():
                return {"compare": compare.build(shared), "batch": batch.build(shared).view}


@pytest.fixture(scope="module")
def group(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Group:
    """A batch of one pair, at rest."""
    folder = tmp_path_factory.mktemp("pairs")
    files = {
        "clip.mp4": make_video(folder / "clip.mp4", 1),
        "speech.wav": make_speechlike(folder / "speech.wav", 2),
    }
    pairs = read_pairs(b"video,audio\nclip.mp4,speech.wav\n", among_uploads(files)).pairs
    begun = workspace.group_service.batch(pairs, title="pairs.csv")
    while workspace.groups.get(begun.id).state is GroupState.ACTIVE:
        # An item names its run before the run is there.
        for run in workspace.runs.of_group(workspace.groups.get(begun.id)):
            if run is not None:
                workspace.service.wait(run.id)
    return workspace.groups.get(begun.id)


def test_a_group_is_opened_by_its_own_tab_only(tabs: dict[str, GroupEvents], group: Group) -> None:
    opened = tabs["batch"].page_opened(group.id, [], [])
    assert opened[tabs["batch"].widgets.group] == group.id
    assert "pairs.csv" in opened[tabs["batch"].widgets.body]
    assert tabs["batch"].shared.groups in opened
    other = tabs["compare"].page_opened(group.id, [], [])
    assert tabs["compare"].widgets.group not in other
    # Gradio takes an answer apart by its widgets: one other key would break all of it.
    assert all(isinstance(widget, gr.blocks.Block) for widget in [*opened, *other])


def test_a_group_that_has_not_changed_is_left_as_it_is(
    tabs: dict[str, GroupEvents], group: Group
) -> None:
    tab = tabs["batch"]
    shown = tab.show(group, [])
    assert tab.poll(group.id, shown[tab.widgets.stamp], [], []) is None
    about, changes = tab.poll(group.id, "another", [], []) or ("", {})
    assert about == changes[tab.widgets.group] == group.id
    about, changes = tab.poll(NOBODY, "", [], []) or ("", {})
    assert (about, changes.keys()) == (NOBODY, {tab.widgets.timer})


def test_an_address_without_a_group_shows_none(tabs: dict[str, GroupEvents], group: Group) -> None:
    tab = tabs["batch"]
    assert tab.visit(group.id, [], [])[tab.widgets.group] == group.id
    left = tab.visit("", [], [])
    assert (left[tab.widgets.group], left[tab.widgets.body]) == ("", "")
    assert left.keys() == set(tab.shown)


@pytest.mark.parametrize("name", ["compare", "batch"])
def test_a_group_that_is_gone_is_said(tabs: dict[str, GroupEvents], name: str) -> None:
    tab = tabs[name]
    assert 'role="alert"' in tab.open(NOBODY, [], [])[tab.widgets.notice]
    assert 'role="alert"' in tab.stop(NOBODY, [])[tab.widgets.notice]
    assert 'role="alert"' in tab.resume(NOBODY, None, [])[tab.widgets.notice]
    assert tab.open("", [], []) == unchanged()


def test_a_pressed_run_is_opened_in_the_studio_and_nothing_else_is_retried(
    tabs: dict[str, GroupEvents], group: Group
) -> None:
    def press(**data: str) -> gr.EventData:
        return gr.EventData(None, {"run": "", "group": "", "retry": "", "act": "", **data})

    tab = tabs["batch"]
    run_id = group.run_ids[0]
    assert tab.select(group.id, None, [], [], "", press(run=run_id))[tab.shared.open_run] == run_id
    earlier = tab.select(NOBODY, None, [], [], "", press(group=group.id))
    assert earlier[tab.widgets.group] == group.id
    assert tab.select(group.id, None, [], [], "", press(retry="7")) == unchanged()
    assert tab.select(group.id, None, [], [], "", press()) == unchanged()


@pytest.mark.parametrize("name", ["compare", "batch"])
def test_what_recordings_only_held_up_is_said_while_it_is_on(
    tabs: dict[str, GroupEvents], workspace: Workspace, group: Group, name: str
) -> None:
    tab = tabs[name]
    # Its run's id was written before the run was refused.
    unbegun = replace(group.items[0], run_id=NOBODY)
    held = replace(
        group,
        state=GroupState.HELD,
        session="a" * 32,
        items=(*group.items, unbegun),
        trouble="nothing was sent",
        silent=True,
    )
    workspace.recorded_only.switch("a" * 32, True)
    shown = tab.show(held, [])[tab.widgets.body]
    assert "nothing was sent" in shown
    assert "not started: “Recorded results only” is on" in shown
    workspace.recorded_only.switch("a" * 32, False)
    shown = tab.show(held, [])[tab.widgets.body]
    assert "nothing was sent" not in shown
    assert "not begun yet" in shown
    assert "deleted" not in shown


def test_the_switch_has_the_open_group_shown_anew(
    tabs: dict[str, GroupEvents], group: Group
) -> None:
    tab = tabs["batch"]
    about, changes = tab.look_again(group.id, []) or ("", {})
    assert about == changes[tab.widgets.group] == group.id
    assert tab.look_again("", []) is None
