import Foundation
import Greeter
import History
import RPCCore
import Synchronization
import UserConfiguration

extension Settings {
    /// How much of the history is kept.
    var historyLimits: HistoryLimits {
        HistoryLimits(age: self[Known.historyAge], bytes: self[Known.historySize].map { $0 << 20 })
    }
}

extension Setup {
    /// The history into which calls are recorded; `nil` where none is to be, or there is no home to put it into.
    /// - Parameters:
    ///   - announces: Whether what observes a call is told why it is not recorded any more.
    ///   - report: Told what people should know, on some thread.
    func openHistory(
        in surroundings: Surroundings, announces: Bool = false,
        report: @escaping @Sendable (HistoryStore.Report) -> Void
    ) -> HistoryStore? {
        guard settings[Known.history], surroundings.repetition == nil, let folder = surroundings.stateFolder else {
            return nil
        }
        return HistoryStore(
            folder: folder, of: Greeter.method, definitions: HistoryAccess.definitions, limits: settings.historyLimits,
            redaction: redaction.hiding(headers: settings[Known.historyRedact].map(\.name)), clock: surroundings.clock,
            announces: announces, report: report)
    }
}

extension HistoryStore {
    /// How long the end of the program waits for what is not written yet.
    static let exitLimit = Duration.seconds(5)

    /// Sees to it that what was recorded is written.
    /// - Returns: what people should know about it.
    func end() async -> String? {
        await close(within: Self.exitLimit)
            ? nil : "the history is not complete: not everything was written within \(Self.exitLimit.text)"
    }
}

extension HistoryStore.Report {
    /// The report as a sentence.
    var text: String {
        switch self {
        case .finding(let text): "history: \(text)"
        case .problem(let error): "this call is not recorded, or not wholly: \(error)"
        }
    }
}

/// What a history has said, for those who tell it at the end. Each sentence once.
final class HistoryNotes: Sendable {
    private static let limit = 20
    private let state = Mutex<(notes: [String], listener: (@Sendable (String) -> Void)?)>(([], nil))

    var all: [String] { state.withLock { $0.notes } }

    func add(_ report: HistoryStore.Report) {
        let text = report.text
        let listener = state.withLock { state -> (@Sendable (String) -> Void)? in
            guard state.notes.count < Self.limit, !state.notes.contains(text) else { return nil }
            state.notes.append(text)
            return state.listener
        }
        listener?(text)
    }

    /// Tells what has been said so far, and what will be, on some thread.
    func listen(_ listener: @escaping @Sendable (String) -> Void) {
        let notes = state.withLock { state in
            state.listener = listener
            return state.notes
        }
        for note in notes { listener(note) }
    }
}
