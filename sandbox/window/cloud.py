"""The cloud in the window: functions, their instances as they live, logs and bills; its routes."""

from collections.abc import Iterator

from aiohttp import web

from sandbox.cloud import Cloud
from sandbox.window.feed import Json
from sandbox.window.view import View


class CloudView(View):
    """One cloud behind a window. Functions go by name."""

    name = "cloud"

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.cloud = cloud

    def routes(self) -> list[web.RouteDef]:
        """Deployments, calls, logs."""
        return []

    def records(self) -> Iterator[tuple[str, Json]]:
        """Every function."""
        for function in self.cloud.functions():
            yield (
                f"cloud/function/{function.name}",
                {"type": "function", "name": function.name, "url": function.url},
            )
