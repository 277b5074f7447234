"""A chart of a chat over time: which messages the bot heard, and which were said to nobody.

It draws what the sandbox Twitch has recorded: messages and the bot's logins.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lessons import charts
from lessons.charts import BLUE, INK, RED, Chart

if TYPE_CHECKING:
    from bot_sandbox.twitch import ChatMessage, ConnectionRecord

HEARD, MISSED = 1, 0  # the rows


def chat_chart(
    said: "Sequence[ChatMessage]",
    missed: "Sequence[ChatMessage]",
    connections: "Sequence[ConnectionRecord]",
) -> Chart:
    """Draw each message said, heard or missed, and each login of the bot meanwhile."""
    chart = Chart("the chat over time, messages heard and messages missed", 2.2)
    axes = charts.calm_axes(chart, "What the bot heard of the chat", "seconds")
    if not said:
        axes.set(xticks=[], yticks=[], xlabel="nothing was said yet")
        return chart
    zero, last = said[0].at, said[-1].at
    lost_ids = {message.id for message in missed}
    lost = [message.at - zero for message in said if message.id in lost_ids]
    heard = [message.at - zero for message in said if message.id not in lost_ids]
    axes.plot(heard, [HEARD] * len(heard), "o", markersize=5, color=BLUE)
    axes.plot(lost, [MISSED] * len(lost), "X", markersize=7, color=RED)
    label = "the bot logs in"
    for record in connections:
        if zero <= record.connected_at <= last:
            axes.axvline(record.connected_at - zero, color=INK, linestyle=":", label=label)
            label = "_"  # named once
    rows = [f"missed: {len(lost)}", f"heard: {len(heard)}"]
    axes.set_yticks([MISSED, HEARD], rows)
    axes.set_ylim(MISSED - 0.6, HEARD + 0.6)
    if label == "_":
        charts.legend_below(axes)
    return chart
