"""Staff: accounts, roles, sign-in, keys of other systems."""
