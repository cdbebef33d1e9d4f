public import RPCCore

/// How time goes on while a tape is played.
@MainActor
public protocol TapeTime: AnyObject {
    var now: Duration { get }

    /// Called whenever the screen shows something that is to be recorded.
    var onLook: () -> Void { get set }

    /// Lets time go on.
    func pass(_ duration: Duration) async throws

    /// Lets time go on until a condition holds.
    /// - Returns: whether it did, within the limit.
    func wait(atMost limit: Duration, until isMet: () -> Bool) async throws -> Bool
}

/// Time that goes on only while the process is at rest, and then at once to the next moment at which something is due.
///
/// What takes no time in the program takes none on screen, however slow the machine: twice the same tape shows the same
/// times. All waiting in the program and its demo server must be on ``clock``.
@MainActor
public final class VirtualTime: TapeTime {
    private let manual: ManualClock
    private let rest = ProcessRest()
    public var onLook: () -> Void = {}

    /// Whether it can be had on this system.
    public static var isSupported: Bool { ProcessRest.isSupported }

    public init() {
        manual = ManualClock()
    }

    /// The clock for everything that is played. Its day is always the same.
    public var clock: any CallClock { manual }

    public var now: Duration { manual.now }

    public func pass(_ duration: Duration) async throws {
        let end = now + duration
        _ = try await goOn(to: end) { false }
        manual.advance(to: end)
    }

    public func wait(atMost limit: Duration, until isMet: () -> Bool) async throws -> Bool {
        try await goOn(to: now + limit, until: isMet)
    }

    private func goOn(to end: Duration, until isMet: () -> Bool) async throws -> Bool {
        while true {
            try await rest.reached()
            try Task.checkCancellation()
            onLook()
            if isMet() { return true }
            guard let next = manual.nextInstant, next <= end else { return false }
            manual.advance(to: next)
        }
    }
}

/// The time of the machine, for tapes that are watched, and for servers elsewhere.
@MainActor
public final class RealTime: TapeTime {
    public let clock: any CallClock
    private let speed: Double
    private let terminal: TapeTerminal
    public var onLook: () -> Void = {}

    /// - Parameter speed: By what the tape's pauses are shorter than it says.
    public init(_ terminal: TapeTerminal, speed: Double, clock: any CallClock = SystemClock()) {
        self.terminal = terminal
        self.speed = speed
        self.clock = clock
        terminal.onPicture = { [weak self] in self?.onLook() }
    }

    public var now: Duration { clock.now }

    public func pass(_ duration: Duration) async throws {
        try await clock.sleep(for: duration / speed)
    }

    public func wait(atMost limit: Duration, until isMet: () -> Bool) async throws -> Bool {
        let end = now + limit
        while true {
            try Task.checkCancellation()
            let seen = terminal.frameCount
            if isMet() { return true }
            guard now < end else { return false }
            await frame(after: seen, before: end)
        }
    }

    private func frame(after seen: Int, before end: Duration) async {
        await withTaskGroup { group in
            group.addTask { [terminal] in await terminal.frame(after: seen) }
            group.addTask { [clock] in try? await clock.sleep(until: end) }
            await group.next()
            group.cancelAll()
        }
    }
}
