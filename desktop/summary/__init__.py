"""The summary screen: figures about the store, drawn. pyqtgraph is imported nowhere else."""
