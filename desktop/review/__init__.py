"""The review screen: picture, caption and inspector, and the model that they show. No SQL and no files."""
