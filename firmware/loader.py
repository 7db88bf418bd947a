# Reads model.bin into one bytearray, checks it, and then forgets how: V1 needs the room.
# The layout of the file is described in quantize/device_file.py of the kit.
import micropython


# 0 when the CRC-32 of bytes 8 .. size equals the word at 4.
# r0 model, r1 size
@micropython.asm_thumb
def check(r0, r1):
    ldr(r3, [r0, 4])
    mov(r5, 0xED)  # r5 = 0xEDB88320, the polynomial
    lsl(r5, r5, 8)
    add(r5, 0xB8)
    lsl(r5, r5, 8)
    add(r5, 0x83)
    lsl(r5, r5, 8)
    add(r5, 0x20)
    add(r0, 8)
    sub(r1, 8)
    mov(r4, 0)
    mvn(r4, r4)  # the CRC so far
    label(BYTE)
    ldrb(r6, [r0, 0])
    eor(r4, r6)
    mov(r7, 8)
    label(BIT)
    lsr(r4, r4, 1)
    bcc(ZERO)  # the bit that fell out
    eor(r4, r5)
    label(ZERO)
    sub(r7, 1)
    bne(BIT)
    add(r0, 1)
    sub(r1, 1)
    bne(BYTE)
    mvn(r4, r4)
    eor(r4, r3)
    mov(r0, r4)


def read(name):
    head = bytearray(20)
    try:
        with open(name, "rb") as file:
            file.readinto(head)
    except OSError:
        raise ValueError("no " + name)
    if bytes(head[:4]) != b"mbml" or head[8] != 1 or head[15] != 1:
        raise ValueError(name + " is not for this kit")
    model = bytearray(head[10] | head[11] << 8)
    with open(name, "rb") as file:
        size = file.readinto(model)
    if size != len(model) or check(model, size):
        raise ValueError(name + " is damaged")
    return model


model = read("model.bin")
del read, check
