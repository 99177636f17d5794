"""What came of a worked example: as the example says, as the database has it, and as the pages show it (DOMAIN 9.6)."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from tests.views.paper import Paper
from tests.views.worked_book import programme_of
from tests.views.worked_desks import OFFICER
from tests.views.worked_grant import Row
from tests.views.worked_office import WorkedOffice, day_of
from tests.workflow.terms import stages_of, terms_of
from views.forms import typed
from workflow.calculation import Reason, calculate
from workflow.facts import facts
from workflow.models import Assignment, Claim, ClaimLine, Delivery, RefusalOfUnits
from workflow.stages.terms import calculation_of, rules_of
from workflow.wording import name_of_programme

Outcome = dict[str, Any]
LineOf = tuple[str, str, str, Decimal]  # month, service, assignment, rate
NUMBER = re.compile(r"[-−]?[0-9]+(?:\.[0-9]+)?")
# Of the care week in which the page is opened: nothing in April 2021; all of the last week of a programme that is over.
WEEKS = {
    "W07": {"used": Decimal(0), "left": Decimal(10)},
    "W11": {"used": Decimal(10), "left": Decimal(0)},
}
WARNED = {Reason.CAP: "G54", Reason.AGE: "G56", Reason.WINDOW: "G58"}
PROVIDER = re.compile(r"Sniedzējs (\w+)")
WINDOW_ENDS = re.compile(r"end(?:s|ed) on ([0-9]+ [A-Z][a-z]+ [0-9]{4})")
COUNTERS = ("used_after", "remaining_after", "used_year_after", "window_last_day")


def expected(example: Row) -> Outcome:
    """What the example says."""
    said = example["expected"]
    days = {row["seq"]: day_of(row) for row in example["delivery"]}
    services = {row["seq"]: row["service"] for row in example["delivery"]}
    lines = {
        (row["month"], row["service"], row["assignment"], Decimal(row["rate"])): (
            Decimal(row["quantity"]),
            Decimal(row["amount"]),
        )
        for row in said["line"]
    }
    refused = [
        (row.get("date", days[row["seq"]]), services[row["seq"]], Decimal(row["quantity"]), row["reason"])
        for row in said["excluded"]
    ]
    return {
        "lines": lines,
        "claims": [Decimal(text) for text in said["claim"]] if "claim" in said else _claims_by_month(lines),
        "compensated": Decimal(said["compensated"]),
        "own_cost": Decimal(said["own_cost"]),
        "refused": sorted(refused),
        "counters": {name: _plain(said[name]) for name in COUNTERS if name in said},
    }


def _claims_by_month(lines: dict[LineOf, tuple[Decimal, Decimal]]) -> list[Decimal]:
    """An example without corrections is claimed month by month."""
    months: dict[str, Decimal] = defaultdict(Decimal)
    for (month, *_), (_, amount) in lines.items():
        months[month] += amount
    return [months[month] for month in sorted(months)]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {int(year): Decimal(used) for year, used in value.items()}
    return Decimal(value) if isinstance(value, str) else value


def warnings(example: Row) -> set[str]:
    """The soft guards that must ask before the deliveries are saved, by the pure calculation of the first claim."""
    refused = calculate(terms_of(example), next(stages_of(example))).refused
    return {WARNED[unit.reason] for unit in refused if unit.reason in WARNED}


def in_database(office: WorkedOffice) -> Outcome:
    """The claims, the refusals and the calculation of the case as stored."""
    case, session = office.case, office.session
    result = calculation_of(session, case, programme_of(office.example))
    claims = session.scalars(sa.select(Claim).order_by(Claim.id)).unique().all()
    counters = {
        "used_after": result.used,
        "remaining_after": result.remaining,
        "used_year_after": dict(result.used_year),
        "window_last_day": result.window_last_day,
    }
    return {
        "lines": _netted(_stored_lines(office)),
        "claims": [sum(line.amount for line in claim.lines) for claim in claims],
        "compensated": result.compensated,
        "own_cost": result.own_cost,
        "refused": _stored_refusals(office),
        "counters": {name: counters[name] for name in COUNTERS if name in office.example["expected"]},
    }


def _stored_lines(office: WorkedOffice) -> Iterable[tuple[LineOf, Decimal, Decimal]]:
    rows = sa.select(ClaimLine, Assignment.provider_id).join(Assignment, Assignment.id == ClaimLine.assignment_id)
    for line, provider_id in office.session.execute(rows):
        key = (f"{line.month:%Y-%m}", line.service_code, office.providers[provider_id], line.rate)
        yield key, line.quantity, line.amount


def _netted(lines: Iterable[tuple[LineOf, Decimal, Decimal]]) -> dict[LineOf, tuple[Decimal, Decimal]]:
    """The lines of all claims together; what a correction took back is gone."""
    sums: dict[LineOf, tuple[Decimal, Decimal]] = {}
    for key, quantity, amount in lines:
        before = sums.get(key, (Decimal(0), Decimal(0)))
        sums[key] = before[0] + quantity, before[1] + amount
    return {key: both for key, both in sums.items() if any(both)}


def _stored_refusals(office: WorkedOffice) -> list[tuple[Any, ...]]:
    columns = (RefusalOfUnits.on_day, Delivery.service_code, RefusalOfUnits.quantity, RefusalOfUnits.reason)
    rows = sa.select(*columns).join(Delivery, Delivery.id == RefusalOfUnits.delivery_id)
    return sorted(tuple(row) for row in office.session.execute(rows.where(~Delivery.cancelled)))


# The pages --------------------------------------------------------------------------------------------------------


def on_pages(office: WorkedOffice) -> Outcome:
    """The same from the pages of the claims and of the case."""
    case = office.open(OFFICER, office.path)
    claims = [_amount(row["Claimed"]) for row in case.tables["claims"].records]
    ids = office.session.scalars(sa.select(Claim.id).order_by(Claim.id))
    pages = [office.open(OFFICER, f"/claims/{number}?open=1") for number in ids]
    return {
        "lines": _netted(line for page in pages for line in _shown_lines(page)),
        "claims": claims,
        "totals": [_amount(page.tables["lines"].rows[-1][1]) for page in pages],
        "refused": sorted({row for page in pages for row in _shown_refusals(page)}),
        "refused_units": sum(_amount(row["Not compensated"]) for row in case.tables["assignments"].records),
        "account": _account(office, case),
        "calculated": _calculated(office),
    }


def expected_on_pages(example: Row, today: dt.date) -> Outcome:
    """What pages can show: a claim names what was refused in its months, a meter counts the present period."""
    wanted = expected(example)
    months = {month for month, *_ in wanted["lines"]}
    return {
        "lines": wanted["lines"],
        "claims": wanted["claims"],
        "totals": wanted["claims"],
        "refused": [row for row in wanted["refused"] if f"{row[0]:%Y-%m}" in months],
        "refused_units": sum(row[2] for row in wanted["refused"]),
        "account": _account_of(example, wanted["counters"], today),
        "calculated": {name: wanted[name] for name in ("lines", "refused", "compensated", "own_cost")},
    }


def _calculated(office: WorkedOffice) -> Outcome:
    """The page of the calculation: its lines, all refused units with their reasons, the sums at its foot."""
    page = office.open(OFFICER, f"{office.path}/calculation")
    _, *rows, total = page.tables[f"lines-{programme_of(office.example)}"].rows
    lines: list[tuple[LineOf, Decimal, Decimal]] = []
    refused, month = [], ""
    for words, *numbers in rows:
        if len(numbers) == 2:  # the head of a month
            month = words
        elif numbers[1].startswith("EUR"):
            provider = PROVIDER.search(words)
            key = (_month(month), words.split()[0], provider[1] if provider else "", _amount(numbers[1]))
            lines.append((key, _amount(numbers[0]), _amount(numbers[2])))
        elif ": not compensated: " in words:
            what, reason = words.split(": not compensated: ")
            day, service, *_ = what.split(" · ")
            refused.append((typed.day(day), service, _amount(numbers[0]), _reason(reason)))
    claimed, compensated, own_cost = map(_amount, total)
    assert claimed == compensated
    return {"lines": _netted(lines), "refused": sorted(refused), "compensated": compensated, "own_cost": own_cost}


def _account_of(example: Row, counters: Outcome, today: dt.date) -> dict[str, Any]:
    if "window_last_day" in counters:
        return {"window": counters["window_last_day"]}
    if "used_after" in counters:
        return {"used": counters["used_after"], "left": counters["remaining_after"]}
    if "used_year_after" in counters:
        used = counters["used_year_after"].get(today.year, Decimal(0))
        return {"used": used, "left": Decimal(example["rule_set"][-1]["cap_quantity"]) - used}
    return WEEKS[example["id"]]


def _amount(words: str) -> Decimal:
    """The number in `EUR 86.60` or `2 sessions`; a dash is nothing."""
    found = NUMBER.search(words.replace(",", ""))
    return Decimal(found[0].replace("−", "-")) if found else Decimal(0)


def _shown_lines(page: Paper) -> Iterable[tuple[LineOf, Decimal, Decimal]]:
    for row in page.tables["lines"].records:
        yield _key(row), _amount(row["Quantity"]), _amount(row["Amount"])


def _key(row: Row) -> LineOf:
    """Month, service, assignment and rate of a line of a page."""
    service, provider = row["Service and its arithmetic"].split()[0], row["Provider"].split()[1].rstrip(",")
    return _month(row["Month"]), service, provider, _amount(row["Rate"])


def _month(words: str) -> str:
    """`2019-03` of `March 2019 …`."""
    name, year, *_ = words.split()
    return f"{year}-{1 + typed.ENGLISH_MONTHS.index(name.lower()):02}"


def _shown_refusals(page: Paper) -> Iterable[tuple[Any, ...]]:
    table = page.tables.get("refused")
    for row in table.records if table else ():
        yield typed.day(row["Date"]), row["Service"].split()[0], _amount(row["Quantity"]), _reason(row["Reason"])


def _reason(words: str) -> str:
    """The code of a reason for a refusal."""
    return {label: code for code, label in facts().labels("refusal_reason", "en").items()}[words]


def _account(office: WorkedOffice, case: Paper) -> dict[str, Any]:
    """Used and left of the cap in the present period, and the last day of the window, of the example's programme."""
    name = name_of_programme(programme_of(office.example), "en")
    [row] = [row for row in case.tables["accounts"].records if row["Programme and period"].startswith(name)]
    if rules_of(programme_of(office.example))[-1].window_months:
        ends = WINDOW_ENDS.search(row["At the present pace"])
        return {"window": typed.day(ends[1]) if ends else None}
    return {"used": _amount(row["Used"]), "left": _amount(row["Left"])}
