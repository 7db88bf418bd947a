# In the place of features.py and what it needs, for models that see the raw window.
label(FEATURES)
b(NETWORK)
