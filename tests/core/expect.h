/* Knows how a row of a test says what failed: cmocka, and failures that name their row. */
#ifndef EXPECT_H
#define EXPECT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* A test of a group, under a name that states what holds. */
#define SENTENCE(text, function)                                                                   \
    {                                                                                              \
        text, function, NULL, NULL, NULL                                                           \
    }

/* Fail the test with a printf sentence unless the condition holds. */
#define EXPECT(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg(__VA_ARGS__);                                                                 \
    } while (0)

/* Fail unless |got - want| <= tolerance; the sentence names the row. Equal infinities pass. */
#define EXPECT_NEAR(got, want, tolerance, ...)                                                     \
    do {                                                                                           \
        const double got_ = (got), want_ = (want), tolerance_ = (tolerance);                       \
                                                                                                   \
        if (!(got_ == want_ || fabs(got_ - want_) <= tolerance_)) {                                \
            char row_[160];                                                                        \
                                                                                                   \
            snprintf(row_, sizeof row_, __VA_ARGS__);                                              \
            fail_msg("%s: got %.17g, expected %.17g within %g", row_, got_, want_, tolerance_);    \
        }                                                                                          \
    } while (0)

#endif
