import Foundation
import TestSupport
import Testing

/// The real program on a pseudo-terminal.
final class PtySession {
    private let descriptor: Int32
    private let pid: pid_t
    private var status: Int32?
    private(set) var screen: TerminalScreen
    /// Everything that the program has written.
    private(set) var output: [UInt8] = []

    /// How long anything may take before the test fails; a machine under load is slow.
    private static let timeout = 40.0

    /// Where the program keeps things, unless the environment says otherwise; nobody's own.
    private let stateHome = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    /// - Parameter program: What is run instead of greeter-tui: a shell that runs it.
    init(
        _ arguments: [String] = [], columns: Int = 120, rows: Int = 36, environment: [String: String] = [:],
        program: String? = nil
    ) throws {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        var (master, slave): (Int32, Int32) = (-1, -1)
        try #require(openpty(&master, &slave, nil, nil, &size) == 0)
        descriptor = master
        screen = TerminalScreen(columns: columns, rows: rows)
        defer { close(slave) }
        // Not ttyname: suites run side by side.
        var buffer = [CChar](repeating: 0, count: 256)
        try #require(ttyname_r(slave, &buffer, buffer.count) == 0)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        pid = try Self.spawn(
            program ?? BuiltProduct.path(of: "greeter-tui"), arguments, on: name,
            environment: ["XDG_STATE_HOME": stateHome].merging(environment) { $1 })
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        close(descriptor)
        try? FileManager.default.removeItem(atPath: stateHome)
    }

    /// POSIX_SPAWN_SETSID, which glibc's headers keep from Swift.
    #if os(Linux)
        private static let newSession: Int32 = 0x80
    #else
        private static let newSession = POSIX_SPAWN_SETSID
    #endif

    private static func spawn(
        _ program: String, _ arguments: [String], on slave: String, environment: [String: String]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Opened by a session leader without a terminal, it becomes the controlling one.
        posix_spawn_file_actions_addopen(&actions, 0, slave, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        SpawnIsolation.add(to: &actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | SpawnIsolation.flags)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)

        var variables = ProcessInfo.processInfo.environment.filter {
            !["NO_COLOR", "LC_ALL", "LC_CTYPE", "COLORFGBG"].contains($0.key) && !$0.key.hasPrefix("GREETER_TUI_")
        }
        variables.merge(["TERM": "xterm-256color", "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"]) { $1 }
        variables["GREETER_TUI_CONFIG"] = "/dev/null"
        variables.merge(environment) { $1 }
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, program, &actions, &attributes, argv, envp) == 0)
        return pid
    }

    // MARK: What a user does

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    func resize(columns: Int, rows: Int) {
        screen.resize(columns: columns, rows: rows)
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// The settings of the terminal, which the program must leave as it found them.
    var settings: termios {
        var settings = termios()
        tcgetattr(descriptor, &settings)
        return settings
    }

    // MARK: What a user sees

    var text: String { screen.text }

    /// Waits until a text is on screen.
    func see(_ wanted: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try wait(sourceLocation, for: wanted) { $0.text.contains(wanted) }
    }

    /// Waits until a text is on screen no more.
    func miss(_ unwanted: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try wait(sourceLocation, for: "no \(unwanted)") { !$0.text.contains(unwanted) }
    }

    /// Waits until the program has ended.
    /// - Returns: its exit status, or minus the signal that ended it.
    @discardableResult
    func exit(sourceLocation: SourceLocation = #_sourceLocation) throws -> Int32 {
        try wait(sourceLocation, for: "the end of the program") { $0.reap() }
        while read(within: 0) {}
        let status = status ?? 0
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    }

    private func reap() -> Bool {
        if status != nil { return true }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return false }
        self.status = status
        return true
    }

    /// Waits until something is as it should be.
    func wait(
        _ sourceLocation: SourceLocation = #_sourceLocation, for what: String, until isMet: (PtySession) -> Bool
    ) throws {
        let end = Date(timeIntervalSinceNow: Self.timeout)
        while !isMet(self) {
            guard Date() < end else {
                Issue.record("never came: \(what); the screen is:\n\(text)", sourceLocation: sourceLocation)
                throw NeverCame()
            }
            read(within: 20)
        }
    }

    struct NeverCame: Error {}

    /// Takes what the program has written.
    /// - Returns: whether there was anything.
    @discardableResult
    private func read(within milliseconds: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, milliseconds) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count > 0 else {
            // The program has closed the terminal; give its end a moment to be seen.
            usleep(1000)
            return false
        }
        output += bytes.prefix(count)
        screen.feed(Array(bytes.prefix(count)))
        return true
    }
}
