public import GreeterCore
import Synchronization

/// A transport that says nothing secret of what another sends and receives: a server that repeats a token puts it neither on a
/// screen nor into anybody's standard output, and what is quoted of it is masked before it is shortened.
///
/// What is sent goes as it is; only what the observer is told of is changed, and that it was is told once in a call.
public struct RedactedTransport: GreeterTransport {
    private let transport: any GreeterTransport
    private let redaction: Redaction

    public init(_ transport: any GreeterTransport, _ redaction: Redaction) {
        self.transport = transport
        self.redaction = redaction
    }

    public var server: ServerAddress { transport.server }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let redaction = redaction.hiding(route: call.options.method)
        let redacted = RedactedObserver(observer, redaction)
        return await Redaction.$current.withValue(redaction) {
            redaction.redacted(await transport.perform(call, observer: redacted))
        }
    }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        let result = await Redaction.$current.withValue(redaction) { () async -> Result<HealthReport, CallError> in
            do throws(CallError) {
                return .success(try await transport.checkHealth(deadline: deadline))
            } catch {
                return .failure(error)
            }
        }
        do {
            var report = try result.get()
            report.message = redaction.redacted(report.message)
            return report
        } catch {
            throw redaction.redacted(error)
        }
    }

    public func shutdown() async { await transport.shutdown() }
}

private final class RedactedObserver: CallObserver {
    private let observer: any CallObserver
    private let redaction: Redaction
    private let hasTold = Atomic(false)

    init(_ observer: any CallObserver, _ redaction: Redaction) {
        self.observer = observer
        self.redaction = redaction
    }

    func observe(_ event: CallEvent) async {
        let hides = redaction.mayHide(in: event)
        if hides || isMasked(event), !hasTold.exchange(true, ordering: .relaxed) {
            await observer.observe(.notice("what repeats a token or a secret header is shown as \(Secret.mask)"))
        }
        switch event {
        // Batches of messages in which there is nothing to hide are passed on as they are.
        case .sent where !hides, .received where !hides: await observer.observe(event)
        default: await observer.observe(redaction.redacted(event))
        }
    }

    /// Whether the text of an error was masked when it was made, before it was shortened.
    private func isMasked(_ event: CallEvent) -> Bool {
        switch event {
        case .attemptEnded(let error, _): redaction.hasSecrets && error.cause.contains(Secret.mask)
        case .ended(let outcome): redaction.hasSecrets && outcome.error?.cause.contains(Secret.mask) == true
        default: false
        }
    }
}
