import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Plans with numbers that no plan has", .timeLimit(.minutes(10)))
struct ExtremeTests {
    /// Plans with a place for a number.
    static let plans = [
        "seed: N\nrequests: [{name: A}]\n",
        "requests:\n  - {repeat: N, send: {name: 'User {i}'}}\n",
        "requests:\n  - {repeat: 3, send: {name: '{i:N}'}}\n",
        "requests:\n  - {repeat: 3, send: {name: '{random:N-9223372036854775807}'}}\n",
        "requests:\n  - {repeat: 3, send: {name: '{random:-9223372036854775808-N}'}}\n",
        "requests:\n  - {repeat: 3, send: {name: '{now:ms}'}, every: Ns}\n",
        "requests:\n  - {repeat: 3, send: {name: '{now}'}, every: Nh, jitter: 50%}\n",
        "requests:\n  - {repeat: 3, send: {name: A}, every: 1s, jitter: N}\n",
        "requests:\n  - {repeat: 3, send: {name: A}, every: 1s, jitter: N%}\n",
        "requests:\n  - {repeat: 3, send: {name: A}, batch: {size: N, pause: 1s}}\n",
        "requests:\n  - {repeat: 3, send: {name: '{now:unix}'}, batch: {size: 1, pause: Nm}}\n",
        "requests:\n  - {name: A}\n  - pause: Ns\n  - {repeat: 2, send: {name: '{now}'}}\n",
        "requests: [{name: A}]\nflow: {unanswered: N, timeout: 1s}\n",
        "requests: [{name: A}]\nflow: {unanswered: 1, timeout: Ns}\n",
        "requests: [{name: A}]\nstop: {after: N}\n", "requests: [{name: A}]\nstop: {time: Ns}\n",
    ]

    @Test("Any number in any place makes a plan whose requests can be seen, or an error", arguments: plans)
    func extremes(plan: String) async throws {
        for number in Extremes.texts where !number.isEmpty {
            let text = plan.replacing("N", with: number)
            let file: PlanFile
            do throws(PlanError) {
                file = try PlanFile(yaml: text, of: Greeter.request, place: "x.yaml", directory: "/")
            } catch {
                #expect(!"\(error)".isEmpty)
                continue
            }
            _ = file.document.problems(for: .bidirectional)
            #expect(!(try file.document.yaml()).isEmpty)
            do {
                #expect(try await PlanRun(file.document).preview(5).count <= 5)
            } catch {
                #expect(error is PlanError)
            }
        }
    }
}
