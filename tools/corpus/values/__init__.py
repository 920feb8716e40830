"""Values by the name that templates call them."""

from __future__ import annotations

from tools.corpus.values import addresses, au, everywhere, nz, persons, phones, secrets, uk, us
from tools.corpus.values.base import Forms, Maker
from tools.corpus.values.harmless import HARMLESS

__all__ = ["HARMLESS", "IDENTIFIERS", "MAKERS", "Forms", "Maker"]

#: Those that the general frames are filled with: each has labels in every split.
IDENTIFIERS: dict[str, Maker] = {**au.MAKERS, **nz.MAKERS, **uk.MAKERS, **us.MAKERS, **everywhere.MAKERS}
MAKERS: dict[str, Maker] = {**IDENTIFIERS, **persons.MAKERS, **addresses.MAKERS, **phones.MAKERS, **secrets.MAKERS}
