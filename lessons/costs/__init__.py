"""What functions and servers cost a month, and the price list it comes from."""

from lessons.costs.month import (
    Cost,
    Work,
    billed_ms,
    break_even,
    function_cost,
    held_in_a_function,
    kept_warm,
    server_cost,
)
from lessons.costs.price_list import price_table

__all__ = [
    "Cost",
    "Work",
    "billed_ms",
    "break_even",
    "function_cost",
    "held_in_a_function",
    "kept_warm",
    "price_table",
    "server_cost",
]
