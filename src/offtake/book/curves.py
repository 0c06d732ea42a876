"""What a curve says a chip-hour costs on a day, to somebody who knows no later price."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from offtake.book.records import Curve, Forecast
from offtake.units import Month, Price

PLACES = Decimal("1e-9")


def price_on(curve: Curve, day: dt.date, known: dt.date) -> Price:
    """The price on a day: the last that was dated by then and known, or its forecast.

    A price dated after `known` is not known yet. After the last known price the forecast moves it
    month by month, with the rate of a year; before the first one, that price holds.
    """
    dated = sorted(curve.prices)
    seen = [d for d in dated if d <= known] or dated[:1]
    held = [d for d in seen if d <= day] or seen[:1]
    price = curve.prices[held[-1]]
    if held[-1] != seen[-1] or day <= max(known, seen[-1]):
        return price
    months = Month.of(day) - Month.of(max(known, seen[-1]))
    return _moved(price, yearly(curve.forecast), months)


def yearly(forecast: Forecast | None) -> Fraction:
    """The factor of a year: 0.8 where prices fall by 20 % per year, 1 where nothing is stated."""
    if forecast is not None and forecast.falls is not None:
        return 1 - Fraction(forecast.falls.value)
    if forecast is not None and forecast.rises is not None:
        return 1 + Fraction(forecast.rises.value)
    return Fraction(1)


def _moved(price: Price, factor: Fraction, months: int) -> Price:
    if factor == 1 or months == 0:
        return price
    years = Decimal(months) / 12
    amount = price.amount * (Decimal(factor.numerator) / Decimal(factor.denominator)) ** years
    return Price(amount.quantize(PLACES), price.currency, price.per)
