#include "build_facts.h"

#include <curses.h>
#include <nghttp2/nghttp2.h>
#include <sqlite3.h>
#include <string.h>
#include <zlib.h>

// The facts come as words, of which the preprocessor makes texts: quotes would have to survive several command lines.
#ifndef GREETER_TUI_COMMIT
#define GREETER_TUI_COMMIT
#endif
#ifndef GREETER_TUI_PACKAGES
#define GREETER_TUI_PACKAGES
#endif
#define TEXT_OF(...) #__VA_ARGS__
#define TEXT(...) TEXT_OF(__VA_ARGS__)

const char *build_facts_commit(void) { return TEXT(GREETER_TUI_COMMIT); }
const char *build_facts_packages(void) { return TEXT(GREETER_TUI_PACKAGES); }

const char *build_facts_ncurses(void) {
    // "ncurses 6.4.20221231"
    const char *text = curses_version();
    const char *space = strchr(text, ' ');
    return space ? space + 1 : text;
}
const char *build_facts_nghttp2(void) { return nghttp2_version(0)->version_str; }
const char *build_facts_sqlite(void) { return sqlite3_libversion(); }
const char *build_facts_zlib(void) { return zlibVersion(); }
