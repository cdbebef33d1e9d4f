import Plans
import RPCCore
import Retry
import WorkbenchModel

/// A call that was started from the workbench: its task, its steering, and what was recorded of it.
struct LiveCall {
    let id: Int
    let recorder: CallRecorder
    private let plan: SteeredPlan
    private let steering = CallSteering()
    private let task: Task<Void, Never>

    /// - Parameters:
    ///   - method: What is called.
    ///   - recorded: What is sent in place of the call's plan.
    init(
        _ call: CallState, _ method: MethodSchema, over transport: any Transport,
        sending recorded: (any RequestPlan)? = nil,
        clock: any CallClock, onChange: @escaping @Sendable () -> Void
    ) {
        id = call.id
        let recorder = CallRecorder(clock: clock, onChange: onChange)
        let requests = PlanRun(call.plan)
        let plan =
            recorded.map { SteeredPlan($0, holdsOpen: call.isHeldOpen) }
            ?? SteeredPlan(requests, for: call.kind, holdsOpen: call.isHeldOpen)
        self.recorder = recorder
        self.plan = plan
        task = Task.detached { [steering] in
            if let note = requests.seedNote { await recorder.observe(.notice(note)) }
            await CallSteering.$current.withValue(steering) {
                await RecordPlace.$current.withValue(recorder.transcript.record) {
                    _ = await transport.perform(
                        Call(method, plan, options: call.options), observer: plan.watching(recorder))
                }
            }
            // Whatever the plan had still to make is not wanted any more.
            plan.halfClose()
        }
    }

    func halfClose() { plan.halfClose() }

    /// - Returns: whether the request was taken.
    func send(_ request: MessageValue) -> Bool { plan.send(request) }

    func cancel() { task.cancel() }

    /// Begins the attempt that is being waited for.
    func retryNow() { steering.retryNow() }

    /// Returns once the call is over.
    func finish() async { await task.value }
}
