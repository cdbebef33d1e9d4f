#include "cncurses_private.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/// What the keyboard sends.
static const int typed[] = {SIGINT, SIGQUIT, SIGTSTP};
#define TYPED 3

static pid_t start(const char *command, const char *argument) {
    size_t room = strlen(command) + sizeof " \"$1\"";
    char *script = malloc(room);
    if (!script) return -1;
    snprintf(script, room, "%s \"$1\"", command);
    char *const arguments[] = {"sh", "-c", script, "sh", (char *)argument, NULL};
    posix_spawnattr_t attributes;
    sigset_t standard, none;
    sigemptyset(&standard);
    sigemptyset(&none);
    for (int i = 0; i < TYPED; i++) sigaddset(&standard, typed[i]);
    // This program ignores it, and a command whose reader has gone would go on for nobody.
    sigaddset(&standard, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &standard);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    pid_t child;
    int failure = posix_spawn(&child, "/bin/sh", NULL, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    free(script);
    return failure ? -1 : child;
}

int32_t cn_run(const char *command, const char *argument) {
    struct sigaction ignored = {.sa_handler = SIG_IGN}, before[TYPED];
    sigemptyset(&ignored.sa_mask);
    for (int i = 0; i < TYPED; i++) sigaction(typed[i], &ignored, &before[i]);
    pid_t child = start(command, argument);
    int32_t result = -1;
    while (child > 0) {
        int status;
        if (waitpid(child, &status, WUNTRACED) < 0) {
            if (errno == EINTR) continue;
            break;
        }
        if (WIFSTOPPED(status)) {
            // The shell that runs us waits for this process, not for the command.
            kill(getpid(), SIGSTOP);
            kill(child, SIGCONT);
            continue;
        }
        result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        break;
    }
    for (int i = 0; i < TYPED; i++) sigaction(typed[i], &before[i], NULL);
    return result;
}
