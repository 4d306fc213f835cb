"""Small widgets that know nothing about items or stores."""
