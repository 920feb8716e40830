"""The desktop: tray icon and windows. The only package that imports PySide6 or qasync."""
