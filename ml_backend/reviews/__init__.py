"""From webhooks to reviews in the store."""
