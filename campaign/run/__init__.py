"""`make run`: everything the site needs, in one terminal, for development and demonstrations.

Never used in production, where each process has a supervisor of its own.
"""
