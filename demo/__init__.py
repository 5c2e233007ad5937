"""The demo: a wardrobe's likes become taste profiles, failures become dead letters, and one of those is mended.

It types the commands that a person would type, shows what they print, and asks each for JSON to see that it was right.
"""
