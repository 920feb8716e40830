"""Sessions in Redis or Valkey, for several replicas that work on them at once."""
