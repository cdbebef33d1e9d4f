#ifndef CNGHTTP2_SHIM_H
#define CNGHTTP2_SHIM_H

#include <nghttp2/nghttp2.h>

/* What the oldest libraries that are served here (1.43) do not have is asked for where it is there. */

/* Distributions have carried this option back into versions before 1.61, where the version number does not tell. */
#if defined(__ELF__)
extern void nghttp2_option_set_max_continuations(nghttp2_option *option, size_t val) __attribute__((weak));
#endif

/* How many CONTINUATION frames may follow a HEADERS frame; without effect where the library cannot be told. */
static inline void cnghttp2_set_max_continuations(nghttp2_option *option, size_t count) {
#if defined(__ELF__)
    if (nghttp2_option_set_max_continuations) nghttp2_option_set_max_continuations(option, count);
#elif NGHTTP2_VERSION_NUM >= 0x013d00
    nghttp2_option_set_max_continuations(option, count);
#endif
}

/* Accepts values of header fields that begin or end with a space, as most implementations do. */
static inline void cnghttp2_set_lenient_spaces(nghttp2_option *option) {
#if NGHTTP2_VERSION_NUM >= 0x013200
    nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, 1);
#endif
}

#endif
