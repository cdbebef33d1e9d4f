#pragma once

#if !defined(_XOPEN_SOURCE) && !defined(__APPLE__)
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE 1
#endif
#define NCURSES_WIDECHAR 1

#include <curses.h>
#include <stdbool.h>
#include <stdint.h>
#include <term.h>
#include <termios.h>

// term.h has these as macros, and they are good names.
#undef columns
#undef lines

#include "cncurses.h"

/// The terminal that is open.
typedef struct {
    SCREEN *screen;
    /// Keys are read through a pad, because reading through a window would refresh it.
    WINDOW *keys;
    FILE *input_stream;
    FILE *output_stream;
    int input;
    int output;
    bool is_cursor_hidden;
} cn_terminal;

extern cn_terminal cn_the_terminal;

/// Keeps the modes of the terminal as they are before it is taken over.
void cn_remember_modes(int input);

/// Whether the screen is ours: not before it is armed, and not any more after it was put right in an emergency, when other
/// threads may still run for a moment.
bool cn_is_armed(void);

/// Gives this thread a stack for signal handlers, without which an overflow of its own stack could not be handled.
void cn_guard_thread(void);
