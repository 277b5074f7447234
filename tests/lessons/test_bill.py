"""The bill as a chart."""

from types import SimpleNamespace

import pytest

from bot_sandbox.cloud.bill import make_bill
from bot_sandbox.cloud.history import Invocation
from lessons.charts.bill import billed_parts, receipt


def invocation(cold, duration_ms):
    init_ms = 40.5 if cold else 0
    return Invocation("id", 1, cold, 0, 1, init_ms, duration_ms, 0, 128, 20, None)


def function(*calls):
    return SimpleNamespace(
        name="greet", invocations=calls, bill=lambda tariff: make_bill(calls, tariff)
    )


@pytest.mark.parametrize("calls", [[], [invocation(True, 20.0), invocation(False, 120.0)]])
def test_a_receipt_is_a_small_picture_with_a_stable_text(calls):
    chart = receipt(function(*calls))
    assert len(chart._repr_html_()) < 60_000
    assert repr(chart) == f"<chart: {chart.says}>"


def test_a_receipt_has_each_call_at_each_cloud():
    axes = receipt(function(invocation(True, 20.0), invocation(False, 120.0))).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "call 1, cold   AWS",
        "Yandex",
        "call 2, warm   AWS",
        "Yandex",
    ]
    words = [text.get_text().split(",")[0] for text in axes.texts]
    assert words == ["61 ms", "100 ms", "120 ms", "200 ms"]


@pytest.mark.parametrize("tariff", ["aws", "yandex"])
def test_the_parts_of_a_bar_are_the_time_billed(tariff):
    bill = make_bill([invocation(True, 20.0), invocation(False, 120.5)], tariff)
    for row in bill.rows:
        drawn = billed_parts(row, bill.tariff)
        assert sum(width for *_, width in drawn) == pytest.approx(row.billed_ms)
        assert ("starting" in [name for name, *_ in drawn]) == (row.cold and tariff == "aws")
