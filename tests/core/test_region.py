"""The table of regions and the scopes that cover them."""

import pytest

from planner.core.region import AREAS, REGIONS, SCOPES, crosses_border, is_mainland, scopes, suggest_region


def test_every_region_has_a_known_area_a_source_and_its_own_id() -> None:
    for region_id, region in REGIONS.items():
        assert region.id == region_id
        assert region.area in AREAS
        assert region.source.startswith("https://")


def test_hong_kong_is_asia_pacific_and_overseas_although_its_id_begins_with_cn() -> None:
    assert not is_mainland("cn-hongkong")
    assert scopes("cn-hongkong") == ("cn-hongkong", "asia-pacific", "overseas", "all")


def test_scopes_of_a_mainland_region_leave_out_overseas() -> None:
    assert is_mainland("cn-shenzhen")
    assert scopes("cn-shenzhen") == ("cn-shenzhen", "mainland", "all")


def test_an_area_is_covered_by_what_covers_all_of_it() -> None:
    assert scopes("europe") == ("europe", "overseas", "all")
    assert scopes("mainland") == ("mainland", "all")
    assert scopes("mainland>eu-west-1")[:3] == ("mainland>eu-west-1", "mainland>europe", "mainland>overseas")


def test_scopes_are_known_names() -> None:
    assert all(scope in SCOPES for region_id in REGIONS for scope in scopes(region_id))


def test_lanes_between_narrow_scopes_come_before_those_between_wide_ones() -> None:
    assert scopes("cn-beijing>eu-west-1") == (
        "cn-beijing>eu-west-1",
        "cn-beijing>europe",
        "mainland>eu-west-1",
        "mainland>europe",
        "cn-beijing>overseas",
        "mainland>overseas",
        "cn-beijing>all",
        "mainland>all",
        "all>eu-west-1",
        "all>europe",
        "all>overseas",
        "all>all",
    )
    assert "overseas>mainland" in scopes("cn-hongkong>cn-shenzhen")


@pytest.mark.parametrize(
    ("origin", "destination", "crosses"),
    [
        ("mainland", "europe", True),
        ("cn-hongkong", "cn-shenzhen", True),  # Hong Kong is elsewhere
        ("overseas", "mainland", True),
        ("mainland", "cn-beijing", False),
        ("asia-pacific", "overseas", False),
        ("all", "mainland", None),
        ("all", "all", None),
    ],
)
def test_a_lane_crosses_the_border_where_one_end_lies_in_the_mainland(
    origin: str, destination: str, crosses: bool | None
) -> None:
    assert crosses_border(origin, destination) is crosses


def test_a_region_that_takes_no_attachments_and_one_by_request_say_so() -> None:
    fuzhou, atlanta = REGIONS["cn-fuzhou"], REGIONS["us-southeast-1"]
    assert (fuzhou.public, fuzhou.private, fuzhou.note) == ("no", "no", "being retired")
    assert (atlanta.public, atlanta.private) == ("by-request", "by-request")
    assert "account manager" in atlanta.note


def test_zones_that_no_page_lists_are_unknown() -> None:
    assert REGIONS["cn-zhongwei"].zones == ()
    assert REGIONS["cn-zhongwei"].dual_tunnel == "default"
    assert REGIONS["cn-hangzhou"].zones == ("B", "H", "I", "J", "K")


def test_an_unknown_region_is_a_lookup_error_that_names_it() -> None:
    with pytest.raises(LookupError, match="'atlantis'"):
        scopes("atlantis")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("ap-southest-1", "ap-southeast-1"),
        ("singapore", "ap-southeast-1"),
        ("Hong Kong", "cn-hongkong"),
        ("frankfurt", "eu-central-1"),
        ("cn-hohhot", "cn-huhehaote"),
    ],
)
def test_a_wrong_region_is_answered_with_the_nearest_one(wrong: str, meant: str) -> None:
    assert repr(meant) in suggest_region(wrong)


def test_nothing_near_gets_an_example_not_a_guess() -> None:
    assert "such as" in suggest_region("xyzzy")
