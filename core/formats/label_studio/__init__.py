"""Label Studio's tasks, annotations and predictions as JSON."""
