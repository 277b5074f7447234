"""The timeline of a function: one lane an instance, from its start to its end.

Cold and warm calls differ in color, in hatching and in the count next to the lane. It draws
what the cloud has recorded; a call too short to see is drawn just wide enough.
"""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from lessons.charts.base import (
    BLUE,
    ORANGE,
    PALE,
    RED,
    Chart,
    draw_bar,
    legend_below,
    plain_axes,
)

if TYPE_CHECKING:
    from bot_sandbox.cloud.function import Function
    from bot_sandbox.cloud.history import InstanceRecord, Invocation

NARROWEST_BAR = 0.006  # of the whole time shown: a call of one millisecond must still be seen
EDGE_WIDTH = 0.6  # around a bar, so that two calls in a row are two bars
LABELS_APART = 0.07  # of the whole time shown: closer labels would overlap


def timeline(function: "Function") -> Chart:
    """Draw each instance of a function: starting, waiting in the pool, busy cold or warm."""
    instances, calls = list(function.instances), list(function.invocations)
    chart = Chart(f"timeline of {function.name}, one lane for each instance", 1.4)
    axes = plain_axes(chart, f"Instances of {function.name}", "seconds since the first start")
    if not instances:
        axes.set(xticks=[], yticks=[], xlabel="no instance has started yet")
        return chart
    chart.set_figheight(1.5 + 0.55 * len(instances))
    zero = min(instance.started for instance in instances)
    until = last_moment(instances, calls)
    for row, instance in enumerate(instances):
        own = [call for call in calls if call.instance == instance.number]
        draw_lane(axes, row, instance, own, zero, until)
    axes.set_yticks(range(len(instances)), [lane_name(instance, calls) for instance in instances])
    axes.set_ylim(len(instances) - 0.4, -0.6)
    legend_below(axes)
    return chart


def last_moment(instances: "list[InstanceRecord]", calls: "list[Invocation]") -> float:
    """Return the latest time on record, with some room for instances still waiting."""
    lives = [moment for i in instances for moment in (i.started, i.ready, i.stopped)]
    moments = [moment for moment in lives if moment is not None] + [call.end for call in calls]
    first, last = min(moments), max(moments)
    return last + 0.05 * (last - first)


def draw_lane(
    axes: Axes,
    row: int,
    instance: "InstanceRecord",
    calls: "list[Invocation]",
    zero: float,
    until: float,
) -> None:
    """Draw one instance: its start, its wait in the pool, and its calls on top."""
    stopped = until if instance.stopped is None else instance.stopped
    ready = stopped if instance.ready is None else instance.ready
    starting = {"color": PALE, "height": 0.3, "hatch": "////", "linewidth": EDGE_WIDTH}
    draw_bar(axes, row, instance.started - zero, ready - zero, "starting", **starting)
    waiting = {"color": PALE, "height": 0.12, "linewidth": EDGE_WIDTH}
    draw_bar(axes, row, ready - zero, stopped - zero, "waiting in the pool", **waiting)
    narrowest, apart = NARROWEST_BAR * (until - zero), LABELS_APART * (until - zero)
    free_from = float("-inf")
    for call in sorted(calls, key=lambda call: call.start):
        start = max(call.start, ready) - zero  # a cold call first waits for its instance
        end = max(call.end - zero, start + narrowest)
        kind, color = ("cold", ORANGE) if call.cold else ("warm", BLUE)
        hatch = "xx" if call.cold else ""
        look = {"color": color, "height": 0.55, "hatch": hatch, "linewidth": EDGE_WIDTH}
        draw_bar(axes, row, start, end, f"{kind} call", **look)
        if start >= free_from:
            axes.text(start, row - 0.32, kind, fontsize=8, color=RED if call.cold else BLUE)
            free_from = start + apart


def lane_name(instance: "InstanceRecord", calls: "list[Invocation]") -> str:
    """Name a lane: the instance's number, its cold and warm calls."""
    own = [call.cold for call in calls if call.instance == instance.number]
    return f"instance {instance.number}\n{own.count(True)} cold, {own.count(False)} warm"
