"""The price table says who says so, and the arithmetic agrees with the clouds' own examples."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.cloud.prices import functions, read_part, required_fields, servers
from lessons.costs.month import (
    Work,
    break_even,
    function_cost,
    held_in_a_function,
    server_cost,
)
from lessons.costs.price_list import price_table

AWS, YANDEX, GOOGLE = (functions()[name] for name in ("aws", "yandex", "google"))
ROWS = [*functions().values(), *servers().values()]


# --- the table --------------------------------------------------------------------------------


@pytest.mark.parametrize("price", ROWS, ids=lambda price: price.name)
def test_every_price_has_a_source_a_date_and_a_certainty(price):
    assert price.source.startswith("https://")
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", price.date)
    assert price.certainty in ("low", "medium", "medium-high", "high")
    assert f"({price.source}) | " in repr(price_table()) and price.date in repr(price_table())


@pytest.mark.parametrize("missing", ["source", "date", "certainty", "currency"])
def test_a_price_nobody_can_check_is_refused(missing):
    row = read_part("functions")["aws"]
    del row[missing]
    with pytest.raises(ValueError, match=f"has no {missing}: AWS Lambda"):
        required_fields(row)


# --- a function's month -----------------------------------------------------------------------


def test_amazons_own_examples():
    """aws.amazon.com/lambda/pricing, before INIT was billed: $18.73 and, for 128 MB, $11.63."""
    assert function_cost(AWS, 3_000_000, Work(1000, 512)).total == pytest.approx(18.73, abs=0.01)
    assert function_cost(AWS, 30_000_000, Work(200, 128)).total == pytest.approx(11.63, abs=0.01)


def test_yandexs_own_example():
    """10 million calls of 800 ms with 512 MB, in the documentation at $0.04376 and $0.128."""
    then = replace(YANDEX, gb_second=0.043760 / 3600, request=0.128e-6)
    cost = function_cost(then, 10_000_000, Work(800, 512))
    assert cost.total == pytest.approx(49.336622, abs=1e-5)


def test_googles_processor_is_paid_apart_and_must_be_said():
    cost = function_cost(GOOGLE, 10_000_000, Work(200, 512, vcpu=1))
    assert cost.cpu == pytest.approx((2_000_000 - 180_000) * 0.000024)
    assert cost.time == pytest.approx((1_000_000 - 360_000) * 0.0000025)
    assert cost.requests == pytest.approx(3.20)
    with pytest.raises(ValueError, match="vcpu="):
        function_cost(GOOGLE, 1, Work(200))


def test_a_small_bot_is_free_everywhere():
    for price in functions().values():
        assert function_cost(price, 100_000, Work(5, 128, 0.1, 200, vcpu=0.1)).total == 0


def test_time_is_rounded_up_as_each_cloud_does():
    assert [AWS.billed_ms(ms) for ms in (0, 0.1, 1, 1.0001, 99.9)] == [0, 1, 1, 2, 100]
    assert [YANDEX.billed_ms(ms) for ms in (0.1, 100, 100.1, 300)] == [100, 100, 200, 300]


def test_a_cold_start_is_paid_for_where_the_cloud_says_so():
    assert AWS.billed_ms(10, init_ms=200) == 210
    assert YANDEX.init_billed is None  # not said, so not counted
    assert YANDEX.billed_ms(10, init_ms=200) == 100
    warm, cold = (function_cost(AWS, 10**7, Work(10, 512, share, 200)) for share in (0, 1))
    assert cold.requests == warm.requests and cold.time > warm.time


@given(
    st.sampled_from([AWS, YANDEX, GOOGLE]), st.integers(0, 10**9), st.integers(0, 10**9),
    st.floats(0, 10_000), st.integers(128, 10_240), st.booleans(),
)  # fmt: skip
def test_more_traffic_never_costs_less(price, some, more, duration, memory, free):
    work = Work(duration, memory, vcpu=1)
    less, most = sorted([some, more])
    cheap, dear = (function_cost(price, n, work, free).total for n in (less, most))
    assert 0 <= cheap <= dear
    assert dear <= function_cost(price, most, work, free_tier=False).total


@pytest.mark.parametrize("wrong", [{"duration_ms": -1}, {"memory_mb": 0}, {"cold_share": 1.5},
                                   {"init_ms": -1}])  # fmt: skip
def test_work_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"expected|cannot be"):
        Work(**({"duration_ms": 5} | wrong))


# --- a server's month -------------------------------------------------------------------------


def test_a_server_costs_the_same_busy_or_not():
    cost = server_cost([servers()["aws-t4g-nano"], servers()["aws-ipv4"]])
    assert cost.total == pytest.approx(3.066 + 3.65)
    assert str(server_cost([servers()["aws-lightsail-nano"]])) == "5.00 USD a month"


def test_no_exchange_rate_is_assumed():
    elsewhere = replace(servers()["aws-lightsail-nano"], currency="EUR")
    mixed = [servers()["aws-ipv4"], elsewhere]
    with pytest.raises(ValueError, match=r'rates=\{"EUR"'):
        server_cost(mixed)
    assert server_cost(mixed, rates={"EUR": 1.1}).total == pytest.approx(3.65 + 5 * 1.1)


# --- which home is cheaper --------------------------------------------------------------------


@given(
    st.sampled_from([AWS, YANDEX, GOOGLE]), st.floats(0, 100), st.floats(0.1, 5000),
    st.integers(128, 4096), st.booleans(),
)  # fmt: skip
def test_break_even_is_where_the_function_becomes_dearer(price, month, duration, memory, free):
    work = Work(duration, memory, vcpu=0.2)
    requests = break_even(price, work, month, free)
    assert requests is not None
    assert function_cost(price, requests, work, free).total <= month or requests == 0
    assert function_cost(price, requests + 1, work, free).total > month


def test_arguments_in_the_wrong_order_are_told_what_belongs_there():
    server = server_cost([servers()["aws-ipv4"]])
    with pytest.raises(TypeError, match=r"a cloud's price first.*found Work\("):
        break_even(Work(5), AWS, server.total)
    with pytest.raises(TypeError, match=r"Work\(milliseconds"):
        break_even(AWS, 5, server.total)
    with pytest.raises(TypeError, match=r"server\.total"):
        break_even(AWS, Work(5), server)


def test_a_server_that_costs_more_than_any_traffic_is_never_reached():
    assert break_even(AWS, Work(1), month=1e12) is None


def test_holding_a_connection_in_a_function_is_paid_for_every_second():
    """What a notebook shows: free only as long as the account's free allowance lasts."""
    month = 730 * 3600
    bare = held_in_a_function(AWS, 900, Work(0, 128), free_tier=False)
    assert bare.time == pytest.approx(month * 0.125 * 0.0000166667)
    assert bare.requests == pytest.approx(month / 900 * 0.2e-6)
    assert held_in_a_function(AWS, 900, Work(0, 128)).total == 0  # 328,500 of 400,000 GB-seconds
    assert held_in_a_function(AWS, 900, Work(0, 256)).total > 4
    often = held_in_a_function(AWS, 3, Work(0, 128, init_ms=200), free_tier=False)
    assert often.total > bare.total


@pytest.mark.parametrize("wrong", [0, -1, float("nan")])
def test_a_time_limit_is_above_0(wrong):
    with pytest.raises(ValueError, match="above 0"):
        held_in_a_function(AWS, wrong, Work(2))
