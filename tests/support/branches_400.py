"""Writes scenarios/branches-400.csv: 400 branches of an optician, the same on every run.

    python -m tests.support.branches_400 > scenarios/branches-400.csv

Cities and numbers are believable and made up. Nothing here is random: what varies is drawn from a checksum of
the branch's id, so a branch keeps its numbers when others are added.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

COLUMNS = (
    "id",
    "network_type",
    "transit_router",
    "owner_account",
    "cost_center",
    "connections_per_site",
    "ecmp",
    "internet_billing",
    "sites",
    "wave",
    "start",
    "end",
    "traffic",
    "to_data_center_gb",
    "from_data_center_gb",
    "monthly_growth_percent",
    "base_month",
)

WAVES = ("wave-1", "wave-2", "wave-3", "wave-4", "wave-5")
LARGE_CITY = 4
"""Branches from which a city has a flagship, which is its first branch."""


class Market(NamedTuple):
    """The branches that are attached to one transit router."""

    transit_router: str
    owner_account: str
    internet_billing: str
    cities: str
    """City and number of branches, in the order of the rollout."""


MARKETS = (
    Market(
        "tr-frankfurt", "retail-emea", "auto",
        "de-frankfurt 6, de-berlin 9, de-hamburg 7, de-munich 7, de-cologne 6, de-stuttgart 5, de-dusseldorf 5,"
        " de-leipzig 3, de-dresden 3, de-hanover 3, de-nuremberg 3, at-vienna 5, at-graz 2, ch-zurich 4,"
        " ch-geneva 2, fr-paris 9, fr-lyon 4, fr-marseille 3, fr-toulouse 2, nl-amsterdam 4, nl-rotterdam 3,"
        " be-brussels 3, it-milan 4, it-turin 2, pl-warsaw 4, cz-prague 2",
    ),
    Market(
        "tr-virginia", "retail-amer", "auto",
        "us-washington 7, us-baltimore 4, us-philadelphia 6, us-new-york 14, us-boston 7, us-charlotte 4,"
        " us-atlanta 7, us-miami 6, us-orlando 4, us-tampa 3, us-chicago 8, us-detroit 4, us-cleveland 3,"
        " us-pittsburgh 3, ca-toronto 6, ca-montreal 4",
    ),
    Market(
        "tr-silicon-valley", "retail-amer", "auto",
        "us-san-jose 4, us-san-francisco 7, us-oakland 2, us-sacramento 3, us-los-angeles 11, us-san-diego 5,"
        " us-seattle 6, us-portland 4, ca-vancouver 4, us-las-vegas 4, us-phoenix 5, us-denver 5",
    ),
    Market(
        "tr-singapore", "retail-apac", "auto",
        "sg-orchard 3, sg-jurong 2, sg-tampines 2, sg-woodlands 2, sg-changi 1, my-kuala-lumpur 7, my-penang 3,"
        " my-johor-bahru 3, th-bangkok 8, th-chiang-mai 2, id-jakarta 6, id-surabaya 3, ph-manila 6, ph-cebu 2,"
        " vn-ho-chi-minh-city 5, vn-hanoi 3, au-perth 2",
    ),
    Market(
        "tr-tokyo", "retail-apac", "legacy",
        "jp-tokyo 16, jp-yokohama 6, jp-osaka 8, jp-kyoto 3, jp-kobe 3, jp-nagoya 5, jp-fukuoka 4, jp-sapporo 3,"
        " jp-sendai 2",
    ),
    Market(
        "tr-hongkong", "retail-apac", "legacy",
        "hk-central 3, hk-causeway-bay 3, hk-tsim-sha-tsui 4, hk-mong-kok 3, hk-sha-tin 3, hk-tsuen-wan 2,"
        " hk-kwun-tong 2, hk-tuen-mun 2, mo-macau 2, tw-taipei 4, tw-kaohsiung 2",
    ),
)  # fmt: skip


def rows() -> Iterator[dict[str, str]]:
    """One row per branch; cells that stay empty are absent."""
    for market in MARKETS:
        cities = [(name, int(count)) for name, count in (city.split() for city in market.cities.split(", "))]
        branches = [(f"{name}-{number:02}", number, count) for name, count in cities for number in range(1, count + 1)]
        for place, (branch, number, count) in enumerate(branches):
            yield {
                "id": branch,
                "network_type": "public",
                "transit_router": market.transit_router,
                "owner_account": market.owner_account,
                "cost_center": branch[:2],
                "internet_billing": market.internet_billing,
                "sites": "1",
                **_schedule(branch, place, len(branches)),
                **_size(branch, number, count),
            }


def _schedule(branch: str, place: int, branches: int) -> dict[str, str]:
    """City after city, in waves; the first two branches are pilots, some dates are set by the builder or a lease."""
    if place < 2:
        return {"wave": "pilot"}
    draw = crc32(f"schedule {branch}".encode())
    if draw % 23 == 0:  # a new branch, on the day it opens
        return {"start": f"2027-{draw // 23 % 9 + 4:02}-{draw // 207 % 28 + 1:02}T09:00"}
    wave = {"wave": WAVES[place * len(WAVES) // branches]}
    if draw % 29 == 0:  # a lease that ends at the turn of a quarter
        wave["end"] = f"2028-{(7, 10)[draw // 29 % 2]:02}-01"
    return wave


def _size(branch: str, number: int, branches_in_city: int) -> dict[str, str]:
    """Flagships have traffic of their own; the others that of a profile, the larger ones two connections."""
    draw = crc32(f"size {branch}".encode())
    if number == 1 and branches_in_city >= LARGE_CITY:
        return {
            "connections_per_site": "2",
            "ecmp": "per-site",
            "to_data_center_gb": str(700 + draw % 11 * 50),
            "from_data_center_gb": str(240 + draw // 11 % 9 * 20),
            "monthly_growth_percent": ("0.8", "1.0", "1.25")[draw % 3],
            "base_month": "2027-01",
        }
    if draw % 10 < 4:
        return {"connections_per_site": "2", "ecmp": "per-site", "traffic": "large-branch"}
    return {"traffic": "small-branch"}


def text() -> str:
    """The file as it lies in scenarios/."""
    lines = [",".join(COLUMNS), *(",".join(row.get(column, "") for column in COLUMNS) for row in rows())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
