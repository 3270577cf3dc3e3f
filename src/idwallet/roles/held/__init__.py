"""Credentials in a wallet: one room for each format, and a table that names them.

`format` says what a wallet needs of any format, `sdjwt` and `mdoc` are the rooms,
`formats` is the table. Nothing else in `roles` asks of which format a held credential
is: it opens it, chooses from it and has it shown. `device` answers readers in person,
who take mobile documents alone.
"""
