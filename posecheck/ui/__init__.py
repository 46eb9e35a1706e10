"""The pages: Streamlit arranges widgets here and calls the application; nothing imports this package."""
