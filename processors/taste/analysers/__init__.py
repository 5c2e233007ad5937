"""Analysers: what does a picture of a wardrobe item show? One module per analyser; `findings` is the answer's shape.

Importing this package loads neither Pillow nor numpy: they come with `local`, at its first use.
"""
