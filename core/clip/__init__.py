"""The method: models, tokenizer, towers, attribution, scores, heat maps, and the scorer that joins them."""
