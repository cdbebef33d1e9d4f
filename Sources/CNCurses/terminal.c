#include "cncurses_private.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

cn_terminal cn_the_terminal;

bool cn_set_locale(const char *name) { return setlocale(LC_CTYPE, name) != NULL; }

bool cn_locale_is_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

int32_t cn_scalar_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

cn_terminal_verdict cn_check_terminal(const char *term, int32_t output) {
    int result = 0;
    if (setupterm(term, output, &result) != OK)
        return result < 0 ? CN_TERMINAL_NO_DATABASE : CN_TERMINAL_UNKNOWN;
    bool usable = cn_terminal_string("cup") != NULL && cn_terminal_string("clear") != NULL;
    del_curterm(cur_term);
    return usable ? CN_TERMINAL_USABLE : CN_TERMINAL_DUMB;
}

static FILE *open_stream(int descriptor, const char *mode) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return NULL;
    FILE *stream = fdopen(copy, mode);
    if (stream == NULL) close(copy);
    return stream;
}

/// ncurses installs handlers of its own for these; ours, or none, are wanted.
static const int ncurses_signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
enum { NCURSES_SIGNALS = sizeof ncurses_signals / sizeof *ncurses_signals };

static SCREEN *new_screen(const char *term, FILE *output, FILE *input) {
    struct sigaction saved[NCURSES_SIGNALS];
    for (int i = 0; i < NCURSES_SIGNALS; i++) sigaction(ncurses_signals[i], NULL, &saved[i]);
    SCREEN *screen = newterm(term, output, input);
    for (int i = 0; i < NCURSES_SIGNALS; i++) sigaction(ncurses_signals[i], &saved[i], NULL);
    return screen;
}

static void set_modes(void) {
    raw();
    noecho();
    nonl();
    typeahead(-1);
    intrflush(stdscr, FALSE);
    // Sequences that come in pieces are put together above; waiting here would hold up the screen.
    set_escdelay(0);
    keypad(cn_the_terminal.keys, TRUE);
    nodelay(cn_the_terminal.keys, TRUE);
    // Mouse reports are read as plain bytes, whatever the terminal's description says of them.
    define_key(NULL, KEY_MOUSE);
}

bool cn_open(const char *term, int32_t input, int32_t output) {
    cn_terminal *terminal = &cn_the_terminal;
    if (terminal->screen != NULL) return false;
    terminal->input = input;
    terminal->output = output;
    cn_remember_modes(input);
    terminal->input_stream = open_stream(input, "r");
    terminal->output_stream = open_stream(output, "w");
    if (terminal->input_stream != NULL && terminal->output_stream != NULL)
        terminal->screen = new_screen(term, terminal->output_stream, terminal->input_stream);
    if (terminal->screen != NULL) terminal->keys = newpad(1, 1);
    if (terminal->keys == NULL) {
        cn_close();
        return false;
    }
    set_modes();
    define_key("\033[200~", KEY_MAX + 1);
    terminal->is_cursor_hidden = false;
    return true;
}

void cn_close(void) {
    cn_terminal *terminal = &cn_the_terminal;
    if (terminal->screen != NULL) {
        if (!isendwin()) endwin();
        if (terminal->keys != NULL) delwin(terminal->keys);
        delscreen(terminal->screen);
    }
    if (terminal->input_stream != NULL) fclose(terminal->input_stream);
    if (terminal->output_stream != NULL) fclose(terminal->output_stream);
    memset(terminal, 0, sizeof *terminal);
}

void cn_leave(void) {
    curs_set(1);
    endwin();
}

void cn_enter(void) {
    reset_prog_mode();
    clearok(curscr, TRUE);
    doupdate();
    keypad(cn_the_terminal.keys, TRUE);
    cn_the_terminal.is_cursor_hidden = false;
}

int32_t cn_terminal_number(const char *name) { return tigetnum((char *)name); }

bool cn_terminal_flag(const char *name) { return tigetflag((char *)name) > 0; }

const char *cn_terminal_string(const char *name) {
    const char *value = tigetstr((char *)name);
    return value == (char *)-1 ? NULL : value;
}

bool cn_window_size(int32_t descriptor, int32_t *columns, int32_t *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

void cn_screen_size(int32_t *columns, int32_t *rows) {
    *columns = getmaxx(stdscr);
    *rows = getmaxy(stdscr);
}

void cn_resize(int32_t columns, int32_t rows) { resizeterm(rows, columns); }

bool cn_send(const uint8_t *bytes, int32_t count) {
    if (!cn_is_armed()) return false;
    while (count > 0) {
        ssize_t written = write(cn_the_terminal.output, bytes, (size_t)count);
        if (written < 0 && errno == EAGAIN) {
            // Somebody has made the terminal non-blocking; a second without progress is too long.
            struct pollfd writable = {.fd = cn_the_terminal.output, .events = POLLOUT};
            if (poll(&writable, 1, 1000) <= 0) return false;
        } else if (written < 0 && errno != EINTR) {
            return false;
        } else if (written > 0) {
            bytes += written;
            count -= (int32_t)written;
        }
    }
    return true;
}

/// Where `collect` puts what tputs hands it, a character at a time.
static struct {
    uint8_t *bytes;
    int32_t count;
    int32_t capacity;
} collected;

static int collect(int character) {
    if (collected.count < collected.capacity) collected.bytes[collected.count++] = (uint8_t)character;
    return character;
}

int32_t cn_restore_sequence(uint8_t *bytes, int32_t capacity) {
    static const char *const names[] = {"rmacs", "sgr0", "op", "cnorm", "rmkx", "rmcup"};
    collected.bytes = bytes;
    collected.count = 0;
    collected.capacity = capacity;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *sequence = cn_terminal_string(names[i]);
        if (sequence != NULL) tputs(sequence, 1, collect);
    }
    // Without a screen to go back to, what is there stays and the shell goes on below it.
    if (cn_terminal_string("rmcup") == NULL) {
        collect('\r');
        collect('\n');
    }
    return collected.count;
}
