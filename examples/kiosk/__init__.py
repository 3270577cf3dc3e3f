"""A kiosk: a till and a hotel desk that check people's codes with no network."""
