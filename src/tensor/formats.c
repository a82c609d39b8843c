/* Knows the list of file formats of weights. */
#include "tensor/formats.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

static const bci_tensor_format *const formats[] = {
    &bci_gguf,
    &bci_npy,
    &bci_npz,
    &bci_safetensors,
    &bci_safetensors_index, /* the last: any text in braces looks like it */
};

enum { N_FORMATS = sizeof formats / sizeof *formats };

static bc_tensor_format public_rows[N_FORMATS]; /* what is public of them, once and for all */

static void make_rows(void)
{
    for (size_t i = 0; i < N_FORMATS; i++)
        public_rows[i] = formats[i]->format;
}

size_t bc_tensor_formats(const bc_tensor_format **out)
{
    static pthread_once_t are_made = PTHREAD_ONCE_INIT;

    (void)pthread_once(&are_made, make_rows);
    *out = public_rows;
    return N_FORMATS;
}

const bci_tensor_format *bci_tensor_format_of(const uint8_t *head, size_t n)
{
    for (size_t i = 0; i < N_FORMATS; i++)
        if (formats[i]->probe(head, n))
            return formats[i];
    return NULL;
}

bool bc_tensor_probe(const uint8_t *head, size_t n)
{
    return bci_tensor_format_of(head, n) != NULL;
}

const bci_tensor_format *bci_tensor_format_named(const char *name)
{
    for (size_t i = 0; i < N_FORMATS; i++)
        if (strcmp(formats[i]->format.name, name) == 0)
            return formats[i];
    return NULL;
}

const bci_tensor_format *bci_tensor_format_for_path(const char *path)
{
    const size_t n = strlen(path);

    for (size_t i = 0; i < N_FORMATS; i++) {
        const char *ending = formats[i]->format.extension;
        const size_t n_ending = strlen(ending);

        if (formats[i]->plan && n > n_ending && strcasecmp(path + n - n_ending, ending) == 0)
            return formats[i];
    }
    return NULL;
}
