"""The demonstration: an invented town, the same again for the same seed.

people: officer, manager, workers. featured: the few runs a visitor finds for certain, made through the doors.
timetable, presses, writing: fifteen months of class runs and who pressed for them, drawn and then written by set.
firms, orders: enterprises with their people, and orders in every state; the first firm is the one visitors sign in for.
proposing, certificate: reviewers, and a proposal in every state; some authors with an honour and its certificate.
wanting: what people want to learn, and one answer.
What joins the town later gets a module of its own and a line in town.make().
"""
