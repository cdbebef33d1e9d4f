import Plans
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

/// Fields of the wire that a definition does not have: a form shows and keeps them.
@Suite("Unknown fields in a form")
struct UnknownFieldTests {
    /// A book with `title`, a field 50 that nobody knows, and in an event around it one more, 60.
    private static let bookBytes: [UInt8] = [0x12, 1, 0x78, 0x90, 3, 5]
    private static let eventBytes: [UInt8] = [0x12, 6] + bookBytes + [0xE5, 3, 1, 2, 3, 4]

    /// A workbench on which a message that was received is edited.
    private func session(_ name: String, _ bytes: [UInt8]) throws -> FormSession {
        var session = try FormSession(name, kind: .bidirectional)
        session.press(.giveUp)
        let codec = session.codec
        let value: MessageValue = try #require(
            bytes.withUnsafeBytes { codec.editableValue(of: $0, as: .protobuf) })
        session.state.composer = Composer(PlanDocument())
        _ = update(&session.state, .messageRead(value))
        return session
    }

    private func sent(_ session: FormSession) throws -> [UInt8] {
        guard case .request(let value)? = session.state.composer.rows.first else { return [] }
        var bytes: [UInt8] = []
        try session.codec.write(value, as: .protobuf, to: &bytes)
        return bytes
    }

    @Test("they have a row, and are sent as they came, whatever else is changed")
    func kept() throws {
        var session = try session("demo.v1.Book", Self.bookBytes)
        #expect(try session.rows.contains("1 unknown field = ?50: varint 5"))
        session.press(.keep)
        #expect(try sent(session) == Self.bookBytes)
        _ = update(&session.state, .pressed(.editStep))
        try session.set("title", "yy")
        session.press(.keep)
        #expect(try sent(session) == [0x12, 2, 0x79, 0x79, 0x90, 3, 5])
    }

    @Test("those of a message within another stay where they are")
    func nested() throws {
        var session = try session("demo.v1.BookEvent", Self.eventBytes)
        let fields = try session.rows
        #expect(fields.contains("1 unknown field = ?60: fixed32 67305985"), "\(fields)")
        session.press(.keep)
        #expect(try sent(session) == Self.eventBytes)
    }

    @Test("they go through JSON and other editors, and can be taken away")
    func text() throws {
        var session = try session("demo.v1.Book", Self.bookBytes)
        session.press(.toggleText)
        guard case .text(let text) = try session.form.formMode else {
            Issue.record("the form shows no JSON")
            return
        }
        #expect(text.lines.contains(#"  "@unknown": "kAMF""#), "\(text.lines)")
        #expect(try session.form.textFault == nil)
        session.press(.leave, .externallyEdited(.success(#"{"@unknown":"kAMF", "title":"z"}"#)), .keep)
        #expect(try sent(session) == [0x12, 1, 0x7A, 0x90, 3, 5])
        _ = update(&session.state, .pressed(.editStep))
        try session.go("1 unknown field")
        session.press(.remove, .keep)
        #expect(try sent(session) == [0x12, 1, 0x7A])
    }

    @Test("what is none in the wire format is refused, with the reason", arguments: ["kA", "!", "kAM=", "h"])
    func wrong(text: String) throws {
        let codec = try FormSession.codec("demo.v1.Book")
        let json = Array(#"{"@unknown":"\#(text)"}"#.utf8)
        let fault = try #require(codec.shape?.fault(in: json))
        #expect(fault.reason.contains("fields in the wire format are expected"))
        #expect(throws: MessageProblem.self) {
            var bytes: [UInt8] = []
            try codec.write(MessageValue([.init("@unknown", text)]), as: .protobuf, to: &bytes)
        }
    }

    @Test("a plan keeps them in its file, beside places, too", arguments: [1, 3])
    func plan(count: Int) throws {
        let codec = try FormSession.codec("demo.v1.BookEvent")
        let value = try #require(Self.eventBytes.withUnsafeBytes { codec.editableValue(of: $0, as: .protobuf) })
        var template = RequestTemplate(value)
        if count > 1 {
            let named = template.fields.map(\.field.name)
            let index = try #require(named.firstIndex { $0 != MessageValue.unknownName })
            let text = template.fields[index].template.text.replacing("\"x\"", with: "\"{i}\"")
            template.fields[index].template = try Template(text, allowsFields: false)
        }
        let document = PlanDocument(method: "demo.v1.Library/Watch", steps: [.repetition(RepeatStep(count, template))])
        let read = try PlanSource(yaml: try document.yaml(), place: "plan.yaml")
            .file(of: codec, replies: nil, method: "demo.v1.Library/Watch")
        guard case .repetition(let step)? = read.document.steps.first else {
            Issue.record("\(read.document.steps)")
            return
        }
        let texts = { (template: RequestTemplate?) in template?.fields.map { [$0.field.name, $0.template.text] } }
        #expect(texts(step.template) == texts(template))
    }

    @Test("a message of the row becomes a request, for the method that it was of")
    func composed() throws {
        var session = try FormSession("demo.v1.Book", kind: .bidirectional)
        session.press(.giveUp)
        expect(&session.state, .pressed(.composeMessage)) {
            $0.notice = Notice(.warning, "choose a message in the sent or received pane first")
        }
        var bad = session.state
        _ = update(&bad, .messageRead(nil))
        #expect(bad.notice?.text == "the message cannot be read by its definition" && bad.overlays.isEmpty)
        _ = update(&session.state, .messageRead(MessageValue([.init("title", "again")])))
        session.press(.keep)
        // In place of the one that the plan begins with, and below one that somebody has made.
        let again = PlanStep.request(MessageValue([.init("title", "again")]))
        #expect(session.state.composer.rows == [again])
        _ = update(&session.state, .messageRead(MessageValue([.init("title", "once more")])))
        session.press(.keep)
        #expect(session.state.composer.rows == [again, .request(MessageValue([.init("title", "once more")]))])
    }
}
