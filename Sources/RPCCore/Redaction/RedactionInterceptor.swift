import Synchronization

/// Takes what is secret out of everything that is told of a call: a server that repeats a token puts it neither on a screen, nor
/// into anybody's standard output, nor into a log or the history, and what is quoted of it is masked before it is shortened.
///
/// It is the only one that does so: who observes above it may show and keep what it is told. What is sent goes as it is; only
/// what the observer is told of is changed, and that it was is told once in each attempt.
public struct RedactionInterceptor: CallInterceptor {
    private let redaction: Redaction

    public init(_ redaction: Redaction) {
        self.redaction = redaction
    }

    public func intercept(
        _ call: Call, observer: any CallObserver, next: @escaping CallHandler
    ) async -> CallOutcome {
        let redaction = redaction.hiding(route: call.options.method)
        let redacted = RedactedObserver(observer, redaction)
        return await Redaction.$current.withValue(redaction) {
            redaction.redacted(await next(call, redacted))
        }
    }

    public func interceptHealthCheck(
        deadline: Duration, next: @escaping HealthHandler
    ) async throws(CallError) -> HealthReport {
        let result = await Redaction.$current.withValue(redaction) { () async -> Result<HealthReport, CallError> in
            do throws(CallError) {
                return .success(try await next(deadline))
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
        var redacted = event
        let hid = redaction.redact(&redacted)
        if hid || isMasked(event), !hasTold.exchange(true, ordering: .relaxed) {
            await observer.observe(.notice("what repeats a token or a secret header is shown as \(Secret.mask)"))
        }
        await observer.observe(redacted)
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
