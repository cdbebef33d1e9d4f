import Foundation
import RPCCore
import Retry
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel
import WorkbenchUI

/// A user at the program on a terminal in memory; all else is real: the demo server, the connections to it, and the time.
@MainActor
final class ProgramSession {
    private let backend = TestBackend(size: Size(columns: 240, rows: 60))
    private let program: Program

    /// How long anything may take before the test fails; a machine under load is slow.
    private static let timeout = Duration.seconds(40)

    private init(_ test: FaultCase, clock: any CallClock) throws {
        var settings = CallSettings(kind: test.kind)
        settings.deadline = test.isSilent ? .milliseconds(400) : .seconds(30)
        settings.holdsOpen = false
        settings.retry = try RetryPolicy(
            maximumAttempts: 3,
            backoff: BackoffPolicy(initial: .milliseconds(10), maximum: .milliseconds(20), jitter: .none),
            allowsRepeatedPost: test.repeatsPost)
        let state = State(
            server: ServerStatus(name: "demo:"), fields: Greeter.request.fields, sample: .sample, settings: settings,
            faults: FaultBoard(orders: [FaultOrder(test.order)]))
        program = Program(
            backend: backend, connector: DemoConnector(clock: clock), methods: Greeter.method, files: NoPlanFiles(),
            state: state,
            configuration: Program.Configuration(clock: clock))
    }

    /// Runs the sample requests as a call of this kind, to its end, and leaves.
    /// - Returns: what the screen shows then.
    static func play(_ test: FaultCase) async throws -> Screen {
        var traces = Traces()
        return try await play(test, clock: SystemClock(), traces: &traces)
    }

    static func play(_ test: FaultCase, clock: any CallClock, traces: inout Traces) async throws -> Screen {
        let session = try ProgramSession(test, clock: clock)
        traces.follow("the program", session.program)
        traces.follow("the terminal", session.backend)
        let run = Task { await session.program.run() }
        try await session.wait { $0.contains("● healthy") }
        session.backend.press("r")
        try await session.wait { $0.contains(#/\n [✓✕!] [A-Z_]+( after|:| at)/#) }
        let screen = Screen(lines: session.backend.lines)
        session.backend.press("ctrl-c")
        await run.value
        return screen
    }

    private func wait(until isMet: (String) -> Bool) async throws {
        let end = ContinuousClock.now + Self.timeout
        while true {
            let text = backend.lines.joined(separator: "\n")
            if isMet(text) { return }
            guard ContinuousClock.now < end else { throw NeverSeen(description: "the screen is:\n\(text)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    struct NeverSeen: Error, CustomStringConvertible {
        let description: String
    }
}

/// What the screen shows at the end of a call.
struct Screen {
    let lines: [String]

    /// What the program says of the call.
    var notice: String {
        lines.last { $0.hasPrefix(" ✓ ") || $0.hasPrefix(" ✕ ") || $0.hasPrefix(" ! ") }
            .map { String($0.dropFirst()).trimmingCharacters(in: .whitespaces) } ?? ""
    }

    /// The lines of the attempts pane.
    var attempts: [String] {
        let below = lines.drop { !$0.contains(" Attempts ") }
        return below.dropFirst().prefix { $0.hasPrefix("│") }
            .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "│ ")) }.filter { !$0.isEmpty }
    }

    /// The marks behind the requests in the sent pane, from the first on.
    var marks: [String] {
        lines.compactMap {
            $0.firstMatch(of: #/(?:Alice|Bob|Chloé) · (?:en|es|fr) +([…✓?↻✕≈]+)│/#).map { String($0.1) }
        }
    }
}

extension Screen: CustomStringConvertible {
    var description: String { "\n" + lines.joined(separator: "\n") }
}
