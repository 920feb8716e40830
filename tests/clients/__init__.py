"""Tools and libraries as their users install them, talking through the proxy to a provider that is not there."""
