// What is told of a call, without credentials. Each part of an event is looked at in one place, which masks what is in it and
// says whether there was anything.
extension Redaction {
    /// Takes credentials out of an event.
    /// - Returns: whether one was in it, be it in the value of a header that is never shown or not.
    package func redact(_ event: inout CallEvent) -> Bool {
        switch event {
        case .sent(let messages):
            guard let masked = masked(messages) else { return false }
            event = .sent(masked)
            return true
        case .received(let messages):
            guard let masked = masked(messages) else { return false }
            event = .received(masked)
            return true
        case .opened(var info):
            let hid = [redact(&info.route), redact(&info.metadata)]
            event = .opened(info)
            return hid.contains(true)
        case .attemptEnded(var error, let time):
            let hid = redact(&error)
            event = .attemptEnded(error, at: time)
            return hid
        case .notice(var text):
            let hid = redact(&text)
            event = .notice(text)
            return hid
        case .ended(var outcome):
            let hid = redact(&outcome)
            event = .ended(outcome)
            return hid
        case .attemptStarted, .resent, .acknowledged, .paired, .halfClosed, .serverFinished, .retryScheduled, .pinged:
            return false
        }
    }

    /// An event without credentials.
    package func redacted(_ event: CallEvent) -> CallEvent { masking(event) { redact(&$0) } }

    package func redacted(_ outcome: CallOutcome) -> CallOutcome { masking(outcome) { redact(&$0) } }

    package func redacted(_ error: CallError) -> CallError { masking(error) { redact(&$0) } }

    /// Headers without the values of those that must not be written.
    package func redacted(_ entries: [MetadataEntry]) -> [MetadataEntry] { masking(entries) { redact(&$0) } }

    private func masking<Value>(_ value: Value, _ redact: (inout Value) -> Bool) -> Value {
        var value = value
        _ = redact(&value)
        return value
    }

    private func redact(_ outcome: inout CallOutcome) -> Bool {
        var hid = [redact(&outcome.rule), redact(&outcome.trailers)].contains(true)
        if var error = outcome.error {
            hid = redact(&error) || hid
            outcome.error = error
        }
        return hid
    }

    private func redact(_ error: inout CallError) -> Bool {
        var hid = redact(&error.cause)
        if var advice = error.advice {
            hid = redact(&advice) || hid
            error.advice = advice
        }
        for index in error.details.indices { hid = redact(&error.details[index].fields) || hid }
        return hid
    }

    private func redact(_ entries: inout [MetadataEntry]) -> Bool {
        var hid = false
        for index in entries.indices {
            hid = redact(&entries[index].value) || hid
            if hides(entries[index]) { entries[index].value = Secret.mask }
        }
        return hid
    }

    /// Takes credentials out of a text, and those in the query of an address in it.
    /// - Returns: whether one of the former was in it.
    private func redact(_ text: inout String) -> Bool {
        let hid = mayHide(in: text)
        text = redactedAddress(text)
        return hid
    }

    /// Messages without credentials; `nil` where none has any. Nearly all have none, and those are looked at only.
    private func masked(_ messages: [StreamMessage]) -> [StreamMessage]? {
        guard hasSecrets, messages.contains(where: mayHide) else { return nil }
        return messages.map { mayHide(in: $0) ? redacted($0) : $0 }
    }

    /// A message without credentials.
    private func redacted(_ original: StreamMessage) -> StreamMessage {
        var message = original
        message.payload = redacted(message.payload)
        guard case .rejection(let reason) = message.role else { return message }
        message.role = .rejection(redacted(reason))
        // It spells the credential in another way than its reason does.
        let isSpelt = mayHide(in: reason) && message.payload.bytes == original.payload.bytes
        if isSpelt { message.payload = Payload(message.payload.codec, message.payload.encoding, []) }
        return message
    }

    /// A payload without credentials. JSON that spells one in another way than its text, and the binary format, in which lengths
    /// are written, are written anew, without the envelope; bytes that nobody can read lose the credential only.
    private func redacted(_ payload: Payload) -> Payload {
        if payload.encoding == .json {
            let (bytes, place) = (Array(payload.bytes), payload.place)
            let before = redacted(Array(bytes[..<place.lowerBound]))
            let message = redacted(Array(bytes[place]))
            let masked = before + message + redacted(Array(bytes[place.upperBound...]))
            let kept = before.count..<before.count + message.count
            let new = Payload(payload.codec, .json, masked[...], message: kept)
            if !mayHide(in: masked), new.value.map(mayHide) != true { return new }
        }
        guard var value = payload.value else {
            return Payload(payload.codec, payload.encoding, overwritten(Array(payload.bytes))[...])
        }
        for index in value.fields.indices { value.fields[index].text = redacted(value.fields[index].text) }
        return Payload(value, payload.codec, payload.encoding)
    }

    private func mayHide(in message: StreamMessage) -> Bool {
        if case .rejection(let reason) = message.role, mayHide(in: reason) { return true }
        return message.payload.bytes.withUnsafeBufferPointer { bytes in
            mayHide(in: bytes)
                // Escapes can spell a text in many ways.
                || message.payload.encoding == .json && bytes.contains(UInt8(ascii: "\\"))
                    && message.payload.value.map(mayHide) == true
        }
    }

    private func mayHide(_ value: MessageValue) -> Bool { value.fields.contains { mayHide(in: $0.text) } }

    private func mayHide(in bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer { mayHide(in: $0) } }
}
