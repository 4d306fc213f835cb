"""The program and its main window: menus, actions, keys, language, signals."""
