"""Data in and out of a store: the dialogues for importing, pre-labelling and exporting."""
