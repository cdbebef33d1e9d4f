import Plans
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("A message as JSON, beside its form")
struct MessageTextTests {
    private func text(_ session: FormSession) throws -> EditedText {
        guard case .text(let text) = try session.form.formMode else { throw CancellationError() }
        return text
    }

    @Test("what is typed as JSON is in the form, and what is in the form is in the JSON")
    func toggling() throws {
        var session = try FormSession("demo.v1.Book", #"{"title":"x"}"#)
        session.press(.toggleText)
        #expect(try text(session).lines == ["{", #"  "title": "x""#, "}"])
        session.press(.moveInText(.down), .moveInText(.lineEnd), .text(.insert(",")), .text(.newLine))
        session.press(.text(.insert(#""pages": 7"#)), .leave)
        #expect(try session.rows.contains { $0.hasPrefix("pages = 7") })
        #expect(try session.kept() == #"{"title":"x","pages":7}"#)
    }

    @Test("a text that does not parse stays, with the place of what is wrong")
    func refused() throws {
        var session = try FormSession("demo.v1.Book")
        session.press(.toggleText, .moveInText(.end), .moveInText(.left), .text(.insert(#""title": "x" oops"#)), .leave)
        #expect(try session.form.remark?.hasPrefix("not a form yet: 1:15: ") == true)
        #expect(try text(session).lines == [#"{"title": "x" oops}"#])
        session.press(.keep)
        #expect(try text(session).lines == [#"{"title": "x" oops}"#])
    }

    @Test("whoever leaves a text that was refused is asked whether it is dropped")
    func dropped() throws {
        var session = try FormSession("demo.v1.Book")
        session.press(.toggleText, .moveInText(.end), .text(.insert("oops")), .leave)
        #expect(session.state.overlays.count == 1)
        session.press(.leave)
        #expect(session.state.overlay == .question(.formChanged))
        session.press(.giveUp)
        #expect(session.state.composer.rows == [.request(MessageValue())], "nothing was taken over")
    }

    @Test("what is wrong is marked while it is typed, by line and character")
    func faults() throws {
        var session = try FormSession("demo.v1.Book")
        session.press(.toggleText, .text(.deleteToEnd), .text(.insert("{\n  \"title\": \"ä\", \"pages\": -1\n}")))
        let fault = try #require(try session.form.textFault)
        #expect(fault.line == 1 && fault.column == 25 && fault.reason == "pages: -1 is out of range for uint32")
        session.press(.undo, .undo)
        #expect(try text(session).lines == ["{}"] && session.form.textFault == nil)
    }

    @Test("places are no faults, and what is after them is told where it stands")
    func places() throws {
        var session = try FormSession("demo.v1.Book")
        session.press(
            .toggleText, .text(.deleteToEnd), .text(.insert(#"{"pages": "{i}", "title": "{uuid}", "isbn": true}"#)))
        #expect(try session.form.textFault?.column == 44)
        session.press(.text(.deleteToStart), .text(.insert(#"{"title": "{nothing}"}"#)))
        #expect(try session.form.textFault?.reason.contains("{nothing} is unknown") == true)
    }

    @Test("names that the message does not have are kept, marked, and told when it is kept")
    func unknown() throws {
        var session = try FormSession("demo.v1.Book")
        session.press(.toggleText, .text(.deleteToEnd), .text(.insert(#"{"titel": "x"}"#)), .leave)
        #expect(try session.rows.contains(#"titel = "x""#))
        session.press(.toggleText)
        #expect(try text(session).lines[1] == #"  "titel": "x""#)
    }

    @Test("names, values of enums and types are completed")
    func completion() throws {
        var session = try FormSession("demo.v1.Book")
        session.press(.toggleText, .text(.deleteToEnd), .text(.insert(#"{"tit"#)))
        #expect(try session.form.candidates == ["title"])
        session.press(.complete, .text(.insert(#": "x", "genre": "GENRE_NO"#)), .complete)
        #expect(try text(session).lines == [#"{"title": "x", "genre": "GENRE_NOVEL""#])
        var any = try FormSession("vec.v1.WellKnown")
        any.press(
            .toggleText, .text(.deleteToEnd), .text(.insert(#"{"any": {"@type": "type.googleapis.com/demo.v1.Shel"#)))
        #expect(try any.form.candidates == ["type.googleapis.com/demo.v1.Shelf"])
        any.press(.complete, .text(.insert(#", "the"#)))
        #expect(try any.form.candidates == ["theme"])
    }

    @Test("typing is undone by the run, and the cursor goes where it was")
    func undo() throws {
        var text = EditedText("{}")
        text.move(.end)
        text.move(.left)
        for character in "ab" { text.change(.insert(String(character))) }
        text.change(.newLine)
        #expect(text.lines == ["{ab", "}"])
        text.change(.undo)
        text.change(.undo)
        #expect(text.lines == ["{}"] && text.column == 1 && !text.isChanged)
        text.change(.redo)
        #expect(text.lines == ["{ab}"])
    }

    @Test("what another editor has made is in the form; where it is no JSON, it is in the text")
    func otherEditors() throws {
        var session = try FormSession("demo.v1.Book", #"{"title":"x"}"#)
        #expect(session.press(.editExternally) == [.terminal(.edit("{\n  \"title\": \"x\"\n}"))])
        session.press(.externallyEdited(.success("{\"title\": \"y\"}\n")))
        #expect(try session.rows.contains("title = y"))
        session.press(.editExternally, .externallyEdited(.success("{\"title\": ")))
        #expect(try text(session).lines == [#"{"title": "#])
        session.press(.externallyEdited(.failure(FormFailure("vi gave up"))))
        #expect(try session.form.remark == "vi gave up")
        #expect(try text(session).lines == [#"{"title": "#])
    }

    static let messages: [String] = (FormSession.schema?.messages ?? []).filter { $0.problem == nil }.map(\.fullName)
        .filter { !$0.hasSuffix("Entry") }

    @Test("form, JSON and form again make the same wire, whatever the message", arguments: messages)
    func roundTrip(name: String) throws {
        let codec = try FormSession.codec(name)
        let kind = try #require(MessageKind(codec))
        var random = RandomMessages(seed: name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        for _ in 0..<20 {
            let json = random.json(kind.root.shape, depth: 3)
            guard let value = Array(json.utf8).withUnsafeBytes({ codec.value(of: $0, as: .json) }) else {
                Issue.record("no message: \(json)")
                return
            }
            var expected: [UInt8] = []
            do { try codec.write(value, as: .protobuf, to: &expected) } catch { continue }
            for writing in [Writing.plain, .template(fromRecord: false)] {
                let fields = value.fields.map { WrittenField(name: $0.name, text: $0.text) }
                let written =
                    writing == .plain
                    ? fields : fields.map { WrittenField(name: $0.name, text: Template(literal: $0.text).text) }
                let draft = kind.draft(of: written, writing)
                let again = try #require(kind.draft(ofDocument: kind.document(of: draft, writing), writing), "\(json)")
                let made = kind.fields(of: again, [], DraftMessage(), writing)
                let texts = try made.map { field in
                    let text = writing == .plain ? field.text : try #require(try Template(field.text).constant)
                    return MessageValue.Field(field.name, text)
                }
                var wire: [UInt8] = []
                try codec.write(MessageValue(texts), as: .protobuf, to: &wire)
                #expect(wire == expected, "\(writing): \(json)")
            }
        }
    }
}
