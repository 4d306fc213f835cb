"""Floor 2: the store. Schema, migrations, queries, and filling it with predictions; no HTTP, no Qt."""
