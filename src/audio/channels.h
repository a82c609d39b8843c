/* Shared-internal: which speaker a channel is for. A layout is a mask as in WAVE_FORMAT_EXTENSIBLE:
 * channels come in the order of its bits. 0: nothing is said. */
#ifndef BCI_CHANNELS_H
#define BCI_CHANNELS_H

#include "audio/sound_heads.h"
#include "audio/soundfile.h"
#include "base/bytes.h"

#define BCI_CHANNELS_OTHER UINT32_MAX /* a layout that no mask can say */

/* A comment of FLAC that holds the mask in hexadecimal (RFC 9639, 8.6.2). */
#define BCI_CHANNELS_COMMENT "WAVEFORMATEXTENSIBLE_CHANNEL_MASK"

/* What a file says, by its mask, its chunk of Core Audio, its comment, or, in FLAC, the number of
 * its channels. What goes without saying, mono in the centre and plain stereo, is 0. */
uint32_t bci_channels_of(const bci_sound *source);

/* The chunk of Core Audio in a CAF or AIFF, or NULL. */
const bci_sound_chunk *bci_channels_chunk(const bci_sound *source);

/* Whether files of that family have a place for it. */
bool bci_channels_fit(uint32_t mask, bci_sound_family family, const bci_sound_shape *shape);

/* The content of that chunk: a bitmap (Apple, "Core Audio Format Specification 1.0", Channel Layout
 * Chunk; AIFF-C has the same). */
void bci_channels_put_layout(uint32_t mask, bci_bytes *out);

/* And back; BCI_CHANNELS_OTHER for what is no ascending row of the mask's speakers. */
uint32_t bci_channels_from_layout(const uint8_t *p, size_t n);

/* The layout that a FLAC of so many channels has without a comment (RFC 9639, 9.1.3, with the
 * surround pair at the sides, as flac and FFmpeg have it); 0 below 3. */
uint32_t bci_channels_of_flac(uint32_t n_channels);

#endif
