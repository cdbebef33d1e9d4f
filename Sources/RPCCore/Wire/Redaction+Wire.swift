// What is shown of the wire, without credentials.
extension Redaction {
    func redacted(_ record: WireRecord) -> WireRecord {
        var record = record
        switch record.fact {
        case .frame(var frame):
            switch frame.content {
            case .headers(let fields, let size): frame.content = .headers(wireFields(fields), size: size)
            case .goAway(let code, let last, let text):
                frame.content = .goAway(code: code, lastStream: last, text: redactedAddress(text))
            case .none, .settings, .window, .reset: return record
            }
            record.fact = .frame(frame)
        case .request(let method, let target, let fields):
            record.fact = .request(method: method, target: redactedAddress(target), fields: wireFields(fields))
        case .response(let status, let reason, let fields):
            record.fact = .response(status: status, reason: redacted(reason), fields: wireFields(fields))
        case .webSocket(var run):
            guard let reason = run.reason else { return record }
            run.reason = redactedAddress(reason)
            record.fact = .webSocket(run)
        case .closed(let reason): record.fact = .closed(reason: redactedAddress(reason))
        case .violation(let text): record.fact = .violation(redactedAddress(text))
        case .event(let type, let id, let bytes):
            record.fact = .event(type: redacted(type), id: id.map { redacted($0) }, bytes: bytes)
        case .connected, .messages, .data, .standing, .stallBegan, .stallEnded, .queued, .roundTrip, .streamClosed,
            .body:
            break
        }
        return record
    }

    /// Fields of a block, of which names come from outside, too: one may repeat what is secret.
    private func wireFields(_ fields: [MetadataEntry]) -> [MetadataEntry] {
        redacted(fields).map { MetadataEntry(redacted($0.name), $0.value) }
    }
}
