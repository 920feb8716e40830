"""What the elements of a FHIR resource say as a form's label does: its keys alone say little ("family", "value")."""

from __future__ import annotations

from collections.abc import Sequence

from app.pipeline.json_text import Pairs

#: What the labels of names and of parts of an address begin with.
HUMAN, HOME = "human", "home address"
#: Resources that are about one person; of others, addresses and ids are an institution's.
PERSONS = frozenset(["Patient", "Person", "Practitioner", "RelatedPerson"])
#: By what holds the element, and its key.
_NAMES = {
    ("name", "family"): f"{HUMAN} family name",
    ("name", "given"): f"{HUMAN} given name",
    ("name", "text"): f"{HUMAN} full name",
}
_ADDRESSES = {("address", part): f"{HOME} {part}" for part in ("line", "city", "district")}
_KEYS = frozenset([*(key for _, key in (*_NAMES, *_ADDRESSES)), "postalCode", "value"])
#: By the code of an identifier's type (HL7's table 0203).
_IDENTIFIERS = {
    "MR": "medical record number", "PI": "medical record number", "PT": "medical record number", "SS": "ssn",
    "DL": "driver's license number", "PPN": "passport number", "NHI": "nhi", "NH": "nhs", "NHS": "nhs", "NPI": "npi",
    "AN": "account number", "MC": "insurance number", "MB": "member number", "SN": "subscriber number",
    "EI": "employee number", "NI": "national number",
}  # fmt: skip
_LONGEST = 24


def element(key: str, owners: Sequence[Pairs], path: str) -> str:
    """The label of the string at `path` (as in `fields.Leaf`), "" where it is no such element."""
    if key not in _KEYS or not owners:
        return ""
    resource = next((kind for owner in reversed(owners) if (kind := owner.get("resourceType"))), None)
    if resource is None:
        return ""
    holder = path.removesuffix("[]").rpartition(".")[0].removesuffix("[]").rpartition(".")[2]
    if told := _NAMES.get((holder, key)):
        return told
    if resource not in PERSONS:
        return ""
    if (holder, key) == ("address", "postalCode"):
        return _postcode(owners[-1])
    if (holder, key) == ("identifier", "value"):
        return _identifier(owners[-1])
    return _ADDRESSES.get((holder, key), "")


def _postcode(address: Pairs) -> str:
    """Where the address is tells whose postcode it has."""
    place = next((said for name in ("country", "city") if isinstance(said := address.get(name), str) and said), "")
    return f"{place[:_LONGEST]} postcode".lstrip()


def _identifier(identifier: Pairs) -> str:
    kind, system = identifier.get("type"), identifier.get("system")
    codings = kind.get("coding") if isinstance(kind, Pairs) else None
    for coding in codings if isinstance(codings, list) else ():
        code = coding.get("code") if isinstance(coding, Pairs) else None
        if isinstance(code, str) and code in _IDENTIFIERS:
            return _IDENTIFIERS[code]
    # An object id says nothing; another system may be called after what it numbers.
    return "id number" if kind is None and isinstance(system, str) and system.startswith("urn:") else ""
