"""The columns of each dataset by version, and which of them hold numbers and times.

Taken from the specification, versions 1.2 to 1.4 (https://focus.finops.org). Columns whose
condition does not hold here are left out, as it asks: prices in other currencies, commitment
discounts, capacity reservations, split cost allocation, availability zones, several types of
accounts. One of them is there, and null: `CommitmentDiscountStatus`, which rules about quantities
refer to, whether discounts are known or not. Columns of our own begin with `x_Offtake`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Version = Literal["1.2", "1.3", "1.4"]
VERSIONS: tuple[Version, ...] = ("1.2", "1.3", "1.4")

Cell = str | Decimal | dt.datetime | None
"""A time is aware, in UTC; a number has at most `PLACES` decimals."""
Row = Mapping[str, Cell]
PLACES = 12

COST_AND_USAGE = "CostAndUsage"
CONTRACT_COMMITMENT = "ContractCommitment"
INVOICE_DETAIL = "InvoiceDetail"
BILLING_PERIOD = "BillingPeriod"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COST_AND_USAGE = _names(
    """
    BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd
    BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargeFrequency
    ChargePeriodEnd ChargePeriodStart CommitmentDiscountStatus ConsumedQuantity ConsumedUnit
    ContractApplied ContractedCost ContractedUnitPrice EffectiveCost HostProviderName
    InvoiceDetailId InvoiceId InvoiceIssuerName ListCost ListUnitPrice PricingCategory
    PricingQuantity PricingUnit ProviderName PublisherName RegionId RegionName ResourceId
    ResourceName ResourceType ServiceCategory ServiceName ServiceProviderName ServiceSubcategory
    SkuId SkuMeter SkuPriceDetails SkuPriceId SubAccountId SubAccountName Tags
    """
)
_OWN = _names(
    """
    x_OfftakeAgreement x_OfftakeStatement x_OfftakeLine x_OfftakeClause x_OfftakePlace x_OfftakeWhy
    x_OfftakeCauses x_OfftakeChipHours x_OfftakePayer x_OfftakePayee x_OfftakeReverses
    x_OfftakeSigning
    """
)
_SINCE = dict.fromkeys(("ContractApplied", "HostProviderName", "ServiceProviderName"), "1.3")
_SINCE["InvoiceDetailId"] = "1.4"
_UNTIL = dict.fromkeys(("ProviderName", "PublisherName"), "1.3")

_OTHERS: dict[str, tuple[str, ...]] = {
    CONTRACT_COMMITMENT: _names(
        """
        BillingCurrency ContractCommitmentApplicability ContractCommitmentBenefitCategory
        ContractCommitmentCategory ContractCommitmentCost ContractCommitmentCreated
        ContractCommitmentDescription ContractCommitmentDiscountPercentage
        ContractCommitmentDurationType ContractCommitmentFulfillmentInterval ContractCommitmentId
        ContractCommitmentLastUpdated ContractCommitmentLifecycleStatus ContractCommitmentModel
        ContractCommitmentOfferCategory ContractCommitmentPaymentInterval
        ContractCommitmentPaymentModel ContractCommitmentPaymentUpfrontPercentage
        ContractCommitmentPeriodEnd ContractCommitmentPeriodStart ContractCommitmentQuantity
        ContractCommitmentType ContractCommitmentUnit ContractId ContractPeriodEnd
        ContractPeriodStart InvoiceIssuerName ServiceProviderName x_OfftakeClause x_OfftakePlace
        """
    ),
    INVOICE_DETAIL: _names(
        """
        BilledCost BillingAccountId BillingCurrency BillingPeriodEnd BillingPeriodStart
        ChargeCategory InvoiceDetailCreated InvoiceDetailDescription InvoiceDetailGrain
        InvoiceDetailId InvoiceDetailLastUpdated InvoiceId InvoiceIssueDate InvoiceIssueStatus
        InvoiceIssuerName PaymentDueDate PaymentTerms ReferenceInvoiceId x_OfftakeLine
        """
    ),
    BILLING_PERIOD: _names(
        """
        BillingPeriodCreated BillingPeriodEnd BillingPeriodLastUpdated BillingPeriodStart
        BillingPeriodStatus InvoiceIssuerName
        """
    ),
}
NUMBERS = frozenset(
    _names(
        """
    BilledCost ConsumedQuantity ContractedCost ContractedUnitPrice EffectiveCost ListCost
    ListUnitPrice PricingQuantity x_OfftakeChipHours ContractCommitmentCost
    ContractCommitmentDiscountPercentage ContractCommitmentPaymentUpfrontPercentage
    ContractCommitmentQuantity
        """
    )
)
TIMES = frozenset(
    _names(
        """
    BillingPeriodEnd BillingPeriodStart ChargePeriodEnd ChargePeriodStart ContractCommitmentCreated
    ContractCommitmentLastUpdated ContractCommitmentPeriodEnd ContractCommitmentPeriodStart
    ContractPeriodEnd ContractPeriodStart InvoiceDetailCreated InvoiceDetailLastUpdated
    InvoiceIssueDate PaymentDueDate BillingPeriodCreated BillingPeriodLastUpdated
        """
    )
)


@dataclass(frozen=True, slots=True)
class Table:
    """A dataset: its columns in their order, and its rows; a cell that is not there is null."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def columns_of(dataset: str, version: Version) -> tuple[str, ...]:
    """The columns of a dataset, with ours at the end."""
    if dataset != COST_AND_USAGE:
        return _OTHERS[dataset]
    there = (
        name
        for name in _COST_AND_USAGE
        if _SINCE.get(name, version) <= version <= _UNTIL.get(name, version)
    )
    return (*there, *_OWN)
