import Foundation
import History
import Plans
import RPCCore

/// An earlier call that is to be made again.
struct AgainArgument {
    let call: RecordedCall
    let method: MethodSchema
    /// The plan of the call; `nil` where what it has sent is sent again.
    let document: PlanDocument?
    /// What it has sent.
    let recorded: RecordedPlan
    private let history: HistoryStore

    /// Finds a call.
    /// - Parameter sendsRecorded: Whether what was sent is sent, rather than what the plan makes.
    /// - Throws: ``Exit`` where there is none, or its plan cannot be read any more.
    init(_ number: CallNumber, sendsRecorded: Bool) async throws(Exit) {
        // Nothing is deleted by looking.
        history = try HistoryAccess.open(limits: HistoryLimits(age: nil, bytes: nil))
        do {
            call = try await history.call(number.resolved(in: history))
            method = try await history.method(of: call)
            recorded = RecordedPlan(
                history.transcript(of: call), correlation: try await history.pairings(of: call).correlation)
            document = sendsRecorded ? nil : try call.runnablePlan(of: method.input)
        } catch {
            throw HistoryAccess.exit(error)
        }
    }

    func close() async {
        await history.close(within: HistoryStore.exitLimit)
    }
}

extension RecordedCall {
    /// Its plan, where that makes what was sent: what came from standard input, or was typed, is not there any more.
    /// - Parameter request: What it requests.
    /// - Throws: ``PlanError`` where it cannot be read any more.
    func runnablePlan(of request: any MessageCodec) throws(PlanError) -> PlanDocument? {
        // Of a message without fields a plan says nothing; there may be more in it. Bytes are sent as they were.
        guard let text = head.plan, !request.fields.isEmpty, !(request is RawMessageCodec) else { return nil }
        let plan = try PlanFile(
            yaml: text, of: request, place: "the plan of call \(id)", directory: head.directory
        ).document
        return plan.readsStandardInput || plan.steps.isEmpty ? nil : plan
    }
}
