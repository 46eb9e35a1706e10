"""Claims about speed and accuracy, as commands that print them."""
