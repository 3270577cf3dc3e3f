"""Mobile documents in person: engagement and sessions (ISO/IEC 18013-5 8.2, 9.1.1).

Machines for both sides, octets in and octets out; who carries the octets, and what is
asked and answered, is for others to know.
"""
