import Foundation
import GreeterCore
import GreeterHistory
import GreeterPlans

/// An earlier call that is to be made again.
struct AgainArgument {
    let call: RecordedCall
    /// The plan of the call; `nil` where what it has sent is sent again.
    let document: PlanDocument?
    /// What it has sent.
    let recorded: RecordedPlan
    private let history: HistoryStore

    /// Finds a call.
    /// - Parameter sendsRecorded: Whether what was sent is sent, rather than what the plan makes.
    /// - Throws: ``Exit`` where there is none, or its plan cannot be read any more.
    init(_ number: Int64, sendsRecorded: Bool) async throws(Exit) {
        // Nothing is deleted by looking.
        history = try HistoryAccess.open(limits: HistoryLimits(age: nil, bytes: nil))
        do {
            call = try await history.call(number)
            recorded = RecordedPlan(history.transcript(of: call))
            guard !sendsRecorded, let text = call.head.plan else {
                document = nil
                return
            }
            let plan = try PlanFile(yaml: text, place: "the plan of call \(number)", directory: call.head.directory)
            // What came from standard input, or was typed, is not there any more.
            document = plan.document.readsStandardInput || plan.document.steps.isEmpty ? nil : plan.document
        } catch {
            throw HistoryAccess.exit(error)
        }
    }

    func close() async {
        await history.close(within: HistoryStore.exitLimit)
    }
}
