/* Picture quality beyond error sums: what is left of the error once single pixels are no
 * longer seen, and structural similarity. Both take rows from top to bottom and keep a few of
 * them, so memory does not grow with the height. Sums run in double in a fixed order: the
 * result depends on the rows alone. An object serves one thread at a time. */
#ifndef BITCRUSH_QUALITY_H
#define BITCRUSH_QUALITY_H

#include <stdint.h>

#include "bitcrush/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The blurred error. Dither moves error to fine detail that the eye averages, so plain PSNR
 * falls where the picture gets better; after a blur it rises. Blurring is linear, so blurring
 * the difference of two pictures is the difference of the blurred ones: it takes e = y - x
 * alone, half of the work and of the memory traffic. Linear light is the domain in which
 * neighbouring pixels mix; e is then light_of_code[k] - light_of_sample[v].
 *
 * The blur is a Gaussian of standard deviation sigma, in pixels, over the pixels up to
 * ceil(4 sigma) away in either direction, weights divided by their sum. Beyond an edge the
 * picture is mirrored with the edge pixel included (-1 is pixel 0, n is n - 1), again and
 * again where it is smaller than the blur. */
typedef struct bc_blurred bc_blurred;

#define BC_BLURRED_SIGMA 2.0 /* pixels, the usual choice */

/* Blurred rows are so alike that the mean square needs few of them: the squares of blurred
 * white noise are correlated over sqrt(2 pi) sigma = 2.5 sigma rows. Sparse evaluates whole
 * rows phi^2 sigma = 2.618 sigma apart, and all of those within the blur's reach of the top and
 * bottom edges, where a dither meets its mirror image and no longer cancels. The spacing is
 * irrational, so that no pattern that repeats (Bayer, blue noise tiles, JPEG blocks) is always
 * met at the same phase. On nine pictures of 2.3 to 18 megapixels, undithered and with seven
 * dithers at 1, 2 and 4 bits, it came within 0.03 dB of all rows. */
typedef enum {
    BC_BLURRED_AUTO, /* sparse from BC_BLURRED_SPARSE_PIXELS and _HEIGHT up */
    BC_BLURRED_ALL_ROWS,
    BC_BLURRED_SPARSE_ROWS, /* where the picture is high enough for the scheme */
} bc_blurred_rows;

#define BC_BLURRED_SPARSE_PIXELS (UINT64_C(1) << 21) /* width times height */
#define BC_BLURRED_SPARSE_HEIGHT 512u                /* pixels */

/* Begin a picture of width x height pixels of n_channels colour samples. BC_E_USAGE for a size
 * of 0 or sigma outside (0, 64], BC_E_LIMIT when memory is short. Free with bc_blurred_free. */
BC_API BC_NODISCARD bc_status bc_blurred_new(uint32_t width, uint32_t height, uint32_t n_channels,
                                             double sigma, bc_blurred_rows rows, bc_blurred **out,
                                             bc_error *err);

/* The next row of errors, width * n_channels, interleaved; no more than height rows. */
BC_API void bc_blurred_add_row(bc_blurred *b, const float *e);

/* Mean square of the blurred error, all channels together; NaN before the last row was added
 * or when an error was not finite. */
BC_API double bc_blurred_mean_square(const bc_blurred *b);

/* The same as PSNR over full scale 1, -10 log10 of it; +infinity for an exact copy. */
BC_API double bc_blurred_psnr_db(const bc_blurred *b);

/* Rows from one evaluated row to the next, away from the edges: 1 when all are. */
BC_API double bc_blurred_row_spacing(const bc_blurred *b);

/* Release; NULL is fine. */
BC_API void bc_blurred_free(bc_blurred *b);

/* Structural similarity: mean SSIM of two pictures, 1 for a copy, below 0 where one is the
 * other's negative. Wang, Bovik, Sheikh, Simoncelli, IEEE Trans. Image Processing 13(4), 2004:
 * 11 x 11 Gaussian window of sigma 1.5, K1 = 0.01, K2 = 0.03, L = full scale, only windows that
 * fit wholly, on coded values.
 *
 * Three channels are weighted to luma, 0.2126 R + 0.7152 G + 0.0722 B (BT.709) of the coded
 * values. As in ssim.m of the same authors the pictures are first averaged down by
 * f = max(1, round(min(width, height) / 256)), halves up: one pixel for every block of f x f,
 * ceil(n / f) a side, the first block starting floor((f - 1) / 2) pixels before the edge,
 * mirrored there with the edge pixel included. Report the factor with the figure: SSIM of
 * other scales is another number. */
typedef struct bc_ssim bc_ssim;

/* Begin a pair of pictures of width x height pixels, n_channels 1 or 3, whose values are
 * 0..x_max and 0..y_max. BC_E_USAGE for other arguments, BC_E_LIMIT when memory is short.
 * Free with bc_ssim_free. */
BC_API BC_NODISCARD bc_status bc_ssim_new(uint32_t width, uint32_t height, uint32_t n_channels,
                                          uint32_t x_max, uint32_t y_max, bc_ssim **out,
                                          bc_error *err);

/* The next row of both, width * n_channels values, interleaved, without alpha; no more than
 * height rows. */
BC_API void bc_ssim_add_row(bc_ssim *s, const float *x, const float *y);

/* The same from integers, without a detour over floats: x as bc_image_read gives samples (in a
 * uint8_t when x_max <= 255, else in a uint16_t), y as codes. */
BC_API void bc_ssim_add_samples(bc_ssim *s, const void *x, const uint16_t *y);

/* The factor f by which the pictures are averaged down. */
BC_API uint32_t bc_ssim_factor(const bc_ssim *s);

/* Mean over all windows; NaN before the last row was added, where no window fits (fewer than
 * 11 pixels a side) or when a value was not finite. */
BC_API double bc_ssim_mean(const bc_ssim *s);

/* Release; NULL is fine. */
BC_API void bc_ssim_free(bc_ssim *s);

#ifdef __cplusplus
}
#endif
#endif
