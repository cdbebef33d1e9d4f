#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

/* What zlib offers as macros, which Swift does not see. */

/* Reads gzip (RFC 1952) and zlib (RFC 1950), which is what HTTP calls deflate, whichever it is. */
static inline int czlib_inflate_init(z_stream *stream) { return inflateInit2(stream, 15 + 32); }

/* Writes gzip. */
static inline int czlib_gzip_init(z_stream *stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

#endif
