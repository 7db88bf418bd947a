# DIVIDE: r4 = r4 // r1; neither is negative.
label(DIVIDE)
udiv(r4, r4, r1)
bx(lr)
