import Logging
public import RPCCore

/// Logs calls: the calls themselves, their attempts and outcomes at info, every request and reply at debug.
public struct LogInterceptor: CallInterceptor {
    private let log: CallLog
    private let server: ServerAddress
    private let headers: [MetadataEntry]
    private let redaction: Redaction

    /// - Parameters:
    ///   - server: The server that the calls go to.
    ///   - headers: What is sent with every request. Their values are not logged.
    ///   - redaction: What is not written of what calls begin with; that of the log, unless given.
    public init(
        to log: CallLog, server: ServerAddress, headers: [MetadataEntry] = [], redaction: Redaction? = nil
    ) {
        self.redaction = redaction ?? log.redaction
        self.log = log
        self.server = server
        self.headers = headers
    }

    public func intercept(
        _ call: Call, observer: any CallObserver, next: @escaping CallHandler
    ) async -> CallOutcome {
        let number = log.nextCall()
        let (kind, deadline, sent) = (call.kind, call.options.deadline, headers + call.options.metadata)
        log.submit { [server, redaction] logger in
            let server = redaction.redactedAddress("\(server)")
            logger.info(
                "call",
                metadata: [
                    "call": "\(number)", "kind": "\(kind.rawValue)", "server": "\(server)",
                    "deadline": "\(deadline?.text ?? "none")", "headers": "\(redaction.redacted(sent).text)",
                ])
        }
        return await next(call, EventLogger(observer, to: log, call: number))
    }

    public func interceptHealthCheck(
        deadline: Duration, next: @escaping HealthHandler
    ) async throws(CallError) -> HealthReport {
        do {
            let report = try await next(deadline)
            log.submit { logger in
                logger.info(
                    "healthy", metadata: ["message": "\(report.message)", "took": "\(report.roundTrip.text)"])
            }
            return report
        } catch {
            log.submit { $0.info("unhealthy", metadata: error.logMetadata) }
            throw error
        }
    }
}

extension [MetadataEntry] {
    /// Headers as the log has them: `name: value, …`.
    var text: String { map(\.description).joined(separator: ", ") }
}

extension CallError {
    /// The error as the log has it.
    var logMetadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "code": "\(code.name)", "at": "\(origin.rawValue)", "cause": "\(cause)",
        ]
        if let closeCode { metadata["close-code"] = "\(closeCode)" }
        switch pushback {
        case .wait(let pause): metadata["retry-after"] = "\(pause.text)"
        case .stop: metadata["retry-forbidden"] = "true"
        case nil: break
        }
        return metadata
    }
}
