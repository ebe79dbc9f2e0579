"""Warehouses: their SQL, generated from the declarations in `flows.tables`, and loads into them."""
