"""The next generation, up and with the packages loaded, waiting before the app's own first line."""
