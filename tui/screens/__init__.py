"""The screens, one file each; ``tui/registry.py`` lists them."""
