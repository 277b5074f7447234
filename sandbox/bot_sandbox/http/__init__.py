"""What every server shares: who may use it, HTTP as plain values, and webhooks."""
