"""A client that is generated from the API's document, and used."""
