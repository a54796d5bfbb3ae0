"""What happens later: notices, file checks, the clock."""
