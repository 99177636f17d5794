"""The providers of the demonstration: who they are, what they offer at what price, and their register entries.

The prices are invented (the sources name none, C14); they grow a little from year to year.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from workflow.demo import names
from workflow.demo.office import Place
from workflow.models import Provider, RegisterEntry

DAY = dt.date
FIVE_YEARS = (
    (DAY(2015, 9, 1), DAY(2020, 8, 31)),
    (DAY(2020, 9, 1), DAY(2025, 8, 31)),
)
BASE_YEAR, YEARLY = 2018, Decimal("0.04")


@dataclass(frozen=True)
class Offer:
    """A provider as the demonstration knows it; `prices` in EUR per session of 2018."""

    key: str
    name: str
    kind: str
    register: str
    prices: tuple[tuple[str, str], ...]
    entries: tuple[tuple[DAY, DAY], ...] = FIVE_YEARS

    @property
    def services(self) -> list[str]:
        """The services of the register entry."""
        return [service for service, _ in self.prices]

    def price(self, service: str, day: dt.date) -> Decimal:
        """The price of a session in a contract signed on the day, to 10 cents."""
        factor = 1 + YEARLY * (day.year - BASE_YEAR)
        return (Decimal(dict(self.prices)[service]) * factor).quantize(Decimal("0.1")).quantize(Decimal("0.01"))


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
    ((DAY(2016, 12, 21), DAY(2021, 12, 20)),),
)
# Its entry ended in September 2021 and was not renewed: October's sessions are not compensated (G52).
LAPSED = Offer(
    "lapsed",
    "SIA «Nosacītā terapija»",
    "company",
    SOCIAL,
    (("REH-30", "24.50"), ("REH-32", "30.00")),
    ((DAY(2016, 10, 1), DAY(2021, 9, 30)),),
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
BOUGHT = (MOVEMENT, SUPPORT, CLINIC, SPEECH, ARTS, LEARNING, RIDING)
SHARED = (*BOUGHT, LAPSED, GONE)
OFFERS = {offer.key: offer for offer in (*SHARED, DAY_CENTRE)}


def open_providers(session: Session, places: dict[str, Place]) -> None:
    """Register the providers that everybody knows, and a day centre in each municipality."""
    checked_by = next(iter(places.values())).users["iepirkumi"].id
    shared = {offer.key: _provider(session, offer, number, checked_by) for number, offer in enumerate(SHARED)}
    for number, place in enumerate(places.values(), 100):
        officer = place.users["iepirkumi"].id
        centre = _provider(session, DAY_CENTRE, number, officer, place)
        place.providers = {**shared, DAY_CENTRE.key: centre}
    session.flush()


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
    """The entry in force on the day; ValueError when there is none, since nobody may then be assigned (G40)."""
    for entry in provider.entries:
        if entry.valid_from <= day and (entry.valid_to is None or day <= entry.valid_to):
            return entry
    raise ValueError(f"{provider.name} was not registered on {day}")
