"""Floor 3: the Label Studio backend and bridge. Empty until its first route is built."""
