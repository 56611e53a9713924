"""The donor's own space: whoever can read the mail of an address sees the gifts made with it.

A form proves nothing about who filled it in, a link that came by e-mail does. So there is no account
and no password: an e-mail address that has been proved is the whole identity.
"""
