"""Are needs of the app found, and told with what mends them?"""
