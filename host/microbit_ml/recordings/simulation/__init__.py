"""Simulated people, the physics of their hands, and the sensor that they move."""
