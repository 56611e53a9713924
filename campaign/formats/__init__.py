"""How the admin writes days and hours: short, without a.m. and p.m., and never the month as a number."""
