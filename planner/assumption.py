"""Every question the published rules leave open, and the answer a plan gives it.

Some can be answered otherwise in a plan's ``assumptions``; the others are fixed for now and named all the
same, because a reader has to know them. An assumption that does not touch a plan is not listed for it.
source : open questions of the billing and limits pages, read up to November 2026
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from planner.core.entry import BY_SHAPE, Entry, Name
from planner.core.provenance import Assumption


class Assumptions(Entry):
    """Open questions that a plan can answer otherwise, by id."""

    ecmp_scope: Literal["route-set", "transit-router"] = Field(default="route-set", alias="ecmp-scope")
    """What the 16 VPN attachments in ECMP are counted over: one set of equal routes, or a whole router."""
    free_quota_region_order: Annotated[Literal["proportional"] | tuple[Name, ...], BY_SHAPE] = Field(
        default="proportional", alias="free-quota-region-order"
    )
    """Which regions of an account use its free quota first: in proportion to GB, or in the order of a list."""
    free_quota_position: Literal["before-tiers", "inside-tier-1"] = Field(
        default="before-tiers", alias="free-quota-position"
    )
    """Whether the free GB come before tier 1 or are its first GB."""
    prepaid_order: Literal["everything-else-first", "plan-first"] = Field(
        default="everything-else-first", alias="prepaid-order"
    )
    """Who draws on a prepaid volume first: everything else in the account, or the plan."""


_CATALOGUE: tuple[Assumption, ...] = (
    Assumption(
        "ecmp-scope",
        "What the limit of 16 VPN attachments in ECMP is counted over",
        "route-set",
        ("transit-router",),
        "",
        "The pages do not say whether it counts per set of equal routes or per transit router.",
    ),
    Assumption(
        "free-quota-region-order",
        "Which regions use an account-wide free quota first",
        "proportional",
        ("[region, ...]",),
        "",
        "The bill gives it to the region that consumes first, which a plan by months cannot know.",
    ),
    Assumption(
        "free-quota-position",
        "Whether free GB come before tier 1 or inside it",
        "before-tiers",
        ("inside-tier-1",),
        "",
        "Not stated; a public calculation reproduces with the free GB before tier 1.",
    ),
    Assumption(
        "prepaid-order",
        "Who draws on a prepaid volume first",
        "everything-else-first",
        ("plan-first",),
        "",
        "Not stated; traffic draws on it as it flows, which a plan by months cannot know.",
    ),
    Assumption(
        "prepaid-remaining",
        "A prepaid volume that began before the period is still unused, where remaining_gb does not say otherwise",
        "all",
        (),
        "",
        "Favourable: give remaining_gb in the estate.",
    ),
    Assumption(
        "savings-plan-hours",
        "Traffic is evenly spread over the hours of its month",
        "even",
        (),
        "",
        "A commitment that an hour does not use is lost, so traffic with peaks is covered less. Favourable.",
    ),
    Assumption(
        "list-prices-stay",
        "List prices stay as they are for the whole period",
        "yes",
        (),
        "",
        "Only price changes that were announced are in the price books.",
    ),
    Assumption(
        "part-of-an-hour",
        "Part of an hour is billed as a whole clock hour",
        "clock-hour",
        (),
        "",
        "The page says that part of an hour is a whole hour, not whether clock hours or running hours count.",
    ),
    Assumption(
        "gb-definition",
        "1 TB is 1,024 GB",
        "1 TB = 1,024 GB",
        (),
        "",
        "Official examples calculate so; whether a GB is 10^9 or 2^30 bytes is not stated. Give GB as billed.",
    ),
    Assumption(
        "encryption-overhead",
        "The GB of a plan are the billed GB",
        "included",
        (),
        "",
        "It is not stated whether the overhead of encryption counts; GB are taken as given.",
    ),
    Assumption(
        "connection-fee-per-connection",
        "A connection costs the same with one tunnel and with two",
        "yes",
        (),
        "",
        "The published unit is the connection; no price by tunnels was seen.",
    ),
    Assumption(
        "payer",
        "The transit router's account pays its connection and data processing fees",
        "cen-owner",
        (),
        "",
        "Both owners can be made to pay. The IPsec-VPN connection and data transfer stay with the owner of the"
        " connection, which is the natural reading and is not stated.",
    ),
    Assumption(
        "removal-order",
        "Sites that are removed are those added first",
        "oldest-first",
        (),
        "",
        "Decides only which connections of a group are on which billing mode.",
    ),
    Assumption(
        "baseline",
        "Where an account has no baseline, nothing else uses its free quota and tiers",
        "none",
        (),
        "",
        "Favourable for free quotas: give baselines in the estate.",
    ),
)


def listed(chosen: Assumptions) -> Mapping[str, Assumption]:
    """Every assumption by id, with the answer of this plan."""
    import dataclasses

    answers = {
        "ecmp-scope": chosen.ecmp_scope,
        "free-quota-position": chosen.free_quota_position,
        "prepaid-order": chosen.prepaid_order,
        "free-quota-region-order": chosen.free_quota_region_order
        if isinstance(chosen.free_quota_region_order, str)
        else ", ".join(chosen.free_quota_region_order),
    }
    return {known.id: dataclasses.replace(known, value=answers.get(known.id, known.default)) for known in _CATALOGUE}
