"""Prices as integer minor units with their currency; never floats."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {"JPY": 0, "KRW": 0, "ISK": 0, "CLP": 0, "VND": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}
_DEFAULT_EXPONENT = 2
_CODE_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (pence, cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        code = self.currency
        if not (len(code) == _CODE_LENGTH and code.isascii() and code.isalpha() and code.isupper()):
            raise ValueError(f"currency {code!r} is not a three-letter ISO 4217 code such as GBP")

    @property
    def exponent(self) -> int:
        """Digits after the decimal point."""
        return currency_exponent(self.currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-self.exponent)


def currency_exponent(currency: str) -> int:
    """Digits after the decimal point in `currency`."""
    return _EXPONENTS.get(currency, _DEFAULT_EXPONENT)


def parse_money(amount: str, currency: str) -> Money:
    """Read `"149.00"` as money.

    Raises: ValueError, saying what is allowed, for anything but a plain decimal that is ≥ 0 and has no more
    decimals than the currency.
    """
    text = amount.strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"price {amount!r} is not a number such as 149.00") from None
    if not value.is_finite() or value < 0 or "e" in text.lower() or "_" in text:
        raise ValueError(f"price {amount!r} must be a plain number of 0 or more")
    scaled = value.scaleb(currency_exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"price {amount!r} has more decimals than {currency} ({currency_exponent(currency)})")
    return Money(int(scaled), currency)
