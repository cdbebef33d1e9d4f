public import GreeterCore
import Logging

/// A transport whose calls are logged: calls, attempts and outcomes at info, every request and reply at debug.
public struct LoggedTransport: GreeterTransport {
    private let transport: any GreeterTransport
    private let log: CallLog
    private let headers: [MetadataEntry]

    /// - Parameter headers: What is sent with every request. Their values are not logged.
    public init(_ transport: any GreeterTransport, to log: CallLog, headers: [MetadataEntry] = []) {
        self.transport = transport
        self.log = log
        self.headers = headers
    }

    public var server: ServerAddress { transport.server }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let number = log.nextCall()
        let (kind, deadline) = (call.kind, call.options.deadline)
        let (server, redaction, sent) = (server, log.redaction, headers + call.options.metadata)
        log.submit { logger in
            logger.info(
                "call",
                metadata: [
                    "call": "\(number)", "kind": "\(kind.rawValue)", "server": "\(server)",
                    "deadline": "\(deadline?.text ?? "none")", "headers": "\(redaction.text(of: sent))",
                ])
        }
        return await transport.perform(call, observer: EventLogger(observer, to: log, call: number))
    }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        do {
            let report = try await transport.checkHealth(deadline: deadline)
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

    public func shutdown() async {
        await transport.shutdown()
    }
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
