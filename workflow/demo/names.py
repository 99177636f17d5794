"""Names, addresses and codes that are visibly invented (no real person may be mistaken for them)."""

from __future__ import annotations

import random

from stdnum.lv import pvn

# «Example», «sample», «invented», «imagined», «supposed»: for men and women. Latvian, then Russian families.
SURNAMES = {
    "lv": (
        ("Paraugs", "Parauga"),
        ("Piemērs", "Piemēra"),
        ("Izdomātais", "Izdomātā"),
        ("Demonstrācijs", "Demonstrācija"),
        ("Iedomātais", "Iedomātā"),
        ("Fiktīvais", "Fiktīvā"),
        ("Nosacītais", "Nosacītā"),
        ("Paraudziņš", "Paraudziņa"),
        ("Piemēriņš", "Piemēriņa"),
        ("Mēģinājums", "Mēģinājuma"),
        ("Paraugbērziņš", "Paraugbērziņa"),
        ("Izdomiņš", "Izdomiņa"),
    ),
    "ru": (
        ("Primerovs", "Primerova"),
        ("Šablonovs", "Šablonova"),
        ("Vimislovs", "Vimislova"),
        ("Nebivalovs", "Nebivalova"),
        ("Uslovnijs", "Uslovnaja"),
        ("Predpoložnijs", "Predpoložnaja"),
        ("Demonstracijs", "Demonstracija"),
    ),
}
BOYS = {
    "lv": "Adrians Artūrs Daniels Dāvis Edgars Emīls Gustavs Jānis Jēkabs Kārlis Kristaps Markuss Matīss Mārtiņš "
    "Ralfs Raivis Reinis Roberts Rūdolfs Toms",
    "ru": "Aleksandrs Aleksejs Andrejs Artjoms Daniils Deniss Iļja Kirils Maksims Mihails Nikita Timofejs",
}
GIRLS = {
    "lv": "Adele Alise Anete Anna Beatrise Elīna Elza Emīlija Estere Evelīna Gabriela Grēta Katrīna Keita Krista "
    "Laura Luīze Made Marta Paula Sofija Viktorija",
    "ru": "Anastasija Arina Darja Jekaterina Jeļena Ksenija Marija Milana Poļina Ūļana Valērija Varvara",
}
MOTHERS = {
    "lv": "Agnese Aiga Baiba Dace Daina Evita Gunta Ieva Ilze Inese Inga Kristīne Laima Liene Linda Līga Māra Sanita "
    "Sigita Zane",
    "ru": "Alla Irina Jūlija Ludmila Marina Nadežda Natālija Oksana Olga Svetlana Tatjana Žanna",
}
FATHERS = {
    "lv": "Ainārs Aivars Andris Guntis Ivars Juris Māris Normunds Oskars Pēteris Raimonds Valdis",
    "ru": "Aleksejs Dmitrijs Igors Jurijs Oļegs Sergejs Viktors Vladimirs",
}
STREETS = ("Parauga iela", "Piemēra iela", "Izdomu iela", "Demonstrācijas iela", "Iedomu gatve")
VILLAGES = ("Paraugciems", "Izdomu sādža", "Piemērsala", "")

CODE_SERIES = "329999"
"""Codes of the new style, without a date of birth; no demonstration leaves this series."""

LONGEST_SERIES = 9999


def personal_code(number: int) -> str:
    """A personal code of the fictional series with its right check digit; ValueError when the series is used up."""
    if not 0 <= number <= LONGEST_SERIES:
        raise ValueError("the series of fictional personal codes is used up")
    body = f"{CODE_SERIES}{number:04d}"
    return f"{body}{pvn.calc_check_digit_pers(body)}"


def registration_no(number: int) -> str:
    """A registration number of the fictional series 4999…, with a right check digit (DOMAIN 7.4)."""
    bodies = (f"49990{number:03d}{filler:02d}" for filler in range(100))
    return next(f"{body}{digit}" for body in bodies for digit in range(10) if pvn.checksum(f"{body}{digit}") == 3)


def address(rng: random.Random, municipality: str) -> str:
    """An address in the municipality, in a street that says it is an example."""
    village = rng.choice(VILLAGES)
    parts = [f"{rng.choice(STREETS)} {rng.randint(1, 60)}", village, municipality]
    return ", ".join(part for part in parts if part)


def pick(rng: random.Random, names: dict[str, str], language: str) -> str:
    """One first name of the language."""
    return rng.choice(names[language].split())
