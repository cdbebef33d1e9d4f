import HTTP2Session
import RPCCore

/// What travels on the HTTP/2 connections of all gRPC transports, as records: made of facts only when somebody takes them.
final class HTTP2WireSource: WireSource {
    let tap: HTTP2Tap

    init(limit: Int, clock: any CallClock) {
        tap = HTTP2Tap(limit: limit, isListening: false, asksForRoundTrip: true) { clock.now }
    }

    func listen(_ isListening: Bool, onRecord: @escaping @Sendable () -> Void) {
        tap.whenRecorded(isListening ? onRecord : nil)
        tap.isListening = isListening
    }

    func take() -> (records: [WireRecord], dropped: Int) {
        let (records, dropped) = tap.take()
        return (records.map(WireRecord.init), dropped)
    }
}

extension WireTap {
    /// The tap of HTTP/2 that feeds this one.
    var http2: HTTP2Tap { source { HTTP2WireSource(limit: limit, clock: clock) }.tap }
}

extension WireRecord {
    init(_ record: HTTP2Record) {
        self.init(time: record.time, connection: record.connection, fact: .streamClosed)
        switch record.fact {
        case .frame(let head, let content, let direction):
            self.direction = Direction(direction)
            stream = head.stream > 0 ? head.stream : nil
            fact = .frame(
                WireFrame(
                    type: head.type, flags: head.flags, length: head.length, content: WireFrame.Content(content)))
        case .data(let run, let direction):
            self.direction = Direction(direction)
            stream = run.stream
            fact = .data(
                WireData(
                    frames: run.frames, bytes: run.bytes, endsStream: run.endsStream, streamWindow: run.streamWindow,
                    connectionWindow: run.connectionWindow))
        case .standing(let standing): fact = .standing(WireStanding(standing))
        case .stallBegan(let id, let stall, let bytes):
            (direction, stream) = (.sent, id)
            fact = .stallBegan(WireStall(stall), bytes: bytes)
        case .stallEnded(let id, let stall, let length):
            (direction, stream) = (.sent, id)
            fact = .stallEnded(WireStall(stall), after: length)
        case .streamWaits(let waiting, let limit): fact = .queued(waiting: waiting, limit: limit)
        case .roundTrip(let time): fact = .roundTrip(time)
        case .streamClosed(let id): stream = id
        case .violation(let violation, let id):
            (direction, stream) = (.received, id > 0 ? id : nil)
            fact = .violation("\(WireFrame.name(ofCode: violation.code.rawValue)): \(violation.text)")
        case .connectionEnded(let end): fact = .closed(reason: Self.text(of: end))
        }
    }

    private static func text(of end: HTTP2ConnectionEnd) -> String {
        switch end.reason {
        case .closedByPeer: "the server closed the connection"
        case .closedHere: "this side closed the connection"
        case .broken(let error): "the connection broke: \(error)"
        case .silent(let time): "no answer to a keep-alive PING for \(time.inSeconds)"
        case .violation(let violation): "a rule was broken: \(violation.text)"
        case .notHTTP2: "the server does not speak HTTP/2"
        }
    }
}

extension Direction {
    fileprivate init(_ direction: HTTP2Direction) { self = direction == .sent ? .sent : .received }
}

extension WireStall {
    fileprivate init(_ stall: HTTP2Stall) {
        switch stall {
        case .streamWindow: self = .streamWindow
        case .connectionWindow: self = .connectionWindow
        case .socket: self = .socket
        }
    }
}

extension WireFrame.Content {
    fileprivate init(_ content: HTTP2FrameContent) {
        switch content {
        case .none: self = .none
        case .headers(let block):
            let fields = block.headers.fields.map { field in
                MetadataEntry(field.name, field.isSensitive ? Secret.mask : field.value)
            }
            self = .headers(fields, size: block.size)
        case .settings(let settings): self = .settings(settings.map(WireSetting.init))
        case .window(let increment, let now): self = .window(increment: increment, now: now)
        case .goAway(let value):
            self = .goAway(code: value.code.rawValue, lastStream: value.lastStreamID, text: value.text)
        case .reset(let code): self = .reset(code: code.rawValue)
        }
    }
}

extension WireSetting {
    fileprivate init(_ setting: HTTP2Setting) { self.init(setting.identifier, setting.value) }
}

extension WireStanding {
    fileprivate init(_ standing: HTTP2Overview) {
        let snapshot = standing.snapshot
        self.init(
            sendWindow: snapshot.sendWindow, receiveWindow: snapshot.receiveWindow,
            streams: snapshot.streams.suffix(Self.streamLimit).map { stream in
                Stream(
                    id: stream.id, sendWindow: stream.sendWindow, receiveWindow: stream.receiveWindow,
                    queued: stream.queued)
            },
            settings: standing.settings.map(WireSetting.init), ownSettings: standing.ownSettings.map(WireSetting.init))
    }
}
