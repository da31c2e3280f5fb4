"""One module for each screen; its templates stand in the folder of the same name."""
