#pragma once

/// What the workbench needs of ncurses, in functions that Swift can call: no macros, no variadic functions, no globals,
/// fixed-width types. One terminal at a time. Everything but `cn_emergency_restore` belongs to one thread.

#include <stdbool.h>
#include <stdint.h>

// The locale

/// Sets the character encoding by the name of a locale. False where the system has no such locale.
bool cn_set_locale(const char *name);
/// Whether the encoding set is UTF-8.
bool cn_locale_is_utf8(void);
/// The columns that the C library, and so ncurses, gives a character: -1 where it cannot be printed.
int32_t cn_scalar_width(uint32_t scalar);

// Opening and closing

typedef enum {
    CN_TERMINAL_USABLE,
    CN_TERMINAL_UNKNOWN,
    CN_TERMINAL_NO_DATABASE,
    CN_TERMINAL_DUMB,
} cn_terminal_verdict;

/// Whether a terminal of this type can show a screen. Says nothing to it.
cn_terminal_verdict cn_check_terminal(const char *term, int32_t output);

/// Takes over the terminal: alternate screen, raw keys. False where that fails.
bool cn_open(const char *term, int32_t input, int32_t output);
/// Gives the terminal back and forgets it.
void cn_close(void);
/// Leaves the screen for a while, and comes back to it.
void cn_leave(void);
void cn_enter(void);

/// Of the terminal's description: a number or -1; a flag; a string, or NULL.
int32_t cn_terminal_number(const char *name);
bool cn_terminal_flag(const char *name);
const char *cn_terminal_string(const char *name);

/// The size by the terminal's driver; false where it does not know.
bool cn_window_size(int32_t descriptor, int32_t *columns, int32_t *rows);
/// The size that ncurses works with.
void cn_screen_size(int32_t *columns, int32_t *rows);
void cn_resize(int32_t columns, int32_t rows);

// Drawing

enum {
    CN_BOLD = 1,
    CN_DIM = 2,
    CN_REVERSE = 4,
    CN_UNDERLINE = 8,
    CN_ITALIC = 16,
};

/// Begins to use colours. False where there are none.
bool cn_start_colours(void);
/// How many pairs of colours there can be.
int32_t cn_pair_limit(void);
/// Makes a pair of a foreground and a background; -1 is the terminal's own colour.
bool cn_set_pair(int32_t pair, int32_t foreground, int32_t background);

void cn_erase(void);
/// Puts one character with its zero-width marks.
bool cn_put(int32_t column, int32_t row, const uint32_t *scalars, int32_t count, uint32_t attributes, int32_t pair);
void cn_show_cursor(int32_t column, int32_t row);
void cn_hide_cursor(void);
/// Sends what has changed, if the terminal is armed: what must be put right later is known by then.
void cn_flush(void);
/// Makes the next `cn_flush` send a row whole, as if nothing were known of what the terminal shows there.
void cn_repaint_row(int32_t row);
/// Makes the next `cn_flush` send everything.
void cn_repaint(void);
void cn_bell(void);
/// Sends bytes as they are, after what has been flushed. False when the terminal does not take them, or is not armed.
bool cn_send(const uint8_t *bytes, int32_t count);

// Keys

typedef enum {
    CN_KEY_NONE,
    CN_KEY_UP,
    CN_KEY_DOWN,
    CN_KEY_LEFT,
    CN_KEY_RIGHT,
    CN_KEY_HOME,
    CN_KEY_END,
    CN_KEY_PAGE_UP,
    CN_KEY_PAGE_DOWN,
    CN_KEY_INSERT,
    CN_KEY_DELETE,
    CN_KEY_BACKSPACE,
    CN_KEY_ENTER,
    CN_KEY_BACK_TAB,
    CN_KEY_FUNCTION,
    CN_KEY_PASTE,
} cn_key;

enum {
    CN_SHIFT = 1,
    CN_ALT = 2,
    CN_CONTROL = 4,
};

/// A byte as it came, where `key` is CN_KEY_NONE; else a key that the terminal's description knows.
typedef struct {
    cn_key key;
    uint8_t byte;
    uint8_t function;
    uint8_t modifiers;
} cn_input;

/// Reads what is there, at most `capacity` of it, without waiting. Stops behind the mark that begins a paste.
int32_t cn_read(cn_input *inputs, int32_t capacity);
/// Reads bytes around ncurses, without waiting, for text of which no part is a key. 0 when there are none.
int32_t cn_read_bytes(uint8_t *bytes, int32_t capacity);
/// Whether the input is at its end.
bool cn_input_is_closed(void);

// One line of a terminal, without a screen

/// Takes over the keys of a terminal, a byte at a time and not echoed, and keeps what puts it right in an emergency. What
/// the driver makes signals of (control-C, control-Z) stays with it. False where the descriptor is no terminal.
bool cn_line_open(int32_t input, int32_t output, const uint8_t *restore, int32_t count);
/// Takes them over again after others have had the terminal.
void cn_line_enter(void);
/// Gives the terminal back as it was.
void cn_line_close(void);
/// Stops this process as the terminal would. Returns when it goes on.
void cn_line_stop(void);
/// Whether this process is the one that the terminal listens to.
bool cn_line_is_foreground(void);

// Signals and emergencies

/// Keeps what puts the terminal right when there is no time to ask ncurses. `count` at most CN_RESTORE_LIMIT.
enum { CN_RESTORE_LIMIT = 512 };
void cn_arm_restore(const uint8_t *bytes, int32_t count);
void cn_disarm_restore(void);
/// Puts the terminal right if it is armed, once. Safe in a signal handler and at exit.
void cn_emergency_restore(void);
/// The sequence that ends the use of the screen, by the terminal's description. Returns its length.
int32_t cn_restore_sequence(uint8_t *bytes, int32_t capacity);

/// Writes the number of each signal that matters as a byte to `pipe`. A signal that ends the program leaves it two seconds
/// to do so; a crash puts the terminal right first and then goes its way.
void cn_handle_signals(int32_t pipe);
void cn_unhandle_signals(void);
/// Only of crashes: what puts the terminal right is done first.
void cn_handle_crashes(void);
void cn_unhandle_crashes(void);
/// Stops the process group as the terminal would, with the default action. Returns when it goes on.
void cn_stop(void);
/// Lets the shell run a command with one more argument, on this terminal, and waits until it has ended. What the keyboard
/// sends to the process group is for the command alone; when that is stopped, this process stops with it.
/// - Returns: its exit status, 128 and the signal that ended it, or -1 where it could not be started.
int32_t cn_run(const char *command, const char *argument);
