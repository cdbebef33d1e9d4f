/// Records of the wire in a few words, not yet made safe for a terminal.
public struct WireText: Hashable, Sendable {
    /// What it is, in the words of the protocol: `HEADERS`, `text`.
    public var type: String
    /// `s1`; empty where there is none.
    public var stream = ""
    /// `64 B`; empty where nothing has a length.
    public var length = ""
    public var flags = ""
    /// What it says.
    public var content = ""
    /// How much it matters to whoever looks for what is wrong.
    public var weight = Weight.usual

    public enum Weight: Hashable, Sendable {
        case usual
        /// What belongs to the protocol and says nothing of a call.
        case minor
        /// What stands still.
        case stall
        /// What ends something before its time.
        case failure
    }

    /// All of it in one line, in which a pattern is looked for.
    public var line: String {
        [type, stream, length, flags, content].filter { !$0.isEmpty }.joined(separator: " ")
    }

    public init(_ record: WireRecord) {
        type = record.fact.name.uppercased()
        stream = record.stream.map { "s\($0)" } ?? ""
        switch record.fact {
        case .frame(let frame): describe(frame)
        case .data(let data): describe(data)
        case .webSocket(let run): describe(run)
        case .connected(let connection): describe(connection)
        case .closed(let reason): (type, content, weight) = ("closed", reason, .minor)
        case .violation(let text): (type, content, weight) = ("violation", text, .failure)
        case .messages(let messages): describe(messages)
        case .standing(let standing):
            type = "standing"
            content = "\(standing.streams.count.counted("stream", "streams")) open; \(Self.text(of: standing.settings))"
            weight = .minor
        case .stallBegan(let stall, let bytes):
            (type, weight) = ("stalled", .stall)
            content = "\(Self.cause(of: stall)); \(Self.size(bytes)) wait"
        case .stallEnded(let stall, let length):
            (type, weight) = ("waited", .stall)
            content = "\(length.text): \(Self.cause(of: stall))"
        case .queued(let waiting, let limit):
            (type, weight) = ("queued", .stall)
            content = "\(waiting) calls wait: the server allows \(limit) streams at once"
        case .roundTrip(let time): (type, content, weight) = ("ping", "answered after \(time.text)", .minor)
        case .streamClosed: (type, content, weight) = ("closed", "the stream is over on both sides", .minor)
        case .request(let method, let target, let fields):
            (type, content) = ("request", "\(method) \(target), \(fields.count.counted("field", "fields"))")
        case .response(let status, let reason, let fields):
            (type, content) = ("response", "\(status) \(reason), \(fields.count.counted("field", "fields"))")
            if status >= 400 { weight = .failure }
        case .body(let bytes): (type, length) = ("body", Self.size(bytes))
        case .event(let event, let id, let bytes):
            (type, length) = ("event", Self.size(bytes))
            content = (event.isEmpty ? "message" : event) + (id.map { ", id \($0)" } ?? "")
            if event == "error" { weight = .failure }
        }
    }

    private mutating func describe(_ frame: WireFrame) {
        type = frame.name
        length = Self.size(frame.length)
        flags = frame.flagNames.joined(separator: " ")
        switch frame.content {
        case .none: weight = .minor
        case .headers(let fields, let size):
            content = Self.title(of: fields)
            let ratio = Self.ratio(size, frame.length).map { " (\($0))" } ?? ""
            content +=
                "\(content.isEmpty ? "" : ", ")\(fields.count.counted("field", "fields")), \(size) B as \(frame.length) B\(ratio)"
            if let status = fields.first(where: { $0.name == "grpc-status" })?.value, status != "0" {
                weight = .failure
            }
        case .settings(let settings):
            content = settings.isEmpty ? "" : Self.text(of: settings)
            weight = settings.isEmpty ? .minor : .usual
        case .window(let increment, let now):
            content = "+\(increment), so that \(Self.size(now)) may come"
            weight = .minor
        case .goAway(let code, let last, let text):
            let words = text.isEmpty ? "" : " \"\(text)\""
            content = "\(Self.text(ofCode: code))\(words), last stream \(last)"
            weight = code == 0 ? .usual : .failure
        case .reset(let code): (content, weight) = (Self.text(ofCode: code), .failure)
        }
    }

    private mutating func describe(_ data: WireData) {
        type = "DATA"
        length = Self.size(data.bytes)
        flags = data.endsStream ? "END_STREAM" : ""
        let frames = data.frames > 1 ? "\(data.frames) frames; " : ""
        let stream = data.streamWindow.map { "\(Self.size($0)), " } ?? ""
        content = "\(frames)window left \(stream)connection \(Self.size(data.connectionWindow))"
        if data.streamWindow == 0 || data.connectionWindow == 0 { weight = .stall }
    }

    private mutating func describe(_ run: WebSocketRun) {
        type = run.name
        length = Self.size(run.bytes)
        flags = [run.isFinal ? "FIN" : nil, run.isMasked ? "MASK" : nil].compactMap { $0 }.joined(separator: " ")
        if run.opcode == 8 {
            content = run.closeCode.map { "\($0) \(Self.name(ofClose: $0))" } ?? "no code"
            if let reason = run.reason, !reason.isEmpty { content += " \"\(reason)\"" }
            weight = run.closeCode.map { [1000, 1001].contains($0) } ?? true ? .usual : .failure
        } else {
            content = run.frames > 1 ? "\(run.frames) frames" : ""
            if run.opcode > 8 { weight = .minor }
        }
    }

    private mutating func describe(_ connection: WireConnection) {
        type = "connected"
        let tls = connection.tls.map { "\($0), ALPN \(connection.alpn ?? "none")" } ?? "plain text"
        content = "\(connection.address), \(tls)\(connection.wasOpen ? ", open already" : "")"
        weight = .minor
    }

    private mutating func describe(_ messages: WireMessages) {
        type = "messages"
        length = Self.size(messages.encodedBytes)
        let last = messages.first + messages.count - 1
        content = messages.count == 1 ? "number \(messages.first)" : "numbers \(messages.first) to \(last)"
        if messages.bytes != messages.encodedBytes, let ratio = Self.ratio(messages.bytes, messages.encodedBytes) {
            content += ", \(Self.size(messages.bytes)) uncompressed (\(ratio))"
        }
    }

    // MARK: Parts

    /// What a header block is about: the request line, the HTTP status, or the status of gRPC.
    private static func title(of fields: [MetadataEntry]) -> String {
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        if let method = value(":method") { return "\(method) \(value(":path") ?? "")" }
        var parts = [value(":status").map { "HTTP \($0)" }, value("grpc-status").map { "grpc-status \($0)" }]
        if let message = value("grpc-message"), !message.isEmpty { parts.append("\"\(message)\"") }
        return parts.compactMap { $0 }.joined(separator: ", ")
    }

    /// `ENHANCE_YOUR_CALM (11)`.
    public static func text(ofCode code: UInt32) -> String {
        let name = WireFrame.name(ofCode: code)
        return name == String(code) ? "code \(code)" : "\(name) (\(code))"
    }

    /// `INITIAL_WINDOW_SIZE 1048576, ENABLE_PUSH 0`.
    public static func text(of settings: [WireSetting]) -> String {
        settings.isEmpty
            ? "all settings as they are by default"
            : settings.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    }

    /// Why bytes wait, as a sentence.
    public static func cause(of stall: WireStall) -> String {
        switch stall {
        case .streamWindow: "the server gives the stream no window"
        case .connectionWindow: "the server gives the connection no window"
        case .socket: "the socket is full"
        }
    }

    /// `64 B`, `1.5 KiB`, `4 MiB`.
    public static func size(_ bytes: Int) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard bytes >= 1024 else { return "\(bytes) B" }
        var (value, unit) = (Double(bytes) / 1024, 0)
        while value >= 1023.95, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
        return "\(value.text(decimals: 1)) \(units[unit])"
    }

    /// `3.3×`: how many times as large it was before; `nil` where there was nothing.
    public static func ratio(_ before: Int, _ after: Int) -> String? {
        guard before > 0, after > 0 else { return nil }
        return (Double(before) / Double(after)).text(decimals: 1) + "×"
    }

    /// The name of a code of a CLOSE frame (RFC 6455, 7.4.1); empty for one that applications give a meaning.
    private static func name(ofClose code: Int) -> String {
        switch code {
        case 1000: "normal closure"
        case 1001: "going away"
        case 1002: "protocol error"
        case 1003: "unsupported data"
        case 1007: "invalid payload"
        case 1008: "policy violation"
        case 1009: "message too big"
        case 1010: "extension missing"
        case 1011: "internal error"
        case 1012: "service restart"
        case 1013: "try again later"
        default: ""
        }
    }
}
