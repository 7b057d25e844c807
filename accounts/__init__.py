"""Who: people, their facts, unions, roles, sign-in, access."""
