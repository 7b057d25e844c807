"""Start values of the programme's rules (product.md, "Rules the software must express")."""

from datetime import time

OPEN_AT = time(10, 0)
MAX_LIVE_ENROLLMENTS = 3
CANCEL_CUTOFF_HOURS = 24
MIN_OPEN = 10
MAX_SEATS = 30
HOUR_MINUTES = 45
ROOM_BUFFER_MINUTES = 10
# An enterprise's order: least people, working days to the first answer and to the earliest lesson.
BOOKING_MIN_HEADCOUNT = 20
BOOKING_REPLY_WORKDAYS = 3
BOOKING_LEAD_WORKDAYS = 10
# A proposal: how long the public may object, and within how many working days it is looked at.
PUBLICITY_WORKDAYS = 5
REVIEW_WORKDAYS = 5
