"""SQL for the warehouses that the tables are loaded into, generated from the declarations in `flows.tables`."""
