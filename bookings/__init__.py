"""Enterprises order a class, an officer answers and schedules it, and its people take their seats."""
