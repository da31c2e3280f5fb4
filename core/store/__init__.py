"""Tables, migrations and every query: one module a table, one function a question."""
