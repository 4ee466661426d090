"""What providers are lent while their hooks are called."""
