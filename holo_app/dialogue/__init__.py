"""The voice loop: a pure turn engine, and the controller that runs its commands."""
