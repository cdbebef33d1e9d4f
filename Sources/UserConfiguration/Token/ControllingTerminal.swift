import Foundation

/// The terminal of this program's session while it is ours to read, to be lent to a process group of its own that asks for a
/// passphrase there: a group in the background that reads a terminal is stopped (POSIX.1, XBD 11.1.4).
final class ControllingTerminal: Sendable {
    private let descriptor: Int32
    private let settings: termios

    /// `nil` where there is no terminal, or another process group has it.
    init?() {
        descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
        var settings = termios()
        guard descriptor >= 0, tcgetpgrp(descriptor) == getpgrp(), tcgetattr(descriptor, &settings) == 0 else {
            if descriptor >= 0 { close(descriptor) }
            return nil
        }
        self.settings = settings
    }

    deinit { close(descriptor) }

    /// Puts a group into the foreground, and lets it go on where it has been stopped before that.
    func lend(to group: pid_t) {
        put(group)
        kill(-group, SIGCONT)
    }

    /// Puts this program into the foreground again, and the terminal back to how it was: who was ended may have turned off the echo.
    func takeBack() {
        put(getpgrp())
    }

    /// Interrupts this program as the terminal would have done, had it been in the foreground.
    func interrupt() {
        takeBack()
        Self.with(SIG_UNBLOCK, SIGINT) { raise(SIGINT) }
    }

    private func put(_ group: pid_t) {
        // Who does this from the background is stopped unless the signal is blocked.
        Self.with(SIG_BLOCK, SIGTTOU) {
            tcsetpgrp(descriptor, group)
            var settings = settings
            tcsetattr(descriptor, TCSADRAIN, &settings)
        }
    }

    /// Does something while a signal is blocked, or not, in this thread; threads of a pool block them all.
    private static func with(_ rule: Int32, _ signal: Int32, _ body: () -> Void) {
        var (changed, before) = (sigset_t(), sigset_t())
        sigemptyset(&changed)
        sigaddset(&changed, signal)
        pthread_sigmask(rule, &changed, &before)
        body()
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
