import RPCCore
import TestSupport
import Testing
import WorkbenchModel

/// Sends a message to a state and compares everything that came of it: a change that is not named fails.
func expect(
    _ state: inout State, _ message: Message, effects: [Effect] = [],
    changes: (inout State) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
) {
    var expected = state
    changes(&expected)
    let actual = update(&state, message)
    #expect(actual == effects, sourceLocation: sourceLocation)
    if state != expected {
        Issue.record("\(differences(from: expected, to: state))", sourceLocation: sourceLocation)
    }
}

/// The lines in which two values differ: `-` what was expected, `+` what came.
private func differences(from expected: State, to actual: State) -> String {
    let lines = [expected, actual].map { state -> [Substring] in
        var text = ""
        dump(state, to: &text)
        return text.split(separator: "\n")
    }
    return lines[1].difference(from: lines[0]).map { change in
        switch change {
        case .remove(_, let line, _): "-\(line)"
        case .insert(_, let line, _): "+\(line)"
        }
    }.joined(separator: "\n")
}

extension CallState {
    /// The call as it goes to a server.
    func at(_ server: ServerStatus) -> CallState {
        var call = self
        (call.server, call.address) = (server.name, server.address)
        return call
    }
}

extension State {
    static let address = ServerAddress(scheme: .http, host: "127.0.0.1", port: 8010)

    /// A workbench that is connected to a healthy server.
    static func connected(
        kind: CallKind = .clientStream, plan: OpenedPlan? = nil, directory: String = ""
    ) -> State {
        var state = State(
            server: ServerStatus(name: "demo:", address: address, health: .healthy(.well)),
            fields: Greeter.request.fields, sample: .sample,
            settings: CallSettings(kind: kind), plan: plan, workingDirectory: directory)
        for pane in Pane.allCases where pane != .wire { state.layout.panes[pane] = PaneMetrics(rows: 10) }
        return state
    }

    /// A connected workbench on which `r` was pressed.
    static func running(kind: CallKind = .clientStream) -> State {
        var state = connected(kind: kind)
        _ = update(&state, .pressed(.run))
        return state
    }
}

extension HealthReport {
    static let well = HealthReport(message: "Service is healthy", roundTrip: .milliseconds(1))
}

extension StreamMessage {
    static func request(_ number: Int, name: String = "Alice") -> StreamMessage {
        StreamMessage(
            number: number, time: .milliseconds(number), size: 10, form: .textFrame,
            body: .request(HelloRequest(name: name)))
    }

    static func reply(_ number: Int, _ body: Body? = nil) -> StreamMessage {
        StreamMessage(
            number: number, time: .milliseconds(number), size: 10, form: .textFrame,
            body: body ?? .reply(HelloReply(message: "Hello, Alice!")))
    }
}

extension CallProgress {
    /// The progress after these events.
    init(_ events: CallEvent...) {
        self.init()
        for event in events { apply(event) }
    }
}

/// Types into the fields of the open form, from the one that has the focus on.
func fill(_ state: inout State, _ texts: String...) {
    for (index, text) in texts.enumerated() {
        if index > 0 { _ = update(&state, .steppedInOverlay(by: 1)) }
        _ = update(&state, .edited(text))
    }
}
