#include "cncurses_private.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/// The modes in which lines are edited.
static struct termios line_modes;

bool cn_line_open(int32_t input, int32_t output, const uint8_t *restore, int32_t count) {
    if (tcgetattr(input, &line_modes) != 0) return false;
    cn_the_terminal.input = input;
    cn_the_terminal.output = output;
    cn_remember_modes(input);
    // Carriage returns stay line ends, and control-S and control-Q stay what they are.
    line_modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    line_modes.c_cc[VMIN] = 1;
    line_modes.c_cc[VTIME] = 0;
    line_modes.c_cc[VQUIT] = _POSIX_VDISABLE;
    cn_arm_restore(restore, count);
    cn_line_enter();
    return true;
}

void cn_line_enter(void) { tcsetattr(cn_the_terminal.input, TCSADRAIN, &line_modes); }

void cn_line_close(void) { cn_emergency_restore(); }

bool cn_line_is_foreground(void) {
    pid_t group = tcgetpgrp(cn_the_terminal.input);
    return group < 0 || group == getpgrp();
}

void cn_line_stop(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL}, before;
    sigset_t stop, mask;
    sigemptyset(&standard.sa_mask);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigaction(SIGTSTP, &standard, &before);
    pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
    // To this thread, so that the process has stopped and goes on before this returns. One that nobody could let go on does
    // not stop.
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &before, NULL);
}
