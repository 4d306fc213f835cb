"""The interface of label-studio-ml 2.x as far as it was seen to call a backend: that release is on no index."""
