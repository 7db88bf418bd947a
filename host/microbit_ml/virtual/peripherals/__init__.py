"""The peripherals of the nRF51822 and nRF52833, as far as the runtimes use them.

:mod:`base` explains what they have in common; each of the other modules holds one kind.
"""
