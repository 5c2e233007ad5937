"""What Nightshift is measured against: the same jobs in other task queues, on Redis.

These modules run in an environment of their own (requirements.txt beside this file) and import nothing of the app.
"""
