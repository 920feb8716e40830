"""How smooth the windows are: python -m tools.frames [load | inspector | dictionary | start]"""
