"""What a unit is compensated with on its day, and which of price, unit cost and ceiling decided (DOMAIN 9.1, item 2).

The decision stands here alone: the calculation asks for the rate, the pages for its reason.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow.compensable import Piece
from workflow.quantities import (
    ZERO,
    Arrangement,
    ArrangementKind,
    Delivered,
    Key,
    Method,
    MissingPrice,
    MissingUnitCost,
    Terms,
    UnitCost,
    is_valid,
    nearest_rule,
    rule_on,
)

EARLIER = "earlier"
"""Says of a rate claimed before: none of today's amounts is that rate, because a price was corrected later."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The amounts that may decide about a rate, EUR per unit; None where the rule does not ask for one."""

    price: Decimal | None = None
    unit_cost: Decimal | None = None
    ceiling: Decimal | None = None

    @property
    def rate(self) -> Decimal:
        """The lowest of them, EUR per unit; 0 when the method compensates nothing."""
        known = [amount for amount in (self.price, self.unit_cost, self.ceiling) if amount is not None]
        return min(known, default=ZERO)

    def because(self, rate: Decimal) -> str:
        """Which of them the rate is: `price`, `unit_cost`, `ceiling`, or `earlier` when it is none of them."""
        named = {"price": self.price, "unit_cost": self.unit_cost, "ceiling": self.ceiling}
        return next((name for name, amount in named.items() if amount == rate), EARLIER)


def basis_of(
    method: Method, in_house: bool, price: Decimal | None, unit_cost: Decimal | None, ceiling: Decimal | None
) -> Basis:
    """Which amounts the method looks at (9.1, item 2).

    The price paid (or own tariff) and the ceiling; under the unit cost method the unit cost, and the price only
    where the service is bought. What is not known may be None.
    """
    match method:
        case Method.ACTUAL_COST:
            return Basis(price=price, ceiling=ceiling)
        case Method.UNIT_COST:
            return Basis(price=None if in_house else price, unit_cost=unit_cost)
        case _:
            return Basis()


class Rates:
    """Prices, unit costs and methods of one programme of one case."""

    def __init__(self, terms: Terms) -> None:
        self.rules = terms.rules
        self.arrangements: dict[Key | None, Arrangement] = {a.key: a for a in terms.arrangements}
        self.unit_costs: dict[str, list[UnitCost]] = defaultdict(list)
        for cost in terms.unit_costs:
            self.unit_costs[cost.service].append(cost)

    def rate(self, piece: Piece) -> Decimal:
        """EUR per unit on the day of delivery. Raises MissingUnitCost (G64) and MissingPrice."""
        return self.basis(piece).rate

    def basis(self, piece: Piece) -> Basis:
        """The amounts that decide about the piece. Raises MissingUnitCost (G64) and MissingPrice."""
        rule, in_house = rule_on(self.rules, piece.on), self.in_house(piece.delivered.arrangement)
        by_unit_cost = rule.method == Method.UNIT_COST
        unit_cost = self._unit_cost(piece.delivered.service, piece.on) if by_unit_cost else None
        bought = rule.method == Method.ACTUAL_COST or (by_unit_cost and not in_house)
        price = self._known_price(piece) if bought else None
        return basis_of(rule.method, in_house, price, unit_cost, rule.ceiling)

    def price(self, delivered: Delivered) -> Decimal | None:
        """What the municipality pays for a unit: the delivery's own price before that of the arrangement."""
        if delivered.unit_price is not None:
            return delivered.unit_price
        arrangement = self.arrangements.get(delivered.arrangement)
        return arrangement.prices.get(delivered.service) if arrangement else None

    def has_own_cost(self, arrangement: Key | None, on: date) -> bool:
        """False for in-house services under the unit cost method: it is not computed (9.1, item 6)."""
        if not self.in_house(arrangement):
            return True
        rule = nearest_rule(self.rules, on)
        return rule is None or rule.method != Method.UNIT_COST

    def in_house(self, key: Key | None) -> bool:
        """True when the municipality gives the service itself."""
        arrangement = self.arrangements.get(key)
        return arrangement is not None and arrangement.kind == ArrangementKind.IN_HOUSE

    def _known_price(self, piece: Piece) -> Decimal:
        price = self.price(piece.delivered)
        if price is None:
            raise MissingPrice(piece.delivered.service, piece.delivered.arrangement, piece.on)
        return price

    def _unit_cost(self, service: str, on: date) -> Decimal:
        for cost in self.unit_costs[service]:
            if is_valid(cost.valid_from, cost.valid_to, on):
                return cost.amount
        raise MissingUnitCost(service, on)
