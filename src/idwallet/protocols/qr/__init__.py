"""What QR codes carry: proofs, requests, printed codes, and answers in frames."""
