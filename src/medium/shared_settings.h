/* Shared-internal: settings that several media have. */
#ifndef BCI_SHARED_SETTINGS_H
#define BCI_SHARED_SETTINGS_H

#include "bitcrush/blocks.h"
#include "bitcrush/feedback.h"
#include "bitcrush/noise.h"
#include "bitcrush/scale.h"
#include "bitcrush/setting.h"
#include "bitcrush/spec.h"

/* Rows of all media, for a job whose `settings` has these members; FIELD is BC_FIELD of the job. */
#define BCI_SETTINGS_OF_ALL                                                                        \
    { "seed", BC_SETTING_COUNT, FIELD(settings.seed), 0, 18446744073709551615.0, NULL },           \
        { "threads", BC_SETTING_COUNT, FIELD(settings.n_threads), 0, 1024, NULL },                 \
        { "force", BC_SETTING_FLAG, FIELD(settings.force), 0, 0, NULL },                           \
        { "dry-run", BC_SETTING_FLAG, FIELD(settings.dry_run), 0, 0, NULL },                       \
        { "min-snr", BC_SETTING_NUMBER, FIELD(settings.min_snr_db), -1000, 1000, NULL },           \
    {                                                                                              \
        "max-memory", BC_SETTING_SIZE, FIELD(settings.reading.max_memory), 0, 0, NULL              \
    }

/* A setting that does nothing without others, and would be passed over without a word then; whether
 * what it needs is there, the job tells that was made of all. */
typedef struct {
    const char *key;
    bool (*is_met)(const void *job);
    const char *why; /* "is the share of errors that ..., expected ..." */
} bci_need;

/* BC_E_USAGE for the first of n that is given and not met. */
BC_NODISCARD bc_status bci_check_needs(const bci_need *needs, size_t n, const bc_settings *given,
                                       const void *job, bc_error *err);

/* The rows of bc_scale_rows, in their order. */
#define BCI_SCALE_WORDS "full|absmax|minmax|zero-point|percentile|absmean|mse"

/* What the grid of a SPEC is called in reports, in every medium: "uniform4", "levels23", "e2m1". */
void bci_grid_name(const bc_spec *spec, char *to, size_t size);

/* The row of a method. */
const bc_scale_row *bci_scale_row(bc_scale_method method);

/* What BC_SCALE_PERCENTILE does not clip, unless `percent` says it. */
#define BCI_USUAL_PERCENT 99.99

/* The method at a place of BCI_SCALE_WORDS, -1 of a setting that is not given: `usual`. BC_E_USAGE
 * for a percent beside another than percentile. */
BC_NODISCARD bc_status bci_scale_setting(int place, bc_scale_method usual, bool has_percent,
                                         bc_scale_method *method, bc_error *err);

/* BC_E_USAGE for `scale`, `range` or `group` beside blocks, which have their own. */
BC_NODISCARD bc_status bci_refuse_beside_blocks(const bc_block_format *blocks, const char *key,
                                                bc_error *err);

/* The row of a noise; "auto" leaves *noise as it is. BC_E_USAGE with the nearest name for an
 * unknown one, and for a diffusion, which is for pictures, with what is expected instead of it. */
BC_NODISCARD bc_status bci_noise_setting(const char *text, const char *instead,
                                         const bc_noise **noise, bc_error *err);

/* BC_E_USAGE for a mask, which is for pictures alone; NULL is fine. */
BC_NODISCARD bc_status bci_refuse_mask(const bc_noise *noise, bc_error *err);

/* BC_E_USAGE for noise beside the bare cut, which takes none; NULL is fine. */
BC_NODISCARD bc_status bci_check_cut(bc_rounding rounding, const bc_noise *noise, bc_error *err);

/* What a medium has of the kinds of feedback. */
typedef struct {
    bc_feedback_kind kind; /* beside none */
    bool has_files;        /* other names may be files */
    const char *expected;  /* "none or an error diffusion, such as floyd-steinberg" */
} bci_feedbacks;

/* Check the value of `feedback`; NULL is fine. BC_E_USAGE for a kind of another medium, with the
 * sentence of its row, for a noise, and for what is no name, with the nearest. */
BC_NODISCARD bc_status bci_feedback_check(const char *text, const bci_feedbacks *has,
                                          bc_error *err);

enum { BCI_MAX_GLOBS = 64 };

/* Cut "a,b,c", the value of the setting `key`, into patterns, in a copy that *copy keeps and the
 * caller frees; none for NULL. BC_E_USAGE where one is empty, too; BC_E_LIMIT. */
BC_NODISCARD bc_status bci_cut_globs(const char *key, const char *text, char **copy,
                                     const char *globs[BCI_MAX_GLOBS], size_t *n, bc_error *err);

/* What a SPEC is called in names of outputs: "4bit", "e4m3". See bc_medium.choice. */
void bci_choice_of_spec(const void *job, const char *spec, char *to, size_t size);

#endif
