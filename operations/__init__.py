"""Operations: what an operator or a backend can do, one module per noun; the command line and the API call them alike.

Each takes the services (or the documents) and who asks, applies that actor's roles and scopes, writes the audit line,
and returns plain data (answers.py turns it into JSON). Nothing here knows of a terminal or of HTTP.
"""
