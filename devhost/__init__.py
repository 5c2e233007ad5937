"""Development host: runs function_app.py on a laptop without Azure Functions Core Tools.

`python -m devhost` imports function_app.py, reads its decorators, and runs its functions on Azurite the way the Azure
Functions host would: same batches, visibility, dequeue counts and poison queues, and HTTP by the library's own
converters. It is for development only; production is Azure Functions. Nothing of the app but function_app is imported
here.
"""
