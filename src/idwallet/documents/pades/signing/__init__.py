"""What is read, written and forbidden when a PDF file is signed."""
