"""The providers of the demonstration: who they are, what they offer at what price, and their register entries.

The prices are invented (the sources name none, C14); they grow a little from year to year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from workflow.demo import names
from workflow.demo.office import Place
from workflow.facts import facts
from workflow.models import IN_HOUSE_KINDS, Provider, RegisterEntry, UnitCost

DAY = dt.date
# Renewed half a year before the end: nobody signs a contract for the last weeks of an entry.
FIVE_YEARS = (
    (DAY(2015, 9, 1), DAY(2020, 8, 31)),
    (DAY(2020, 3, 2), DAY(2025, 3, 1)),
)
BASE_YEAR, YEARLY = 2018, Decimal("0.04")


@dataclass(frozen=True)
class Offer:
    """A provider as the demonstration knows it; `prices` in EUR per unit of 2018.

    Without a price it is the municipality's own provider of an adults' service, paid for by the unit cost (9.1).
    """

    key: str
    name: str
    kind: str
    register: str
    prices: tuple[tuple[str, str | None], ...]
    entries: tuple[tuple[DAY, DAY], ...] = FIVE_YEARS

    @property
    def services(self) -> list[str]:
        """The services of the register entry."""
        return [service for service, _ in self.prices]

    def price(self, service: str, day: dt.date) -> Decimal:
        """The price of a unit in a contract signed on the day, EUR; ValueError where it has none."""
        price = self.tariff(service, day)
        if price is None:
            raise ValueError(f"{self.name} has no price for {service}")
        return price

    def tariff(self, service: str, day: dt.date) -> Decimal | None:
        """The price of a unit on the day, to 10 cents; None where the unit cost of the methodology stands for it."""
        price = dict(self.prices)[service]
        if price is None:
            return None
        return (
            (Decimal(price) * (1 + YEARLY * (day.year - BASE_YEAR))).quantize(Decimal("0.1")).quantize(Decimal("0.01"))
        )

    @property
    def in_house(self) -> bool:
        """An institution of the municipality, or created by it (DOMAIN 10)."""
        return self.kind in IN_HOUSE_KINDS

    @property
    def for_adults(self) -> list[str]:
        """Those of its services that are for a child's representatives (G24)."""
        return [service for service in self.services if service.startswith("GRD")]

    @property
    def last_day(self) -> dt.date:
        """The last day of the programmes it serves (G44)."""
        return max(facts().programmes[facts().services[service].programme].last_day for service in self.services)


SOCIAL, MEDICAL, PEOPLE = "social_providers", "medical_institutions", "medical_practitioners"
MOVEMENT = Offer(
    "movement",
    "SIA «Parauga kustību centrs»",
    "company",
    SOCIAL,
    (("REH-15", "23.50"), ("REH-12", "24.00"), ("REH-36", "21.00"), ("GRD-03", "23.50")),
)
SUPPORT = Offer(
    "support",
    "Biedrība «Izdomātais atbalsts»",
    "association",
    SOCIAL,
    (("REH-14", "28.00"), ("REH-31", "32.00"), ("REH-22", "18.00"), ("GRD-01", "28.00"), ("GRD-04", "12.50")),
)
CLINIC = Offer(
    "clinic",
    "Piemēra poliklīnika",
    "medical_institution",
    MEDICAL,
    (("REH-15", "22.80"), ("REH-11", "21.40"), ("REH-13", "34.00"), ("GRD-02", "27.00")),
)
SPEECH = Offer(
    "speech",
    "Logopēde Ilze Demonstrācija",
    "medical_practitioner",
    PEOPLE,
    (("REH-11", "19.80"), ("REH-17", "20.50")),
)
ARTS = Offer(
    "arts",
    "SIA «Piemēra mākslu terapijas»",
    "company",
    SOCIAL,
    (("REH-25", "22.40"), ("REH-26", "25.00"), ("REH-27", "23.00"), ("REH-29", "26.00")),
)
LEARNING = Offer(
    "learning",
    "Nodibinājums «Parauga soļi»",
    "foundation",
    SOCIAL,
    (("REH-16", "19.00"), ("REH-28", "27.00"), ("REH-38", "20.00"), ("GRD-01", "26.00")),
)
# Its entry ends within sixty days of the demonstration's day: a warning, nothing is refused yet.
RIDING = Offer(
    "riding",
    "Biedrība «Iedomu staļļi»",
    "association",
    SOCIAL,
    (("REH-34", "28.00"), ("REH-35", "24.00")),
    ((DAY(2017, 11, 15), DAY(2022, 11, 14)),),
)
# Its entry ended in August 2022 and was not renewed: September's sessions are not compensated (G52).
LAPSED = Offer(
    "lapsed",
    "SIA «Nosacītā terapija»",
    "company",
    SOCIAL,
    (("REH-30", "24.50"), ("REH-32", "30.00")),
    ((DAY(2017, 9, 1), DAY(2022, 8, 31)),),
)
# Long gone: nobody can be assigned to it any more (G40).
GONE = Offer(
    "gone",
    "SIA «Fiktīvais ūdens»",
    "company",
    SOCIAL,
    (("REH-36", "19.00"),),
    ((DAY(2015, 2, 1), DAY(2020, 1, 31)),),
)
DAY_CENTRE = Offer(
    "day_centre",
    "Dienas centrs «Paraugs»",
    "municipal_institution",
    SOCIAL,
    (("REH-07", "14.50"), ("REH-19", "11.00"), ("REH-18", "8.20"), ("REH-10", "13.00"), ("GRD-04", "9.00")),
)
# The other programmes: respite and care, the adults, the two pilots.
REST = Offer(
    "rest",
    "SIA «Parauga atelpas māja»",
    "company",
    SOCIAL,
    (("RSP-01", "62.00"), ("CAR-01", "6.10")),
)
CARERS = Offer(
    "carers",
    "Biedrība «Izdomātā aprūpe»",
    "association",
    SOCIAL,
    (("CAR-01", "5.90"), ("ADL-01", "8.40"), ("ADL-06", "27.00")),
)
WORKSHOPS = Offer(
    "workshops",
    "Nodibinājums «Piemēra darbnīcas»",
    "foundation",
    SOCIAL,
    (("ADL-03", "22.50"), ("ADL-07", "11.80")),
)
AUTISM = Offer(
    "autism",
    "Biedrība «Iedomu autisma centrs»",
    "association",
    SOCIAL,
    (("ASD-01", "34.00"),),
)
COMMUNITY_HOME = Offer(
    "community_home",
    "Grupu dzīvokļi un dienas centrs «Piemērs»",
    "created_by_municipality",
    SOCIAL,
    (("ADL-02", None), ("ADL-04", None), ("ADL-05", None), ("ADL-07", None)),
)
ASSISTANTS = Offer(
    "assistants",
    "Ģimenes asistenti «Paraugs»",
    "municipal_institution",
    SOCIAL,
    (("FAM-01", "9.80"),),
    ((DAY(2022, 1, 3), DAY(2027, 1, 2)),),
)
BOUGHT = (MOVEMENT, SUPPORT, CLINIC, SPEECH, ARTS, LEARNING, RIDING)
SHARED = (*BOUGHT, LAPSED, GONE, REST, CARERS, WORKSHOPS, AUTISM)
OWN = (DAY_CENTRE, COMMUNITY_HOME, ASSISTANTS)
"""What each municipality has of its own."""

UNIT_COSTS = (
    ("ADL-01", "8.75", "9.6"),
    ("ADL-02", "26.4", "28.15"),
    ("ADL-03", "24.1", "26.3"),
    ("ADL-04", "29.8", "32.75"),
    ("ADL-05", "38.2", "41.9"),
    ("ADL-06", "34.5", "36"),
    ("ADL-07", "14.2", "15.4"),
)
"""Invented unit costs in EUR: before the methodology of July 2021, and since then (C14)."""
METHODOLOGY_ON = DAY(2021, 7, 1)


def open_providers(session: Session, places: dict[str, Place]) -> None:
    """Register the providers that everybody knows, and those of its own in each municipality; enter unit costs."""
    checked_by = next(iter(places.values())).users["iepirkumi"].id
    shared = {offer.key: _provider(session, offer, number, checked_by) for number, offer in enumerate(SHARED)}
    for number, place in enumerate(places.values()):
        officer, first = place.users["iepirkumi"].id, 100 + number * len(OWN)
        own = {offer.key: _provider(session, offer, turn, officer, place) for turn, offer in enumerate(OWN, first)}
        place.providers = {**shared, **own}
    session.add_all(_unit_costs(next(iter(places.values())).users["admin"].id))
    session.flush()


def _unit_costs(entered_by: int) -> Iterator[UnitCost]:
    """What a unit of the adults' services costs; the sources name no amount, so these say that they are invented."""
    before = facts().programmes["ADULT_COMMUNITY"].first_day, METHODOLOGY_ON - dt.timedelta(days=1)
    for service, *amounts in UNIT_COSTS:
        for amount, (valid_from, valid_to) in zip(amounts, (before, (METHODOLOGY_ON, None)), strict=True):
            yield UnitCost(
                service_code=service,
                amount=Decimal(amount),
                valid_from=valid_from,
                valid_to=valid_to,
                source="Izdomātas vienas vienības izmaksas demonstrācijai.",
                created_by=entered_by,
            )


def _provider(session: Session, offer: Offer, number: int, checked_by: int, place: Place | None = None) -> Provider:
    name = offer.name if place is None else f"{offer.name}, {place.municipality.name_lv}"
    provider = Provider(
        name=name,
        kind=offer.kind,
        registration_no=None if offer.kind == "medical_practitioner" else names.registration_no(number),
        address=f"Parauga iela {number % 60 + 1}, {place.municipality.name_lv if place else 'Paraugciems'}",
        contacts=f"sniedzejs{number}@example.org",
        municipality_id=place.municipality.id if place else None,
        entries=[_entry(offer, number, index, checked_by) for index in range(len(offer.entries))],
    )
    session.add(provider)
    return provider


def _entry(offer: Offer, number: int, index: int, checked_by: int) -> RegisterEntry:
    valid_from, valid_to = offer.entries[index]
    return RegisterEntry(
        register=offer.register,
        number=f"PARAUGS-{number:03d}-{index + 1}",
        services=offer.services,
        address=f"Parauga iela {number % 60 + 1}",
        valid_from=valid_from,
        valid_to=valid_to,
        checked_on=max(valid_from, DAY(2015, 9, 1)),
        checked_by=checked_by,
    )


def entry_on(provider: Provider, day: dt.date) -> RegisterEntry:
    """The newest entry in force on the day; ValueError when there is none, since nobody may then be assigned (G40)."""
    for entry in reversed(provider.entries):
        if entry.valid_from <= day and (entry.valid_to is None or day <= entry.valid_to):
            return entry
    raise ValueError(f"{provider.name} was not registered on {day}")
