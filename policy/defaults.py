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
# A wish (我想学): so many backers make a planning task; so many open ones, and so many presses a day, one person has.
BACKERS_FOR_A_TASK = 12
OPEN_WISHES = 10
WISHES_A_DAY = 20
