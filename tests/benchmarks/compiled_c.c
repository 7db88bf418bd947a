/* A network of dense layers in C, in the arithmetic of arithmetic/ARITHMETIC.md, to compare the
 * kernels with. compiled_c.py compiles it, with -DSMLAD for a Cortex-M4 and its instructions.
 *
 * As in the kernels, activations have 16 bits (a hidden one is 0 to 255) and weights 8.
 */
#include <stdint.h>

struct layer {
    const int8_t *weights; /* n_outputs rows of n_inputs; at a multiple of 4 for SMLAD */
    const int32_t *bias;
    const uint16_t *multiplier;
    const uint8_t *shift;
    uint16_t n_inputs; /* a multiple of 4 for SMLAD */
    uint16_t n_outputs;
    int16_t low;
    int16_t high;
};

#ifdef SMLAD
static inline uint32_t bytes_0_and_2(uint32_t word)
{
    uint32_t halves;
    __asm__("sxtb16 %0, %1" : "=r"(halves) : "r"(word));
    return halves;
}

static inline uint32_t bytes_1_and_3(uint32_t word)
{
    uint32_t halves;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(halves) : "r"(word));
    return halves;
}

static inline int32_t two_products(uint32_t x, uint32_t y, int32_t sum)
{
    __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(x), "r"(y));
    return sum;
}

/* Four products at a time. The weights of four inputs are stored in the order 0 2 1 3, which the
 * instructions need, so they are not reordered here. */
static inline int32_t dot(const int16_t *x, const int8_t *weights, uint32_t n, int32_t sum)
{
    const uint32_t *pairs = (const uint32_t *)x;
    const uint32_t *fours = (const uint32_t *)weights;
    const uint32_t *end = fours + n / 4;
    while (fours != end) {
        uint32_t four = *fours++;
        sum = two_products(bytes_0_and_2(four), pairs[0], sum);
        sum = two_products(bytes_1_and_3(four), pairs[1], sum);
        pairs += 2;
    }
    return sum;
}
#else
static inline int32_t dot(const int16_t *x, const int8_t *weights, uint32_t n, int32_t sum)
{
    for (uint32_t i = 0; i < n; i++)
        sum += weights[i] * x[i];
    return sum;
}
#endif

static void dense(const struct layer *layer, const int16_t *x, int16_t *y)
{
    const int8_t *weights = layer->weights;
    for (uint32_t o = 0; o < layer->n_outputs; o++) {
        int32_t sum = dot(x, weights, layer->n_inputs, layer->bias[o]);
        int32_t shift = layer->shift[o];
        int32_t value = (sum * layer->multiplier[o] + (1 << (shift - 1))) >> shift;
        if (value < layer->low)
            value = layer->low;
        if (value > layer->high)
            value = layer->high;
        y[o] = (int16_t)value;
        weights += layer->n_inputs;
    }
}

/* The inputs are in a. The outputs of each layer go to b and a in turn. */
void network(const struct layer *layers, uint32_t n_layers, int16_t *a, int16_t *b)
{
    for (uint32_t i = 0; i < n_layers; i++) {
        dense(layers + i, a, b);
        int16_t *given = b;
        b = a;
        a = given;
    }
}
