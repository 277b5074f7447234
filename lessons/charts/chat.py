"""A chart of a chat over time: which messages the bot received, and which it missed.

It draws what the sandbox Twitch has recorded: messages and the bot's logins.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lessons.charts.base import BLUE, INK, NARROW_INCHES, RED, Chart, legend_below, plain_axes

if TYPE_CHECKING:
    from bot_sandbox.twitch import ChatMessage, ConnectionRecord

HEARD, MISSED = 1, 0  # the rows


def chat_chart(
    said: "Sequence[ChatMessage]",
    missed: "Sequence[ChatMessage]",
    connections: "Sequence[ConnectionRecord]",
) -> Chart:
    """Draw each message, received or missed, and each login of the bot."""
    says = "the chat over time, messages heard and messages missed"
    chart = Chart(says, 2.0, NARROW_INCHES)
    axes = plain_axes(chart, "What the bot heard of the chat", "seconds")
    if not said:
        axes.set(xticks=[], yticks=[], xlabel="nothing was said yet")
        return chart
    zero, last = said[0].at, said[-1].at
    lost_ids = {message.id for message in missed}
    lost = [message.at - zero for message in said if message.id in lost_ids]
    heard = [message.at - zero for message in said if message.id not in lost_ids]
    axes.plot(heard, [HEARD] * len(heard), "o", markersize=3, color=BLUE)
    axes.plot(lost, [MISSED] * len(lost), "X", markersize=5, color=RED)
    label = "the bot logs in"
    for record in connections:
        if zero <= record.connected_at <= last:
            axes.axvline(record.connected_at - zero, color=INK, linestyle=":", label=label)
            label = "_"  # named once
    rows = [f"missed: {len(lost)}", f"heard: {len(heard)}"]
    axes.set_yticks([MISSED, HEARD], rows)
    axes.set_ylim(MISSED - 0.6, HEARD + 0.6)
    if label == "_":
        legend_below(axes)
    return chart
