import ArgumentParser
import Foundation
import RPCCore
import Synchronization
import TransportSupport
import UserConfiguration

/// Tells what works on the way to a server.
struct DoctorCommand: AsyncParsableCommand, ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Tell what works on the way to a server, and what to try where it does not.",
        discussion: """
            Asks the proxy, where there is one, resolves the name, connects to each of its addresses, makes the TLS handshake, asks the health route, tells what the server of gRPC has set for HTTP/2 and how long a PING takes, opens a WebSocket, and makes a \
            call of each kind with one request, for the name 'doctor'. Each step is one line with how long it took; what \
            cannot work because of an earlier step is not tried. Nothing is tried twice.

            Each step may take 5 s, or what --deadline, the variable or the configuration says.

            --output json prints a JSON object for each step: step, result (ok, failed or skipped), detail, seconds, and \
            for a step that failed code, status and advice.

            A gRPC server that does not have the method that is called, which is that of the Greeter service unless --method names another, has not failed: \
            the line says so, and everything before it was checked.

            Exit status: 0 when every check passed, else 64 + the status code of the first step that failed.
            """)

    @Option(help: "How the findings are printed.")
    var output = OutputFormat.text

    @OptionGroup(title: "Server Options")
    var connection: ConnectionOptions

    @OptionGroup(title: "Retry Options")
    var retry: RetryOptions

    @OptionGroup(title: "Demo Server Options")
    var demo: DemoOptions

    @OptionGroup(title: "Configuration Options")
    var configuration: ConfigurationOptions

    @OptionGroup(title: "Log Options")
    var log: LogOptions

    /// How long a step may take where nobody says anything.
    private static let standardLimit = Duration.seconds(5)

    func run() async throws {
        let setup = try await Setup(load())
        try checkMethods(at: setup.server.address)
        try setup.checkFaults()
        setup.sayNotes()
        let surroundings = Surroundings()
        let clock = surroundings.clock
        let wire = WireTap(clock: clock, redaction: setup.redaction)
        let connection = try await ServerConnection.open(setup, in: surroundings, wire: wire, retry: { .off })
        let isStandard = setup.settings.origin(of: Known.deadline) == .standard
        let failures = Mutex(0)
        let absences = Mutex(0)
        let doctor = Doctor(
            transport: connection.calls,
            probe: ServerProbe(
                server: connection.server, tls: setup.gateway.tls,
                proxies: setup.server.address.scheme.isDemo ? ProxySettings() : setup.gateway.proxies, clock: clock),
            wire: wire,
            limit: isStandard ? Self.standardLimit : setup.settings[Known.deadline] ?? Self.standardLimit, clock: clock,
            named: named(setup.settings)
        ) { finding in
            if finding.error != nil { failures.withLock { $0 += 1 } }
            if finding.isAbsence { absences.withLock { $0 += 1 } }
            Exit.write(text(of: finding, setup), to: STDOUT_FILENO)
        }
        let error = await doctor.examine()
        await connection.shutdown()
        await setup.finishLog()
        guard let error else {
            let absent = absences.withLock { $0 }
            let calls =
                absent == 0 ? "" : "; \(absent.counted("method", "methods")) that it does not have were not called"
            throw Exit(status: 0, lines: ["greeter-tui: every check of \(connection.server) passed\(calls)"])
        }
        let count = failures.withLock { $0 }
        throw Exit(
            status: 64 + Int32(error.code.rawValue),
            lines: ["greeter-tui: \(count.counted("step", "steps")) failed"])
    }

    /// The kinds of call whose methods are not the usual ones.
    private func named(_ settings: Settings) -> Set<CallKind> {
        Set(
            zip(CallKind.allCases, Known.methods).filter { settings.origin(of: $0.1) != .standard }.map(\.0))
    }

    private func text(of finding: Finding, _ setup: Setup) -> String {
        guard output == .json else { return inert(setup.redaction.redacted(finding.line)) }
        var json = JSONText(isTerminalSafe: true)
        finding.appendJSON(to: &json)
        return setup.redaction.redacted(String(json.string.dropLast()))
    }
}
