"""What does a picture of a wardrobe item show? One module for each way to answer; `findings` holds the answer's shape.

Importing this package loads neither Pillow nor numpy: they come with `local`, at its first use.
"""
