"""Label Studio's terms: tasks, labelling configurations, annotations, predictions."""
