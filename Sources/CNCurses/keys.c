#include "cncurses_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static cn_input key(cn_key key, uint8_t modifiers) { return (cn_input){.key = key, .modifiers = modifiers}; }

/// F1 to F12, then again with shift, control, both, alt, and alt with shift: the order of terminfo's kf13 and on.
static cn_input function_key(int number) {
    static const uint8_t modifiers[] = {0, CN_SHIFT, CN_CONTROL, CN_CONTROL | CN_SHIFT, CN_ALT, CN_ALT | CN_SHIFT};
    return (cn_input){
        .key = CN_KEY_FUNCTION,
        .function = (uint8_t)((number - 1) % 12 + 1),
        .modifiers = modifiers[(number - 1) / 12 % 6],
    };
}

/// The names that terminfo has for keys with modifiers: kUP5 is control-up. The digit is one more than the modifiers.
static bool extended_key(int code, cn_input *input) {
    static const struct {
        const char *name;
        cn_key key;
    } names[] = {
        {"kUP", CN_KEY_UP},        {"kDN", CN_KEY_DOWN},     {"kLFT", CN_KEY_LEFT},     {"kRIT", CN_KEY_RIGHT},
        {"kHOM", CN_KEY_HOME},     {"kEND", CN_KEY_END},     {"kPRV", CN_KEY_PAGE_UP},  {"kNXT", CN_KEY_PAGE_DOWN},
        {"kDC", CN_KEY_DELETE},    {"kIC", CN_KEY_INSERT},
    };
    const char *name = keyname(code);
    if (name == NULL) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i].name);
        if (strncmp(name, names[i].name, length) != 0) continue;
        char digit = name[length];
        if (digit != 0 && (digit < '2' || digit > '8' || name[length + 1] != 0)) continue;
        *input = key(names[i].key, digit == 0 ? CN_SHIFT : (uint8_t)(digit - '1'));
        return true;
    }
    return false;
}

static bool translate(int code, cn_input *input) {
    static const struct {
        int code;
        cn_key key;
        uint8_t modifiers;
    } keys[] = {
        {KEY_UP, CN_KEY_UP, 0},
        {KEY_DOWN, CN_KEY_DOWN, 0},
        {KEY_LEFT, CN_KEY_LEFT, 0},
        {KEY_RIGHT, CN_KEY_RIGHT, 0},
        {KEY_HOME, CN_KEY_HOME, 0},
        {KEY_END, CN_KEY_END, 0},
        {KEY_A1, CN_KEY_HOME, 0},
        {KEY_C1, CN_KEY_END, 0},
        {KEY_A3, CN_KEY_PAGE_UP, 0},
        {KEY_C3, CN_KEY_PAGE_DOWN, 0},
        {KEY_PPAGE, CN_KEY_PAGE_UP, 0},
        {KEY_NPAGE, CN_KEY_PAGE_DOWN, 0},
        {KEY_IC, CN_KEY_INSERT, 0},
        {KEY_DC, CN_KEY_DELETE, 0},
        {KEY_BACKSPACE, CN_KEY_BACKSPACE, 0},
        {KEY_ENTER, CN_KEY_ENTER, 0},
        {KEY_BTAB, CN_KEY_BACK_TAB, 0},
        {KEY_SR, CN_KEY_UP, CN_SHIFT},
        {KEY_SF, CN_KEY_DOWN, CN_SHIFT},
        {KEY_SLEFT, CN_KEY_LEFT, CN_SHIFT},
        {KEY_SRIGHT, CN_KEY_RIGHT, CN_SHIFT},
        {KEY_SHOME, CN_KEY_HOME, CN_SHIFT},
        {KEY_SEND, CN_KEY_END, CN_SHIFT},
        {KEY_SPREVIOUS, CN_KEY_PAGE_UP, CN_SHIFT},
        {KEY_SNEXT, CN_KEY_PAGE_DOWN, CN_SHIFT},
        {KEY_SIC, CN_KEY_INSERT, CN_SHIFT},
        {KEY_SDC, CN_KEY_DELETE, CN_SHIFT},
        {KEY_MAX + 1, CN_KEY_PASTE, 0},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].code != code) continue;
        *input = key(keys[i].key, keys[i].modifiers);
        return true;
    }
    if (code > KEY_F0 && code <= KEY_F(63)) {
        *input = function_key(code - KEY_F0);
        return true;
    }
    return extended_key(code, input);
}

int32_t cn_read(cn_input *inputs, int32_t capacity) {
    int32_t count = 0;
    while (count < capacity) {
        int code = wgetch(cn_the_terminal.keys);
        if (code == ERR) break;
        if (code <= UINT8_MAX) {
            inputs[count++] = (cn_input){.key = CN_KEY_NONE, .byte = (uint8_t)code};
        } else if (translate(code, &inputs[count])) {
            if (inputs[count++].key == CN_KEY_PASTE) break;
        }
    }
    return count;
}

static bool is_readable(void) {
    struct pollfd readable = {.fd = cn_the_terminal.input, .events = POLLIN};
    return poll(&readable, 1, 0) > 0;
}

int32_t cn_read_bytes(uint8_t *bytes, int32_t capacity) {
    if (!is_readable()) return 0;
    ssize_t count = read(cn_the_terminal.input, bytes, (size_t)capacity);
    return count > 0 ? (int32_t)count : 0;
}

bool cn_input_is_closed(void) {
    int waiting = 0;
    if (!is_readable()) return false;
    return ioctl(cn_the_terminal.input, FIONREAD, &waiting) != 0 || waiting == 0;
}
