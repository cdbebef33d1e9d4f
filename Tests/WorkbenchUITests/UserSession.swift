import Foundation
import RPCCore
import Retry
import Synchronization
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

/// A user at a workbench whose terminal, clock and server are in memory.
@MainActor
final class UserSession {
    let backend: TestBackend
    let clock = ManualClock()
    let transport: EchoTransport
    let files: MemoryPlanFiles
    let connector: FixedConnector
    let tap: WireTap
    private let program: Program
    private var run: Task<Void, Never>?

    init(
        size: Size = Size(columns: 120, rows: 36), _ behaviour: EchoTransport.Behaviour = .answers,
        files: MemoryPlanFiles = MemoryPlanFiles(), history: MemoryHistory? = nil,
        previewDeadline: Duration = .seconds(1_000_000),
        colours: TerminalCapabilities.Colours = .palette
    ) {
        self.files = files
        backend = TestBackend(size: size, capabilities: TerminalCapabilities(colours: colours, unicode: true))
        tap = WireTap(clock: clock)
        transport = EchoTransport(behaviour, clock: clock)
        connector = FixedConnector(transport: transport, clock: clock)
        program = Program(
            backend: backend, connector: connector, methods: Greeter.method, files: files, history: history,
            state: State(
                server: ServerStatus(name: "demo:"), fields: Greeter.request.fields, sample: .sample,
                workingDirectory: "/work", faults: FaultBoard(FaultKind.samples)),
            configuration: Program.Configuration(
                timeZone: .gmt, clock: clock, previewDeadline: previewDeadline, wire: tap))
    }

    /// Lets a user use the workbench, and then leave it.
    static func play(
        size: Size = Size(columns: 120, rows: 36), _ behaviour: EchoTransport.Behaviour = .answers,
        files: MemoryPlanFiles = MemoryPlanFiles(), history: MemoryHistory? = nil,
        previewDeadline: Duration = .seconds(1_000_000),
        colours: TerminalCapabilities.Colours = .palette,
        _ body: (UserSession) async throws -> Void
    ) async throws {
        let session = UserSession(
            size: size, behaviour, files: files, history: history, previewDeadline: previewDeadline,
            colours: colours)
        session.run = Task { await session.program.run() }
        try await session.see("● healthy", "✕ unreachable")
        try await body(session)
        session.backend.press("ctrl-c")
        await session.ended()
        // The program's own limit for this is short on a clock that runs ahead of the machine: what it has begun goes on.
        try await session.meet {
            session.transport.liveCalls == 0 && session.transport.shutdownCount == session.connector.connections
        }
    }

    /// What the program says when it has ended.
    var farewell: [String] { program.farewell }

    var text: String { backend.lines.joined(separator: "\n") }

    func press(_ names: String...) {
        for name in names { backend.press(name) }
    }

    func type(_ text: String) { backend.type(text) }

    /// Clicks on a text where it is first on screen, or on a letter of it.
    func click(_ text: String, letter: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) throws {
        feed(.press, button: .left, try #require(place(of: text), sourceLocation: sourceLocation), letter)
    }

    /// Turns the wheel over a text.
    func wheel(_ kind: MouseEvent.Kind, over text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        feed(kind, button: .none, try #require(place(of: text), sourceLocation: sourceLocation), 0)
    }

    private func feed(_ kind: MouseEvent.Kind, button: MouseEvent.Button, _ place: Point, _ letter: Int) {
        let point = Point(column: place.column + letter, row: place.row)
        backend.feed(.mouse(MouseEvent(kind, button: button, at: point)))
    }

    private func place(of text: String) -> Point? {
        for (row, line) in backend.lines.enumerated() {
            guard let range = line.firstRange(of: text) else { continue }
            return Point(column: TextWidth.columns(of: String(line[..<range.lowerBound])), row: row)
        }
        return nil
    }

    /// Waits until one of the texts is on screen; time passes meanwhile.
    func see(_ texts: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait(sourceLocation, forFrame: { text in texts.contains { text.contains($0) } })
    }

    /// Waits until a text is on screen no more.
    func miss(_ unwanted: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait(sourceLocation, forFrame: { !$0.contains(unwanted) })
    }

    /// Waits until something else than the screen is as it should be.
    func meet(_ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait(sourceLocation, until: condition)
    }

    /// Waits until there is another frame, while time stands still.
    func seeNext(after frames: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<1_000_000 {
            if backend.frameCount != frames { return }
            await Task.yield()
        }
        Issue.record("no frame; the screen is:\n\(text)", sourceLocation: sourceLocation)
        throw NeverSeen()
    }

    /// Waits until the program has ended.
    func ended() async {
        let watch = Task {
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(20))
                await Task.yield()
            }
        }
        await run?.value
        watch.cancel()
    }

    private func wait(_ sourceLocation: SourceLocation, forFrame isMet: (String) -> Bool) async throws {
        var looked = -1
        try await wait(sourceLocation) {
            guard backend.frameCount != looked else { return false }
            looked = backend.frameCount
            return isMet(text)
        }
    }

    private func wait(_ sourceLocation: SourceLocation, until isMet: () -> Bool) async throws {
        for _ in 0..<1_000_000 {
            if isMet() { return }
            clock.advance(by: .milliseconds(5))
            await Task.yield()
        }
        Issue.record("never seen; the screen is:\n\(text)", sourceLocation: sourceLocation)
        throw NeverSeen()
    }

    struct NeverSeen: Error {}
}

/// Connects to one transport, whatever the address.
final class FixedConnector: ServerConnector {
    let isInsecure = false
    private let transport: EchoTransport
    private let asked = Mutex<[String]>([])
    private let orders = Mutex<[FaultOrder]>([])

    private let clock: any CallClock

    init(transport: EchoTransport, clock: any CallClock) {
        self.transport = transport
        self.clock = clock
    }

    /// How often it has connected.
    var connections: Int { names.count }

    /// The servers that it has connected to.
    var names: [String] { asked.withLock { $0 } }

    /// The faults that it was last asked for.
    var faults: [FaultOrder] { orders.withLock { $0 } }

    func problem(with order: FaultOrder) -> String? {
        order.value == "many" ? "a whole number" : nil
    }

    func connect(
        to name: String, faults: [FaultOrder], retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(CallError) -> any Transport {
        if name.contains("nowhere") { throw CallError(.unavailable, "no address for nowhere", at: .resolve) }
        asked.withLock { $0.append(name) }
        orders.withLock { $0 = faults }
        return InterceptedTransport(transport, [RetryInterceptor(policy: retry, clock: clock)])
    }
}

extension FaultKind {
    static let samples = [
        FaultKind(
            name: "refuse", form: "refuse=N", meaning: "the first N connections are reset at once",
            expectation: "a whole number"),
        FaultKind(
            name: "drop-after", form: "drop-after=N", meaning: "one stream is cut without a CLOSE after N messages",
            expectation: "a whole number"),
        FaultKind(name: "stall", form: "stall", meaning: "calls are accepted and never answered"),
    ]
}
