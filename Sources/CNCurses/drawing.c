#include "cncurses_private.h"

#include <wchar.h>

bool cn_start_colours(void) {
    if (!has_colors() || start_color() != OK) return false;
    use_default_colors();
    return true;
}

int32_t cn_pair_limit(void) {
    // setcchar takes the number of a pair as a short.
    return COLOR_PAIRS < INT16_MAX ? COLOR_PAIRS : INT16_MAX;
}

bool cn_set_pair(int32_t pair, int32_t foreground, int32_t background) {
    return init_pair((short)pair, (short)foreground, (short)background) == OK;
}

void cn_erase(void) { werase(stdscr); }

static attr_t attributes_of(uint32_t attributes) {
    attr_t result = A_NORMAL;
    if (attributes & CN_BOLD) result |= A_BOLD;
    if (attributes & CN_DIM) result |= A_DIM;
    if (attributes & CN_REVERSE) result |= A_REVERSE;
    if (attributes & CN_UNDERLINE) result |= A_UNDERLINE;
#ifdef A_ITALIC
    if (attributes & CN_ITALIC) result |= A_ITALIC;
#endif
    return result;
}

bool cn_put(int32_t column, int32_t row, const uint32_t *scalars, int32_t count, uint32_t attributes, int32_t pair) {
    wchar_t text[CCHARW_MAX + 1];
    int32_t length = 0;
    while (length < count && length < CCHARW_MAX) {
        text[length] = (wchar_t)scalars[length];
        length++;
    }
    text[length] = 0;
    cchar_t cell;
    if (setcchar(&cell, text, attributes_of(attributes), (short)pair, NULL) != OK) return false;
    // The last cell of the screen reports an error, because the cursor cannot advance, but is written.
    (void)mvwadd_wch(stdscr, row, column, &cell);
    return true;
}

void cn_show_cursor(int32_t column, int32_t row) {
    leaveok(stdscr, FALSE);
    wmove(stdscr, row, column);
    if (cn_the_terminal.is_cursor_hidden) curs_set(1);
    cn_the_terminal.is_cursor_hidden = false;
}

void cn_hide_cursor(void) {
    leaveok(stdscr, TRUE);
    if (!cn_the_terminal.is_cursor_hidden) curs_set(0);
    cn_the_terminal.is_cursor_hidden = true;
}

void cn_flush(void) {
    // The main actor's thread may be another each time.
    cn_guard_thread();
    if (!cn_is_armed()) return;
    wnoutrefresh(stdscr);
    doupdate();
}

void cn_repaint_row(int32_t row) { wredrawln(stdscr, row, 1); }

void cn_repaint(void) { clearok(curscr, TRUE); }

void cn_bell(void) {
    if (cn_is_armed()) beep();
}
