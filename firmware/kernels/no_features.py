# Replaces features.py and its helpers in models of raw windows.
label(FEATURES)
b(NETWORK)
