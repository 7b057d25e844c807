"""What is on offer: courses, sites, rooms, instructors."""
