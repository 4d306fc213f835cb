"""The HTML report: one file that holds its pictures and asks for nothing from anywhere."""
