"""Expressions of time: TIMEX3 types and values, resolved to intervals of days."""
