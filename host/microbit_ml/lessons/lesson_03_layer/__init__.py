"""Lesson 3: A neuron, a layer."""
