/* Knows kernels whose weights, and the reach of whose noise, follow the tone of a sample. */
#include "core/diffuser.h"

/* Place of level 0..127 among keys: the key at or below it, and how far to the next. */
static float between(uint8_t below, uint8_t above, int level)
{
    return above > below ? (float)(level - below) / (float)(above - below) : 0.0f;
}

static float modulation_at(const bc_diffusion *k, int level)
{
    size_t i = 0;

    if (k->n_modulations == 0)
        return 0.0f;
    while (i + 2 < k->n_modulations && k->modulations[i + 1].level <= level)
        i++;
    const bc_diffusion_modulation a = k->modulations[i], b = k->modulations[i + 1];
    const float t = between(a.level, b.level, level);

    return 0.5f * 0.01f * ((float)a.percent + t * (float)(b.percent - a.percent));
}

static void share(const bc_diffusion_key *key, float out[3])
{
    const float sum = (float)key->right + (float)key->below_left + (float)key->below;

    out[0] = (float)key->right / sum;
    out[1] = (float)key->below_left / sum;
    out[2] = (float)key->below / sum;
}

void bci_tones_fill(bc_diffuser *d, double strength)
{
    const bc_diffusion *k = d->kernel;

    for (int i = 0; i < BCI_N_TONES; i++) {
        const int level = i < BCI_N_TONES / 2 ? i : BCI_N_TONES - 1 - i;
        size_t at = 0;
        float low[3], high[3];

        while (at + 2 < k->n_keys && k->keys[at + 1].level <= level)
            at++;
        share(&k->keys[at], low);
        share(&k->keys[at + 1], high);
        const float t = between(k->keys[at].level, k->keys[at + 1].level, level);

        for (int w = 0; w < 3; w++)
            d->tones[i].weights[w] = (float)strength * (low[w] + t * (high[w] - low[w]));
        d->tones[i].modulation = modulation_at(k, level);
    }
}

void bci_tones_find(const bc_diffuser *d, const bci_line *line, size_t from, size_t to)
{
    const size_t first = from * d->n_channels, end = to * d->n_channels;
    const float *x = line->x, *noise = line->noise;
    const bci_marks l = d->levels;
    const bci_tone *tones = d->tones;
    uint8_t *tone_at = line->room.tone_at;
    float *shift = line->room.shift;

    for (size_t i = first; i < end; i++) {
        const float known = bci_bounded(bci_known_of(&l, x[i]), 0.0f, l.values[l.n - 1]);
        float fraction;

        (void)bci_interval(&l, known, &fraction);
        tone_at[i] = (uint8_t)(fraction * (BCI_N_TONES - 1));
    }
    for (size_t i = first; noise && i < end; i++)
        shift[i] = -tones[tone_at[i]].modulation * (noise[i] + 0.5f);
}
