"""Forms: strings in, typed values out. One form per step that asks for something."""
