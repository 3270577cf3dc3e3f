"""The world around the kiosk, all of it invented: a ministry, people, an operator."""
