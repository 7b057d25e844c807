"""Where and when: class runs, lessons, occupied rooms and instructors."""
