"""What functions and servers cost a month, and the price list it comes from."""

from lessons.costs.month import Work, break_even, function_cost, held_in_a_function, server_cost
from lessons.costs.price_list import price_table

__all__ = [
    "Work",
    "break_even",
    "function_cost",
    "held_in_a_function",
    "price_table",
    "server_cost",
]
