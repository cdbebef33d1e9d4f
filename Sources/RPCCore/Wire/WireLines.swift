/// Records of the wire as JSON Lines, one object each.
///
/// Every line begins with `time` (seconds since the start, six decimals) and `fact`; `connection`, `direction` and `stream`
/// follow where they are known. The other keys are those that `docs/wire-pane.md` lists; a key without a value is left out.
/// Names and order of keys do not change.
package struct WireLines: Sendable {
    /// The start of the call, as ``CallClock/now``.
    let start: Duration

    package init(start: Duration) {
        self.start = start
    }

    package func append(_ record: WireRecord, to output: inout JSONText) {
        begin(record.fact.name, at: record.time, &output)
        output.field("connection", record.connection)
        output.field("direction", record.direction?.rawValue)
        output.field("stream", record.stream)
        append(record.fact, to: &output)
        output.append(raw: "}\n")
    }

    /// Says that so many records could not be kept.
    package func append(dropped: Int, at time: Duration, to output: inout JSONText) {
        begin("dropped", at: time, &output)
        output.field("count", dropped)
        output.append(raw: "}\n")
    }

    private func begin(_ fact: String, at time: Duration, _ output: inout JSONText) {
        output.append(raw: "{")
        output.number("time", (time - start).secondsText)
        output.field("fact", fact)
    }

    private func append(_ fact: WireFact, to output: inout JSONText) {
        switch fact {
        case .connected(let connection):
            output.field("address", connection.address)
            output.field("tls", connection.tls)
            output.field("alpn", connection.alpn)
            output.field("was_open", connection.wasOpen)
        case .closed(let reason), .violation(let reason): output.field("text", reason)
        case .messages(let messages):
            output.field("first", messages.first)
            output.field("count", messages.count)
            output.field("bytes", messages.bytes)
            output.field("encoded_bytes", messages.encodedBytes)
        case .frame(let frame): append(frame, to: &output)
        case .data(let data):
            output.field("type", "DATA")
            output.field("length", data.bytes)
            output.field("flags", data.endsStream ? ["END_STREAM"] : [])
            output.field("frames", data.frames)
            output.field("stream_window", data.streamWindow)
            output.field("connection_window", data.connectionWindow)
        case .standing(let standing): append(standing, to: &output)
        case .stallBegan(let stall, let bytes):
            output.field("for", stall.rawValue)
            output.field("bytes", bytes)
        case .stallEnded(let stall, let length):
            output.field("for", stall.rawValue)
            output.number("seconds", length.secondsText)
        case .queued(let waiting, let limit):
            output.field("waiting", waiting)
            output.field("limit", limit)
        case .roundTrip(let time): output.number("seconds", time.secondsText)
        case .streamClosed: break
        case .webSocket(let run): append(run, to: &output)
        case .request(let method, let target, let fields):
            output.field("method", method)
            output.field("target", target)
            output.field("fields", fields)
        case .response(let status, let reason, let fields):
            output.field("status", status)
            output.field("reason", reason)
            output.field("fields", fields)
        case .body(let bytes): output.field("length", bytes)
        case .event(let type, let id, let bytes):
            output.field("type", type)
            output.field("id", id)
            output.field("length", bytes)
        }
    }

    private func append(_ frame: WireFrame, to output: inout JSONText) {
        output.field("type", frame.name)
        output.field("length", frame.length)
        output.field("flags", frame.flagNames)
        switch frame.content {
        case .none: break
        case .headers(let fields, let size):
            output.field("size", size)
            output.field("fields", fields)
        case .settings(let settings): output.field("settings", settings)
        case .window(let increment, let now):
            output.field("increment", increment)
            output.field("window", now)
        case .goAway(let code, let last, let text):
            output.field("code", Int(code))
            output.field("error", WireFrame.name(ofCode: code))
            output.field("last_stream", last)
            output.field("text", text)
        case .reset(let code):
            output.field("code", Int(code))
            output.field("error", WireFrame.name(ofCode: code))
        }
    }

    private func append(_ standing: WireStanding, to output: inout JSONText) {
        output.field("send_window", standing.sendWindow)
        output.field("receive_window", standing.receiveWindow)
        output.field("settings", standing.settings)
        output.field("own_settings", standing.ownSettings)
        output.list("streams", standing.streams) { output, stream in
            output.object {
                $0.field("stream", stream.id)
                $0.field("send_window", stream.sendWindow)
                $0.field("receive_window", stream.receiveWindow)
                $0.field("waiting", stream.queued)
            }
        }
    }

    private func append(_ run: WebSocketRun, to output: inout JSONText) {
        output.field("opcode", Int(run.opcode))
        output.field("type", run.name)
        output.field("length", run.bytes)
        output.field("final", run.isFinal)
        output.field("masked", run.isMasked)
        output.field("frames", run.frames)
        output.field("code", run.closeCode)
        output.field("reason", run.reason)
    }
}

extension WireFact {
    /// What it is, in one word of JSON Lines.
    package var name: String {
        switch self {
        case .connected: "connected"
        case .closed: "closed"
        case .violation: "violation"
        case .messages: "messages"
        case .frame, .data: "frame"
        case .standing: "standing"
        case .stallBegan: "stall_began"
        case .stallEnded: "stall_ended"
        case .queued: "queued"
        case .roundTrip: "round_trip"
        case .streamClosed: "stream_closed"
        case .webSocket: "websocket"
        case .request: "request"
        case .response: "response"
        case .body: "body"
        case .event: "event"
        }
    }
}

extension JSONText {
    /// Settings by name; one that has none by its number.
    fileprivate mutating func field(_ key: StaticString, _ settings: [WireSetting]) {
        begin(key)
        append(raw: "{")
        for (index, setting) in settings.enumerated() {
            if index > 0 { append(raw: ",") }
            append(setting.name)
            append(raw: ":")
            append(Int(setting.value))
        }
        append(raw: "}")
    }
}
