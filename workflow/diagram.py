"""The picture and the table of the workflow, drawn from the machine itself (invariant 1)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import NamedTuple

from workflow.facts import SPINE, State
from workflow.machine import EVENTS, ROLES, CaseMachine
from workflow.wording import name_of_state, name_of_step

WIDTH, HEIGHT = 1080, 390
BOX_WIDTH, BOX_HEIGHT = 140, 44
TITLES = {"lv": "Lietas stāvokļi", "ru": "Состояния дела", "en": "States of a case"}
OPENING = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"
 font-family="system-ui, sans-serif" font-size="13" fill="currentColor">
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 8 4 0 8z"/></marker></defs>"""


class Place(NamedTuple):
    """Where a state stands in the picture: the upper left corner of its box."""

    x: int
    y: int


PLACES: dict[State, Place] = {state: Place(20 + 180 * index, 190) for index, state in enumerate(SPINE)} | {
    State.SUSPENDED: Place(470, 20),
    State.REJECTED: Place(110, 330),
    State.WITHDRAWN: Place(470, 330),
    State.CLOSED: Place(830, 330),
}


def arrows() -> dict[tuple[State, State], list[str]]:
    """Every way from one state to another, with the steps that lead there; staying in place is no way."""
    found: dict[tuple[State, State], list[str]] = {}
    for node in CaseMachine.states:
        for transition in node.transitions:
            source, target = State(str(node.value)), State(str(transition.target.value))
            if source is not target:
                ways = found.setdefault((source, target), [])
                ways.extend(event.id for event in transition.events if event.id not in ways)
    return found


@lru_cache(maxsize=64)
def picture(language: str, here: str | None = None) -> str:
    """The diagram as SVG, coloured by `currentColor` alone; `here` marks «you are here»."""
    boxes = (_box(state, language, state.value == here) for state in State)
    title = f"<title>{escape(TITLES[language])}</title>"
    return "\n".join([OPENING, title, *_lines(language), *boxes, "</svg>", ""])


def _lines(language: str) -> Iterator[str]:
    for (source, target), steps in arrows().items():
        label = escape(", ".join(name_of_step(step, language) for step in steps))
        width = 2 if _is_next(source, target) else 1
        yield (
            f'<path d="{_curve(source, target)}" fill="none" stroke="currentColor" stroke-width="{width}"'
            f' stroke-opacity="{1 if width == 2 else 0.35}" marker-end="url(#tip)"><title>{label}</title></path>'
        )


def _is_next(source: State, target: State) -> bool:
    return source in SPINE and target in SPINE and SPINE.index(target) == SPINE.index(source) + 1


def _curve(source: State, target: State) -> str:
    """A straight arrow to the next station, an arc back over the spine, a curve to detour and exits."""
    a, b = PLACES[source], PLACES[target]
    half = BOX_WIDTH // 2
    if _is_next(source, target):
        return f"M{a.x + BOX_WIDTH} {a.y + 22} H{b.x}"
    if a.y == b.y:
        lift = a.y - 24 - abs(a.x - b.x) // 8
        return f"M{a.x + half} {a.y} C{a.x + half} {lift} {b.x + half} {lift} {b.x + half} {b.y}"
    start, end = (a.y + BOX_HEIGHT, b.y) if b.y > a.y else (a.y, b.y + BOX_HEIGHT)
    shift = half + (16 if b.y > a.y else -16)
    middle = (start + end) // 2
    return f"M{a.x + shift} {start} C{a.x + shift} {middle} {b.x + shift} {middle} {b.x + shift} {end}"


def _box(state: State, language: str, here: bool) -> str:
    place = PLACES[state]
    dashes = "" if state in SPINE else ' stroke-dasharray="4 3"'
    x, y = place.x + BOX_WIDTH // 2, place.y + 18
    words = name_of_state(state, language).split(" ", 1)
    text = "".join(f'<tspan x="{x}" dy="{16 * row}">{escape(word)}</tspan>' for row, word in enumerate(words))
    shape = (
        f'<rect x="{place.x}" y="{place.y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" fill="none"'
        f' stroke="currentColor" stroke-width="{4 if here else 1}"{dashes}/>'
    )
    weight = ' font-weight="bold"' if here else ""
    return f'<g id="state-{state.value}">{shape}<text x="{x}" y="{y}" text-anchor="middle"{weight}>{text}</text></g>'


def table() -> str:
    """The table of steps as Markdown: step, from, to, who (DOMAIN 8.2)."""
    rows = ["| Step | From | To | Who |", "|---|---|---|---|"]
    for step, roles in ROLES.items():
        who = ", ".join(role.value for role in roles)
        rows.append(f"| `{step}` | {_sources(step)} | {_targets(step)} | {who} |")
    return "\n".join(rows) + "\n"


def _sources(step: str) -> str:
    if step == "register_application":
        return "(new)"
    sources = [state for state, events in EVENTS.items() if step in events]
    return "(any)" if len(sources) == len(EVENTS) else ", ".join(f"`{source}`" for source in sources)


def _targets(step: str) -> str:
    if step == "register_application":
        return f"`{State.APPLIED.value}`"
    ends = dict.fromkeys(f"`{target.value}`" for (_, target), steps in arrows().items() if step in steps)
    return ", ".join([*ends, *(["(same)"] if _may_stay(step) else [])])


def _may_stay(step: str) -> bool:
    transitions = (transition for node in CaseMachine.states for transition in node.transitions)
    return any(way.source is way.target and step in {event.id for event in way.events} for way in transitions)
