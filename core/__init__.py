"""Floor 1: words, models, attribution, scores, file formats and benchmarks. Nothing here knows SQL, HTTP or Qt."""
