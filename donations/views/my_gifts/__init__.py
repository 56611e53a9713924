"""The donor's space. Every page of it belongs to one e-mail address, and is made by `room.page`."""
