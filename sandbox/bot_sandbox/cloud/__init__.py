"""A small serverless cloud on your own machine: deploy a folder, call it, read its log and bill."""

from bot_sandbox.cloud.cloud import Cloud
from bot_sandbox.cloud.errors import FunctionError

__all__ = ["Cloud", "FunctionError"]
