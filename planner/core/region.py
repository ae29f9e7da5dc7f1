"""The one table of regions: name, area, and what of an IPsec-VPN attachment they support.

sources : the pages named below, read up to 2026-08; there, public and private support is one flag per region.
Left out, because no page that was read gives their id: Brazil (Sao Paulo), which supports attachments, and
China (Xi'an - Local Region), which has a price for outbound data transfer. A plan cannot name them yet.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Literal, get_args

Area = Literal["mainland", "asia-pacific", "europe", "north-america", "south-america", "middle-east"]
Support = Literal["yes", "no", "by-request"]
DualTunnel = Literal["yes", "default", "unknown"]

AREAS: tuple[Area, ...] = get_args(Area)
OVERSEAS = "overseas"
EVERYWHERE = "all"
LANE = ">"
"""Between the two ends of a lane: what is sent from one region to another, such as mainland>europe."""

_FEATURES = (
    "https://help.aliyun.com/en/vpn/sub-product-ipsec-vpn/product-overview/"
    "regions-that-support-different-features-of-ipsec-vpn"
)
_FEATURES_INTL = _FEATURES.replace("help.aliyun.com/en", "www.alibabacloud.com/help/pt-br")
_DUAL_TUNNEL = "https://www.alibabacloud.com/help/doc-detail/430697.htm"
_ZONES = "https://help.aliyun.com/en/cen/product-overview/regions-and-zones-that-support-transit-router"

_RETIRING = "being retired"
_ONE_ZONE = "one zone only"
_BY_REQUEST = "not generally available, ask the account manager"
_INFERRED = (
    "id listed in the endpoint map of alibabacloud-go/vpc-20160428 (2026-08-03); "
    "that it is this region's is inferred, no page that was read says so"
)


@dataclass(frozen=True, slots=True)
class Region:
    """A region of Alibaba Cloud."""

    id: str
    name: str
    area: Area
    """The area whose prices and free quotas apply; Hong Kong is asia-pacific."""
    public: Support
    """Whether public (Internet) IPsec-VPN connections can be attached to a transit router."""
    private: Support
    """Whether private ones can."""
    dual_tunnel: DualTunnel
    """yes: listed with zones for two tunnels; default: two tunnels without a published list of zones."""
    zones: tuple[str, ...]
    """Letters of the zones that take tunnels; empty: unknown."""
    note: str
    """What else a reader must know, as a phrase; empty if nothing."""
    source: str
    """Address of the page; several are joined by " ; "."""

    @property
    def one_zone(self) -> bool:
        """Whether it has one zone, so that both tunnels of a connection are in it; false where that is unknown."""
        return len(self.zones) == 1 or self.note.startswith(_ONE_ZONE)


def _region(
    region_id: str,
    name: str,
    area: Area,
    zones: str,
    source: str = _FEATURES,
    support: Support = "yes",
    dual_tunnel: DualTunnel = "yes",
    note: str = "",
) -> Region:
    # No zone letters means that no table of zones for two tunnels was published.
    tunnels = dual_tunnel if zones else "default"
    return Region(region_id, name, area, support, support, tunnels, tuple(zones), note, source)


_TABLE = (
    _region("cn-hangzhou", "China (Hangzhou)", "mainland", "BHIJK", f"{_FEATURES} ; {_ZONES}"),
    _region("cn-shanghai", "China (Shanghai)", "mainland", "BCEFGLMN", f"{_FEATURES} ; {_ZONES}"),
    _region("cn-qingdao", "China (Qingdao)", "mainland", "BC"),
    _region("cn-beijing", "China (Beijing)", "mainland", "CFGHIJKL"),
    _region("cn-zhangjiakou", "China (Zhangjiakou)", "mainland", "ABC"),
    _region("cn-huhehaote", "China (Hohhot)", "mainland", "AB"),
    _region("cn-wulanchabu", "China (Ulanqab)", "mainland", "ABC"),
    _region("cn-shenzhen", "China (Shenzhen)", "mainland", "ACDEF", note="zone A is closed to new users"),
    _region("cn-heyuan", "China (Heyuan)", "mainland", "AB"),
    _region("cn-guangzhou", "China (Guangzhou)", "mainland", "AB"),
    _region("cn-chengdu", "China (Chengdu)", "mainland", "AB"),
    _region("cn-zhongwei", "China (Zhongwei)", "mainland", ""),
    _region(
        "cn-wuhan-lr",
        "China (Wuhan - Local Region)",
        "mainland",
        "",
        note=f"{_ONE_ZONE}, letter unknown",
    ),
    _region("cn-nanjing", "China (Nanjing - Local Region)", "mainland", "A", note=_RETIRING),
    _region(
        "cn-fuzhou",
        "China (Fuzhou - Local Region)",
        "mainland",
        "A",
        support="no",
        dual_tunnel="unknown",
        note=_RETIRING,
    ),
    _region("cn-hongkong", "China (Hong Kong)", "asia-pacific", "BCD"),
    _region("ap-northeast-1", "Japan (Tokyo)", "asia-pacific", "ABC"),
    _region("ap-northeast-2", "South Korea (Seoul)", "asia-pacific", "AB"),
    _region("ap-southeast-1", "Singapore", "asia-pacific", "ABC"),
    _region("ap-southeast-3", "Malaysia (Kuala Lumpur)", "asia-pacific", "ABC"),
    _region("ap-southeast-5", "Indonesia (Jakarta)", "asia-pacific", "ABC"),
    _region("ap-southeast-6", "Philippines (Manila)", "asia-pacific", "A"),
    _region("ap-southeast-7", "Thailand (Bangkok)", "asia-pacific", "AB"),
    _region("ap-southeast-8", "Malaysia (Johor)", "asia-pacific", ""),
    _region("eu-central-1", "Germany (Frankfurt)", "europe", "ABC"),
    _region("eu-west-1", "UK (London)", "europe", "AB"),
    _region("eu-west-2", "France (Paris)", "europe", "", _FEATURES_INTL, note=_INFERRED),
    _region("us-east-1", "US (Virginia)", "north-america", "AB"),
    _region("us-west-1", "US (Silicon Valley)", "north-america", "AB", _FEATURES_INTL),
    _region(
        "us-southeast-1",
        "US (Atlanta)",
        "north-america",
        "",
        _FEATURES_INTL,
        support="by-request",
        note=f"{_BY_REQUEST}; {_INFERRED}",
    ),
    _region("na-south-1", "Mexico", "north-america", "A", f"{_FEATURES_INTL} ; {_DUAL_TUNNEL}", note=_INFERRED),
    _region("me-east-1", "UAE (Dubai)", "middle-east", "AB", _DUAL_TUNNEL),
    _region("me-central-1", "SAU (Riyadh - Partner Region)", "middle-east", "AB", _DUAL_TUNNEL, note=_INFERRED),
)

REGIONS: dict[str, Region] = {region.id: region for region in _TABLE}
"""Every region by its id: the mainland first, then area by area."""

SCOPES = frozenset((*REGIONS, *AREAS, OVERSEAS, EVERYWHERE))
"""Every name that a price or a quota may be limited to."""


def region(region_id: str) -> Region:
    """The region of an id; LookupError with the id for one that the table does not have."""
    try:
        return REGIONS[region_id]
    except KeyError:
        raise LookupError(f"no region {region_id!r} in the table") from None


def is_mainland(region_id: str) -> bool:
    """Whether a region lies in the Chinese mainland. Hong Kong does not: it bills as elsewhere."""
    return region(region_id).area == "mainland"


def crosses_border(origin: str, destination: str) -> bool | None:
    """Whether one of two scopes lies in the Chinese mainland and the other outside; None where all is one of them."""
    if EVERYWHERE in (origin, destination):
        return None
    inside = [scope == "mainland" or (scope in REGIONS and is_mainland(scope)) for scope in (origin, destination)]
    return inside[0] != inside[1]


def scopes(place: str) -> tuple[str, ...]:
    """Names of the scopes that cover a region, the most specific first: itself, its area, overseas, all.

    Overseas is every region but the mainland's. A whole area is covered likewise, without a region. A lane is covered
    by the lanes between the scopes of its ends, first those of its regions, then those of areas, and so on:
    "cn-beijing>eu-west-1", "cn-beijing>europe", "mainland>eu-west-1", "mainland>europe", ... LookupError for a region
    that the table does not have.
    """
    if LANE in place:
        return _scopes_of_lane(place)
    own, area = ((), place) if place in AREAS else ((place,), region(place).area)
    return (*own, area, EVERYWHERE) if area == "mainland" else (*own, area, OVERSEAS, EVERYWHERE)


@cache
def _scopes_of_lane(lane: str) -> tuple[str, ...]:
    width: dict[str, int] = {OVERSEAS: 2, EVERYWHERE: 3, **dict.fromkeys(AREAS, 1)}

    def widths(end: str) -> list[tuple[int, str]]:
        return [(width.get(name, 0), name) for name in scopes(end)]

    pairs = product(*map(widths, lane.split(LANE)))
    narrowest_first = sorted(pairs, key=lambda pair: (max(pair[0][0], pair[1][0]), pair[0][0], pair[1][0]))
    return tuple(f"{origin}{LANE}{destination}" for (_, origin), (_, destination) in narrowest_first)


def suggest_region(wrong: str) -> str:
    """A remedy for an id that the table does not have: the region whose id or name comes nearest."""
    from difflib import get_close_matches  # needed for wrong input only

    ids = {word: region.id for region in _TABLE for word in (region.id, *_place_names(region.name))}
    near = get_close_matches(wrong[:100].lower(), ids, n=1)
    if near:
        found = REGIONS[ids[near[0]]]
        return f"did you mean {found.id!r}, {found.name}?"
    return "give a region id such as 'ap-southeast-1'; the table of regions is in the documentation"


def _place_names(name: str) -> tuple[str, ...]:
    """ "China (Hong Kong)" is searched for as a whole and as "hong kong" and "hong-kong"."""
    place = name.partition("(")[2].partition(" - ")[0].rstrip(")") or name
    return name.lower(), place.lower(), place.lower().replace(" ", "-")
