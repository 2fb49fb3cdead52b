/* exp, tanh, the logistic curve and log(1 + x) in single precision, without a branch: inside a loop the compiler turns
   them into vector instructions, which it cannot do with those of the C library.

   e^x = 2^n e^r with n the integer next to x / ln 2 and |r| <= ln 2 / 2, where six terms of a polynomial are enough.
   Largest errors over the whole range, with and without fused multiplication, in units of the last place (one is at
   most 1.2e-7 of the value):

       exp_float      1.1   0 below 1.7e-38 (x < -86.99), inf above 3.4e38 (x > 88.72)
       decay_float    1.1   the same for x <= 0, but 0 below 8.3e-39 (x < -87.68)
       tanh_float     2.6   never outside -1..1
       sigmoid_float  2.6   0 below 2.9e-39 (x < -88.72)
       log1p_float    2.1   for 0 <= x <= 1

   NaN stays NaN. */

#ifndef EDUNET_CURVES_H
#define EDUNET_CURVES_H

#include <stdint.h>
#include <string.h>

#define CURVES_SHIFT 12582912.0f /* 1.5 * 2^23: in t = n + CURVES_SHIFT the last bits are the integer n */

/* x / ln 2, rounded, in the last bits of the result */
static inline float curves_steps(float x) { return x * 1.44269504f + CURVES_SHIFT; }

/* e^r - 1 with r = x - n ln 2; ln 2 is taken in two parts, so that nothing of r is lost */
static inline float curves_rest(float x, float t) {
    float n = t - CURVES_SHIFT;
    float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float q = r * r; /* pairs of terms: three short chains of operations run side by side, where one would wait */
    float high = 1.9875691500e-4f * r + 1.3981999507e-3f;
    float middle = 8.3334519073e-3f * r + 4.1665795894e-2f;
    float low = 1.6666665459e-1f * r + 5.0000001201e-1f;
    return ((high * q + middle) * q + low) * q + r;
}

/* 2^(n + less): n moved to where a float keeps its exponent */
static inline float curves_power(float t, int less) {
    uint32_t bits;
    float power;
    memcpy(&bits, &t, 4);
    bits = (bits << 23) + ((uint32_t)(127 + less) << 23);
    memcpy(&power, &bits, 4);
    return power;
}

static inline float exp_float(float x) {
    x = x > 89.0f ? 89.0f : x; /* beyond these the result is inf or 0 anyway */
    x = x < -87.4f ? -87.4f : x;
    float t = curves_steps(x);
    return (2.0f * curves_rest(x, t) + 2.0f) * curves_power(t, -1); /* 2^(n-1): for n = 128 there is no 2^n */
}

/* e^x for x <= 0, as softmax needs it: no overflow to watch for, and 2^-127 is 0 without a detour */
static inline float decay_float(float x) {
    x = x < -88.0f ? -88.0f : x;
    float t = curves_steps(x);
    float power = curves_power(t, 0);
    return curves_rest(x, t) * power + power;
}

/* (e^2x - 1) / (e^2x + 1), where e^2x - 1 = 2^n (e^r - 1) + (2^n - 1) is as exact near 0 as elsewhere */
static inline float tanh_float(float x) {
    x = x > 10.0f ? 10.0f : x;
    x = x < -10.0f ? -10.0f : x;
    float t = curves_steps(2.0f * x), power = curves_power(t, 0);
    float grown = power * curves_rest(2.0f * x, t) + (power - 1.0f);
    return grown / (grown + 2.0f);
}

static inline float sigmoid_float(float x) { return 1.0f / (1.0f + exp_float(-x)); }

/* log(1 + x) = 2 artanh(s) = 2 (s + s^3/3 + s^5/5 + ...), s = x / (2 + x) <= 1/3 */
static inline float log1p_float(float x) {
    float s = x / (2.0f + x), q = s * s;
    float p = 2.0f / 13;
    p = p * q + 2.0f / 11;
    p = p * q + 2.0f / 9;
    p = p * q + 2.0f / 7;
    p = p * q + 2.0f / 5;
    p = p * q + 2.0f / 3;
    return p * (q * s) + 2.0f * s;
}

#endif
