"""A worked example entered as the office would: every step through its form, without JavaScript (DOMAIN 9.6).

The case is registered late, on the day of its first delivery, with the days that its papers bear; what was delivered
is entered and claimed after the last month. Each person does what is theirs, and confirms a soft guard with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import sqlalchemy as sa

from tests.views.paper import Values
from tests.views.worked_desks import OFFICER, WORKER, typed
from tests.views.worked_grant import Granting, Row, name_of
from workflow.calendar import month_end, month_of, units_of_stay
from workflow.models import Case, Delivery
from workflow.quantities import to_cents

COST_NOTE = Decimal("100.00")  # of the municipality's own service: nothing to compare it with
NAMES = {"mother": "Māra", "father": "Juris"}


class WorkedOffice(Granting):
    """The office with one worked example on the desk; `enter` walks it to its last payment."""

    def enter(self) -> None:
        """From the application to the last payment."""
        with self.on(min(day_of(row) for row in self.example["delivery"])):
            self.register()
            self.grant()
            self.arrange()
        with self.on(self.entered_on):
            self.deliver()
            self.claim()
            for correction in sorted(self.example["correction"], key=lambda row: row["step"]):
                self.correct(correction)

    @property
    def entered_on(self) -> dt.date:
        """When the deliveries are entered: some weeks after the month of the last unit, as late as claims often are."""
        last = max(day for row in self.example["delivery"] for day, _ in days_of(row))
        return month_end(last) + dt.timedelta(days=20)

    @property
    def case(self) -> Case:
        """The case as it now stands in the database."""
        self.session.expire_all()
        return self.session.get_one(Case, int(self.path.rsplit("/", 1)[1]))

    @property
    def deliveries(self) -> dict[int, int]:
        """The id of each delivery by its number in the example; two of a day were entered in that order."""
        by_key = defaultdict(list)
        for row in sorted(self.example["delivery"], key=lambda row: (day_of(row), row["seq"])):
            by_key[day_of(row), row["service"]].append(row["seq"])
        rows = self.session.scalars(sa.select(Delivery).order_by(Delivery.delivered_on, Delivery.id))
        return {by_key[row.delivered_on, row.service_code].pop(0): row.id for row in rows}

    def deliver(self) -> None:
        """The sheet of every month, assignment and service, with an act of its own."""
        sheets: dict[tuple[dt.date, str, str], list[Row]] = defaultdict(list)
        for row in self.example["delivery"]:
            sheets[month_of(day_of(row)), row["assignment"], row["service"]].append(row)
        for number, ((month, assignment, service), rows) in enumerate(sheets.items(), start=1):
            paper = self.open(WORKER, self.address("confirm-delivery"))
            chosen = paper.choose("assignment", f"{service} ", f"{name_of({'id': assignment})} ·")
            boxes = {"month": f"{month:%m.%Y}", "assignment": chosen, "act_no": f"A-{number}"}
            boxes["act_on"] = typed(month_end(month))
            for index, row in enumerate(rows):
                boxes |= {f"deliveries-{index}-{name}": text for name, text in _delivery(row).items()}
                if "recipient" in row:
                    box = f"deliveries-{index}-recipient"
                    boxes[box] = paper.choose(box, NAMES[row["recipient"]])
            self.step(WORKER, "confirm-delivery", boxes, sheet=True)

    def claim(self) -> None:
        """Month after month, as the form proposes them, until nothing is left; each is paid in full."""
        while self.case.state == "service_delivered":
            paper = self.open(OFFICER, self.address("submit-claim"))
            number, year = paper.values["period"].split(".")
            boxes: Values = {}
            bills = self._bills(dt.date(int(year), int(number), 1))
            for index, (assignment, bill) in enumerate(bills.items()):
                boxes |= {f"invoices-{index}-{name}": text for name, text in bill.items()}
                if len(self.providers) > 1:
                    box = f"invoices-{index}-provider"
                    boxes[box] = paper.choose(box, name_of({"id": assignment}))
            self.step(OFFICER, "submit-claim", boxes)
            self.pay()

    def _bills(self, month: dt.date) -> dict[str, Values]:
        """What each provider billed for the month: all accepted units at their price, the refused ones too."""
        bills: dict[str, Values] = {}
        for row in self.example["assignment"]:
            units: dict[str, Decimal] = defaultdict(Decimal)
            for given in self.example["delivery"]:
                if given["assignment"] == row["id"]:
                    units[given["service"]] += sum(part for day, part in days_of(given) if month_of(day) == month)
            if not any(units.values()):
                continue
            prices = row.get("prices", {})
            amount = sum(to_cents(units[service] * Decimal(price)) for service, price in prices.items()) or COST_NOTE
            day = typed(month_end(month))
            bills[row["id"]] = {"no": f"R-{row['id']}-{month:%m}", "date": day, "amount": f"{amount}"}
            if prices:
                bills[row["id"]] |= {"paid_on": day, "reference": "MU-1"}
        return bills

    def pay(self) -> None:
        """The compensating body pays what was claimed, or takes back what a correction owes it."""
        self.step(OFFICER, "record-payment", {"reference": "LPR-1"})

    def correct(self, correction: Row) -> None:
        """A credit note of the provider changes a delivery; the difference is settled."""
        path = self.address("record-correction")
        held = self.open(OFFICER, path).values
        wanted = str(self.deliveries[correction["seq"]])
        row = next(
            name.removesuffix("-delivery") for name, value in held.items() if value == wanted and "-delivery" in name
        )
        changed = {
            f"{row}-{name}": correction[name] for name in ("new_quantity", "new_unit_price") if name in correction
        }
        self.send(OFFICER, path, {"document_no": f"KR-{correction['step']}", "reason": "Kredītrēķins"} | changed)
        self.pay()


def day_of(row: Row) -> dt.date:
    """The day on which a delivery begins."""
    return row["date"] if "date" in row else row["check_in"].date()


def days_of(row: Row) -> list[tuple[dt.date, Decimal]]:
    """The units of a delivery by the day to which they belong (DOMAIN 5.1)."""
    if "date" in row:
        return [(row["date"], Decimal(row["quantity"]))]
    return [(day, Decimal(1)) for day in units_of_stay(row["check_in"], row["check_out"])]


def _delivery(row: Row) -> Values:
    """A row of the sheet."""
    if "date" in row:
        return {"date": typed(row["date"]), "quantity": row["quantity"]}
    return {name: f"{typed(row[name].date())} {row[name]:%H:%M}" for name in ("check_in", "check_out")}
