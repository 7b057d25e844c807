"""Who has a seat: enrollments, the line, reminders."""
