"""What people are told: the outbox, its deliveries and channels."""
