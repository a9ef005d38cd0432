"""Speech servers in the shop that speak Wyoming."""
