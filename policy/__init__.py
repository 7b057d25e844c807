"""The programme's rules: terms, versions of the policy, the clock, names and numbers of things."""
