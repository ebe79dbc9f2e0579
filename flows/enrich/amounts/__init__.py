"""Amounts: money with its currency, quantities in units of measure, percentages and ages."""
