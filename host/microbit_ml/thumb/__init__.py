"""An assembler for the board's kernels: Thumb instructions, written as Python calls.

MicroPython can assemble on the board, but on V1 that takes memory that a model needs. So the
kernels are assembled here, and the board runs the finished machine code from a file. A listing is
a Python file of calls in the syntax of ``@micropython.asm_thumb``::

    mov(r0, 0)
    label(LOOP)
    add(r0, r0, r1)
    sub(r1, 1)
    bne(LOOP)

Names in capitals are labels. Beyond MicroPython's assembler there are ldrsh, ldrsb, uxtb, blx, pc
and lr in pop and push, the stack pointer, add and cmp with r8 to r12, and access to a table further
on in the listing: ``adr(r0, TABLE)`` loads its address, ``ldr(r0, WORD)`` the word there. Both must
be at a multiple of 4 (put ``align(4)`` before them). ``data(size, number, ...)`` holds numbers.
"""

from microbit_ml.thumb.assembler import assemble, assemble_listings
from microbit_ml.thumb.chunks import assemble_in_chunks, file_content, label_offsets
from microbit_ml.thumb.cortex_m0 import AssemblyError

__all__ = [
    "AssemblyError",
    "assemble",
    "assemble_in_chunks",
    "assemble_listings",
    "file_content",
    "label_offsets",
]
