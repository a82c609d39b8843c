/* Knows how the registries are listed. */
#include "lists.h"

#include <stdio.h>

#include "bitcrush/audio.h"
#include "bitcrush/image.h"
#include "bitcrush/notation.h"
#include "bitcrush/tensor.h"
#include "options.h"

static void print_row(const char *name, const char *doc, const char *source)
{
    printf("  %-18s %s%s%s%s\n", name, doc, *source ? " (" : "", source, *source ? ")" : "");
}

static void list_kernels(void)
{
    const bc_diffusion *rows;

    for (size_t i = 0, n = bc_diffusion_rows(&rows); i < n; i++)
        print_row(rows[i].name, rows[i].doc, rows[i].source);
}

static void list_noises(void)
{
    const bc_noise *rows;

    for (size_t i = 0, n = bc_noise_rows(&rows); i < n; i++)
        if (rows[i].mask_side == 0)
            print_row(rows[i].name, rows[i].doc, rows[i].source);
}

static void list_masks(void)
{
    const bc_noise *rows;

    for (size_t i = 0, n = bc_noise_rows(&rows); i < n; i++)
        if (rows[i].mask_side > 0)
            print_row(rows[i].name, rows[i].doc, rows[i].source);
}

static void list_grids(void)
{
    const bc_grid_row *rows;

    for (size_t i = 0, n = bc_grid_rows(&rows); i < n; i++)
        print_row(rows[i].name, rows[i].doc, rows[i].source);
}

static void list_notations(void)
{
    const bc_notation_row *rows;
    const size_t n = bc_notation_rows(&rows);
    char name[32];

    for (size_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, rows[i].max_bits ? "%s%d..%d" : "%s", rows[i].name,
                 rows[i].min_bits, rows[i].max_bits);
        print_row(name, rows[i].doc, "");
    }
    print_row("eXmY", "float of X exponent bits, 1 to 8, and Y of mantissa, 0 to 23", "");
}

static void list_palettes(void)
{
    const bc_palette_row *rows;
    const size_t n = bc_palette_rows(&rows);
    char doc[160];

    for (size_t i = 0; i < n; i++) {
        snprintf(doc, sizeof doc, "%u colours: %s", rows[i].n_colours, rows[i].doc);
        print_row(rows[i].name, doc, rows[i].source);
    }
}

static void list_shapers(void)
{
    const bc_shaper_row *rows;
    const size_t n = bc_shaper_rows(&rows);

    print_row("ath", "designed for the rate of the file by the threshold of hearing",
              "Terhardt 1979; Levinson, Durbin");
    for (size_t i = 0; i < n; i++)
        print_row(rows[i].name, rows[i].doc, rows[i].source);
}

static void list_feedbacks(void)
{
    const bc_feedback_row *rows = bc_feedback_find("rows");

    print_row(rows->name, rows->doc, rows->source);
}

static void list_image_formats(void)
{
    const bc_image_format *rows;

    for (size_t i = 0, n = bc_image_formats(&rows); i < n; i++)
        printf("  %-18s %s, %s\n", rows[i].name, rows[i].doc,
               rows[i].reads && rows[i].writes ? "reads and writes"
               : rows[i].reads                 ? "reads"
                                               : "writes");
}

static void list_audio_formats(void)
{
    const bc_audio_format *rows;

    for (size_t i = 0, n = bc_audio_formats(&rows); i < n; i++)
        printf("  %-18s %s, integers of %s bits\n", rows[i].name, rows[i].doc, rows[i].pcm_bits);
}

static void list_tensor_types(void)
{
    const bc_element_type *rows;
    const size_t n = bc_element_types(&rows);
    char doc[96];

    for (size_t i = 0; i < n; i++) {
        if (!bc_tensor_can_write(&rows[i]))
            continue;
        const double bits = 8.0 * rows[i].block_bytes / rows[i].block_length;

        if (rows[i].kind == BC_ELEMENT_CODES && rows[i].block_length < 16)
            snprintf(doc, sizeof doc, "%.4g bits a weight, a scale for a row or more", bits);
        else
            snprintf(doc, sizeof doc, "%.4g bits a weight, blocks of %u", bits,
                     rows[i].block_length);
        print_row(rows[i].name, doc,
                  rows[i].kind == BC_ELEMENT_CODES                    ? "safetensors"
                  : rows[i].ggml_type >= 0 && !rows[i].in_safetensors ? "gguf"
                  : rows[i].ggml_type < 0                             ? "safetensors"
                                                                      : "");
    }
}

static void list_tensor_mixes(void)
{
    const bc_tensor_mix *rows;

    for (size_t i = 0, n = bc_tensor_mixes(&rows); i < n; i++)
        print_row(rows[i].name, rows[i].doc, "llama-quantize");
}

static void list_kept_names(void)
{
    const bc_tensor_kept *rows;

    for (size_t i = 0, n = bc_tensor_kept_names(&rows); i < n; i++)
        print_row(rows[i].name, rows[i].doc, rows[i].is_whole ? "all of the name" : "");
}

static void list_tensor_formats(void)
{
    const bc_tensor_format *rows;

    for (size_t i = 0, n = bc_tensor_formats(&rows); i < n; i++)
        printf("  %-18s %s, %s\n", rows[i].name, rows[i].doc,
               rows[i].can_write ? "reads and writes" : "reads");
}

static const struct {
    unsigned tools;
    const char *title;
    void (*print)(void);
} lists[] = {
    { TOOL_IMAGE, "dithers, error diffusion", list_kernels },
    { TOOL_IMAGE | TOOL_AUDIO | TOOL_TENSOR, "dithers, noise", list_noises },
    { TOOL_IMAGE, "dithers, masks", list_masks },
    { TOOL_AUDIO, "noise shapers", list_shapers },
    { TOOL_TENSOR, "feedback of weights (no file gives the matrix of rows yet)", list_feedbacks },
    { TOOL_IMAGE | TOOL_AUDIO, "grids of the library", list_grids },
    { TOOL_IMAGE, "palettes", list_palettes },
    { TOOL_IMAGE, "image formats", list_image_formats },
    { TOOL_AUDIO, "audio formats that are written (all that libsndfile knows is read)",
      list_audio_formats },
    { TOOL_EXPLAIN, "numbers that are explained", list_notations },
    { TOOL_TENSOR, "formats of weights", list_tensor_types },
    { TOOL_TENSOR, "mixes of formats of weights", list_tensor_mixes },
    { TOOL_TENSOR, "weights of models that are kept, by what is in their names", list_kept_names },
    { TOOL_TENSOR, "files of weights", list_tensor_formats },
};

void print_lists(unsigned tools)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (!(lists[i].tools & tools))
            continue;
        printf("%s:\n", lists[i].title);
        lists[i].print();
    }
}
