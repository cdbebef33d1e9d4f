#include "cncurses_private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// Written while `is_armed` is false, read by whoever turns it from true to false.
static struct {
    uint8_t bytes[CN_RESTORE_LIMIT];
    int32_t count;
    int input;
    int output;
    struct termios modes;
    bool has_modes;
    pid_t owner;
} restoring;

static atomic_bool is_armed;

/// The modes of the terminal before it was taken over, kept until it is given back.
static struct termios first_modes;
static bool has_first_modes;

void cn_remember_modes(int input) { has_first_modes = tcgetattr(input, &first_modes) == 0; }

void cn_arm_restore(const uint8_t *bytes, int32_t count) {
    static bool is_registered;
    atomic_store(&is_armed, false);
    restoring.count = count < CN_RESTORE_LIMIT ? count : CN_RESTORE_LIMIT;
    memcpy(restoring.bytes, bytes, (size_t)restoring.count);
    restoring.input = cn_the_terminal.input;
    restoring.output = cn_the_terminal.output;
    restoring.modes = first_modes;
    restoring.has_modes = has_first_modes;
    restoring.owner = getpid();
    if (!is_registered) is_registered = atexit(cn_emergency_restore) == 0;
    atomic_store(&is_armed, true);
}

void cn_disarm_restore(void) { atomic_store(&is_armed, false); }

bool cn_is_armed(void) { return atomic_load(&is_armed); }

void cn_emergency_restore(void) {
    if (!atomic_exchange(&is_armed, false)) return;
    // A child that was forked and has not become another program must not touch its parent's terminal.
    if (getpid() != restoring.owner) return;
    const uint8_t *bytes = restoring.bytes;
    int32_t left = restoring.count;
    while (left > 0) {
        ssize_t written = write(restoring.output, bytes, (size_t)left);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        bytes += written;
        left -= (int32_t)written;
    }
    if (restoring.has_modes) tcsetattr(restoring.input, TCSANOW, &restoring.modes);
}

/// Signals that are told to the program.
static const int told[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT};
/// Signals after which nothing can be trusted any more.
static const int fatal[] = {SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGFPE, SIGTRAP, SIGQUIT};
enum { TOLD = sizeof told / sizeof *told, FATAL = sizeof fatal / sizeof *fatal };

static struct sigaction told_before[TOLD];
static struct sigaction fatal_before[FATAL];
static bool is_handling;
static volatile sig_atomic_t wake_pipe = -1;
static volatile sig_atomic_t ending_signal;
static volatile sig_atomic_t is_stopping;
static volatile sig_atomic_t has_continued;

static void leave_at_once(int signal) {
    cn_emergency_restore();
    _exit(128 + signal);
}

static void on_alarm(int signal) {
    (void)signal;
    leave_at_once(ending_signal);
}

static void on_told(int signal) {
    if (signal == SIGCONT && is_stopping) {
        has_continued = 1;
        return;
    }
    int saved = errno;
    if (signal == SIGTERM || signal == SIGHUP) {
        if (ending_signal != 0) leave_at_once(signal);
        ending_signal = signal;
        alarm(2);
    }
    uint8_t byte = (uint8_t)signal;
    // A full pipe has told enough already.
    ssize_t written = write(wake_pipe, &byte, 1);
    (void)written;
    errno = saved;
}

/// Whether the process has brought a signal upon itself, by a fault or by giving up.
static bool is_own_fault(int signal, const siginfo_t *information) {
    if (information->si_code > 0) return true;
    return signal == SIGABRT && information->si_pid == getpid();
}

/// Puts the terminal right and lets the signal have its way: for a crash that of whoever reports crashes, if anybody
/// does, and for a signal from outside the default.
static void on_fatal(int signal, siginfo_t *information, void *context) {
    (void)context;
    cn_emergency_restore();
    struct sigaction next = {.sa_handler = SIG_DFL};
    sigemptyset(&next.sa_mask);
    bool is_own = is_own_fault(signal, information);
    for (int i = 0; i < FATAL && is_own; i++) {
        if (fatal[i] == signal) next = fatal_before[i];
    }
    sigaction(signal, &next, NULL);
    // A faulting instruction runs again and faults again. What was sent, or is not run again, has to be sent again.
    if (information->si_code <= 0 || signal == SIGTRAP) raise(signal);
}

void cn_guard_thread(void) {
    static _Thread_local bool is_guarded;
    if (is_guarded) return;
    is_guarded = true;
    enum { STACK_SIZE = 64 * 1024 };
    // One for all threads: two that overflow at once are past help.
    static uint8_t stack[STACK_SIZE];
    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && !(current.ss_flags & SS_DISABLE)) return;
    stack_t ours = {.ss_sp = stack, .ss_size = STACK_SIZE};
    sigaltstack(&ours, NULL);
}

void cn_handle_signals(int32_t pipe) {
    wake_pipe = pipe;
    ending_signal = 0;
    struct sigaction action = {.sa_handler = on_told, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (int i = 0; i < TOLD; i++) sigaction(told[i], &action, &told_before[i]);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    cn_handle_crashes();
    is_handling = true;
}

void cn_handle_crashes(void) {
    struct sigaction crash = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&crash.sa_mask);
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &crash, &fatal_before[i]);
}

void cn_unhandle_crashes(void) {
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &fatal_before[i], NULL);
}

void cn_unhandle_signals(void) {
    if (!is_handling) return;
    is_handling = false;
    for (int i = 0; i < TOLD; i++) sigaction(told[i], &told_before[i], NULL);
    cn_unhandle_crashes();
    // The limit on ending stays.
    if (ending_signal == 0) signal(SIGALRM, SIG_DFL);
    wake_pipe = -1;
}

void cn_stop(void) {
    struct sigaction stop, go;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    struct sigaction told_to_go = {.sa_handler = on_told, .sa_flags = SA_RESTART};
    sigemptyset(&standard.sa_mask);
    sigfillset(&told_to_go.sa_mask);
    is_stopping = 1;
    has_continued = 0;
    sigaction(SIGCONT, &told_to_go, &go);
    sigaction(SIGTSTP, &standard, &stop);
    // The whole group: a build tool that runs us, perhaps, stops too.
    kill(0, SIGTSTP);
    // Another thread may take the signal, so this one waits until the process has stopped and goes on. Half a second means
    // that it does not stop: nobody would be there to let it go on.
    for (int i = 0; i < 50 && !has_continued; i++) poll(NULL, 0, 10);
    sigaction(SIGTSTP, &stop, NULL);
    sigaction(SIGCONT, &go, NULL);
    is_stopping = 0;
}
