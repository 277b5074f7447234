"""A small serverless cloud on your own machine: deploy a folder, call it, read its log and bill."""

from sandbox.cloud.cloud import Cloud
from sandbox.cloud.errors import FunctionError

__all__ = ["Cloud", "FunctionError"]
