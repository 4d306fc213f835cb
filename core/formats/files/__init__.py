"""What all formats share about files: encodings, JSON scanning, atomic writing, images inside files."""
