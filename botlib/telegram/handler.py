"""What both webhook functions do before and after they answer: secret, update, only once.

Standard library only. Nothing here knows what a bot says.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botlib.function import Handler, Request, Response, http_function, same

if TYPE_CHECKING:
    from botlib.store import Store

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  (a header's name, no secret)
REMEMBERED = 10_000  # update numbers an instance keeps, to answer a repeated one only once

Update = dict[str, Any]
Call = dict[str, Any]  # a Bot API call, as it stands in the response's body


def telegram_function(
    answer: Callable[[Update], Call | None], bot_id: int, secret: str, store: "Store | None"
) -> Handler:
    """Make a handler of `answer`, which gives the call for the response's body, or None."""
    seen = Seen()

    @http_function
    def handler(http: Request) -> Response:
        if not same(http.headers.get(SECRET_HEADER, ""), secret):
            return Response({"error": "wrong or missing secret"}, status=403)
        try:
            update = read_update(http)
        except ValueError as error:
            return Response({"error": str(error)}, status=400)
        number = update["update_id"]
        if number in seen:
            return Response("")
        state, call = "new", None
        if store is None:
            call = answer(update)
        else:
            state, call = store.once(f"telegram:{bot_id}:{number}", lambda: answer(update))
        if state == "busy":
            return Response({"error": "another instance is at this update"}, status=503)
        seen.add(number)
        return Response(call or "")

    return handler


def read_update(http: Request) -> Update:
    """Read an update's JSON; raises ValueError for what Telegram never sends."""
    try:
        update = http.json()
    except ValueError:
        raise ValueError("expected an update as JSON") from None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise ValueError("expected an update: an object with an update_id")
    return update


class Seen:
    """The numbers of the latest updates answered: Telegram may send an update twice."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def __contains__(self, update_id: int) -> bool:
        return update_id in self._numbers

    def add(self, update_id: int) -> None:
        """Remember one more, and forget the oldest of too many."""
        self._numbers[update_id] = None
        if len(self._numbers) > REMEMBERED:
            self._numbers.popitem(last=False)
