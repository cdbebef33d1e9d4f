import Foundation
import Plans
import RPCCore
import Synchronization

/// One call from the command line, with what signals and a closed standard output do to it.
struct CallRun {
    let call: Call
    /// The plan of the call.
    let plan: SteeredPlan
    /// Whether the first SIGINT ends the stream instead of the call.
    let endsByHand: Bool
    let printer: CallPrinter

    /// How long a cancelled call may take to end, whatever holds it up.
    private static let timeout = Duration.seconds(2)

    /// Makes the call.
    /// - Returns: how the program is to end.
    func perform(on transport: any Transport, signals: Signals, clock: any CallClock) async -> Exit {
        let task = Task { await transport.perform(call, observer: plan.watching(printer)) }
        printer.whenClosed { task.cancel() }
        let interruption = Interruption()
        let watcher = Task { await watch(signals, task: task, interruption: interruption, clock: clock) }
        let outcome = await task.value
        watcher.cancel()
        let lines = CallSummary.lines(of: outcome, start: printer.callStart)
        if printer.isClosed {
            guard let problem = printer.outputProblem else { return .status(Exit.brokenPipeStatus) }
            return Exit(
                status: Exit.usageStatus,
                lines: ["greeter-tui: standard output cannot be written: \(problem)"] + lines)
        }
        if let signal = interruption.signal, outcome.error != nil {
            return Exit(status: 128 + signal, lines: lines)
        }
        return Exit(status: outcome.error.map { 64 + Int32($0.code.rawValue) } ?? 0, lines: lines)
    }

    private func watch(
        _ signals: Signals, task: Task<CallOutcome, Never>, interruption: Interruption, clock: any CallClock
    ) async {
        var isEnding = false
        for await signal in signals.stream {
            if interruption.signal != nil { Exit.status(128 + signal).perform() }
            if signal == SIGINT, endsByHand, !isEnding, printer.isOpen {
                isEnding = true
                plan.halfClose()
                Exit.write("greeter-tui: ending the stream; interrupt again to cancel the call", to: STDERR_FILENO)
                continue
            }
            interruption.signal = signal
            task.cancel()
            // A reader of standard output that has stopped reading must not keep the program alive.
            Task {
                try await clock.sleep(for: Self.timeout)
                Exit(status: 128 + signal, lines: ["greeter-tui: cancelled; what was delivered is not known"]).perform()
            }
        }
    }
}

/// The signal that cancelled the call, if one did.
private final class Interruption: Sendable {
    private let state = Mutex<Int32?>(nil)

    var signal: Int32? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
