import Foundation
import Plans
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("The form of any message")
struct MessageFormTests {
    @Test("a form that is opened and kept changes nothing")
    func unchanged() throws {
        var session = try FormSession("demo.v1.Book", #"{"title":"a {b} }","labels":{"x":"{{"},"authors":["ä"]}"#)
        let before = session.state.composer.rows
        _ = try session.kept()
        #expect(session.state.composer.rows == before)
    }

    @Test("scalars, with the reason where a value is none")
    func scalars() throws {
        var session = try FormSession("demo.v1.Book")
        try session.set("title", "Ein Buch")
        try session.set("pages", "4294967296")
        #expect(try session.form.remark == "4294967296 is out of range for uint32")
        // It is where it was typed, and the message is not kept with it.
        session.press(.keep)
        #expect(try session.form.editedText == "4294967296")
        #expect(try session.form.remark == "4294967296 is out of range for uint32")
        session.press(.leave)
        #expect(try session.form.remark == "not taken over: 4294967296 is out of range for uint32")
        #expect(try session.rows.contains("pages ·"))
        try session.set("pages", "x")
        session.type("12")
        session.press(.activate)
        #expect(try session.kept() == #"{"title":"Ein Buch","pages":12}"#)
    }

    @Test("enter opens what has fields or elements, and closes it again as it was found; what was set meanwhile stays")
    func lookingInto() throws {
        var session = try FormSession("demo.v1.UpdateBookRequest")
        try session.go("book")
        let before = try session.rows
        session.press(.activate)
        #expect(try session.rows.count > before.count)
        #expect(try session.form.remark?.contains("enter again closes it and unsets it") == true)
        session.press(.activate)
        #expect(try session.rows == before)
        session.press(.activate, .activate, .activate)
        try session.set("title", "x")
        try session.go("book")
        session.press(.activate)
        #expect(try session.rows.count == before.count)
        #expect(try session.rows != before)
    }

    @Test("the row of a field mask shows what is offered there")
    func maskHint() throws {
        var session = try FormSession("demo.v1.UpdateBookRequest")
        try session.go("update_mask")
        let hint = try session.form.comment
        session.press(.edit)
        let offered = try session.form.candidates.prefix(2).joined(separator: ",")
        #expect(!offered.isEmpty)
        #expect(hint.hasSuffix("paths: \(offered); tab completes"))
    }

    @Test("space sets and unsets, and what was there comes back")
    func toggling() throws {
        var session = try FormSession("demo.v1.Book", #"{"title":"x"}"#)
        try session.go("title")
        session.press(.toggle)
        #expect(try session.rows.contains("title ·"))
        session.press(.toggle)
        #expect(try session.rows.contains("title = x"))
        session.press(.toggle, .undo, .undo, .undo)
        #expect(try session.kept() == #"{"title":"x"}"#)
    }

    @Test("what is typed takes the place of what the form has set, which stays where nothing is typed")
    func fresh() throws {
        var session = try FormSession("demo.v1.Book")
        try session.go("pages")
        session.press(.activate)
        #expect(session.state.editedText == "")
        session.type("42")
        session.press(.activate)
        #expect(try session.rows.contains { $0.hasPrefix("pages = 42") })
        session.press(.activate)
        #expect(session.state.editedText == "42")
        session.press(.leave)
        try session.go("isbn")
        session.press(.activate, .activate)
        #expect(try session.rows.contains { $0.hasPrefix("isbn = 0") })
        try session.go("published")
        session.press(.activate)
        #expect(session.state.editedText == "")
    }

    @Test("esc leaves a row whose text is refused, and says so")
    func refusedKey() throws {
        var session = try FormSession("demo.v1.Book", #"{"labels":{"k":"v"}}"#)
        try session.go("labels")
        session.press(.add)
        session.type("k")
        session.press(.activate)
        #expect(session.state.editedText == "k", "it is still edited")
        session.press(.leave)
        #expect(session.state.editedText == nil)
        #expect(try session.form.remark == "not taken over: the key is there already: k")
        #expect(try session.kept() == #"{"labels":{"k":"v"}}"#)
    }

    @Test("a flag is turned, and a field with presence can be set to what it is anyway")
    func presence() throws {
        var session = try FormSession("vec.v1.Optionals")
        try session.go("o_bool")
        session.press(.toggle)
        #expect(try session.rows.contains("o_bool = false"))
        try session.go("o_string")
        session.press(.toggle)
        #expect(try session.kept() == #"{"oBool":false,"oString":""}"#)
    }

    @Test("messages are one row until they are opened, however deep they hold themselves")
    func nesting() throws {
        var session = try FormSession("vec.v1.Tree")
        for depth in 0..<5 {
            try session.go("label")
            _ = depth
            session.press(.last)
            while try session.form.line(session.form.selected).label != "children" { session.press(.move(-1)) }
            session.press(.add)
            #expect(try session.form.line(session.form.selected).label == "[0]")
            session.press(.activate, .activate)
        }
        #expect(try session.rows.filter { $0.contains("children") }.count == 6)
        #expect(try session.kept().components(separatedBy: "children").count == 6)
    }

    @Test("elements are added, moved and removed")
    func lists() throws {
        var session = try FormSession("demo.v1.Book")
        try session.go("authors")
        for author in ["a", "b", "c"] {
            session.press(.add)
            session.type(author)
            session.press(.activate)
        }
        session.press(.moveUp)
        #expect(try session.rows.contains("  [1] = c"))
        session.press(.moveUp, .move(2), .remove)
        #expect(try session.kept() == #"{"authors":["c","a"]}"#)
    }

    @Test("keys of a map are checked by their type, and once only")
    func maps() throws {
        var session = try FormSession("vec.v1.Maps")
        try session.go("k_int32")
        session.press(.add)
        session.type("x")
        session.press(.activate)
        #expect(try session.form.remark == "'x' is no number")
        session.type("1")
        session.press(.activate)
        session.type("one")
        session.press(.activate, .add)
        session.type("1")
        session.press(.activate)
        #expect(try session.form.remark == "the key is there already: 1")
        session.type("2")
        session.press(.activate, .activate)
        #expect(try session.rows.contains(#"  "1" = one"#) && session.rows.contains { $0.hasPrefix(#"  "2" ="#) })
    }

    @Test("of a oneof one is set, and what it drops is said and comes back")
    func oneofs() throws {
        var session = try FormSession("demo.v1.Said", #"{"text":"hi"}"#)
        let group = try #require(try session.rows.first { $0.contains("(•) text") })
        try session.go(String(group.prefix { $0 != " " }))
        session.press(.activate)
        guard case .menu(let menu)? = session.state.overlay else { throw CancellationError() }
        #expect(menu.items.map(\.title).contains("leave"))
        _ = update(&session.state, .edited("join"))
        _ = update(&session.state, .overlayAccepted)
        #expect(try session.form.remark?.hasPrefix("text is dropped") == true)
        #expect(try session.rows.contains { $0.contains("(•) join") })
        session.press(.undo, .undo)
        #expect(try session.kept() == #"{"text":"hi"}"#)
    }

    @Test("an enum is chosen by its name, and a number is typed where it is open")
    func enums() throws {
        var session = try FormSession("demo.v1.Book")
        try session.go("genre")
        session.press(.activate)
        _ = update(&session.state, .edited("novel"))
        _ = update(&session.state, .overlayAccepted)
        #expect(try session.rows.contains { $0.hasPrefix("genre = GENRE_NOVEL  ") })
        try session.set("genre", "99")
        #expect(try session.form.rowProblem == nil)
        try session.set("genre", "GENRE_X")
        #expect(try session.form.remark?.contains("has no value 'GENRE_X'") == true)
        session.type("77")
        session.press(.activate)
        #expect(try session.kept() == #"{"genre":77}"#)
    }

    @Test(
        "bytes are typed in several ways",
        arguments: [("AAEC", "AAEC"), ("hex:00 01:02", "AAEC"), ("text:hi", "aGk="), ("base64:AAEC", "AAEC")])
    func bytes(typed: String, base64: String) throws {
        var session = try FormSession("demo.v1.Book")
        try session.set("cover", typed)
        #expect(try session.kept() == #"{"cover":"\#(base64)"}"#)
    }

    @Test("bytes come from a file, and digits that are none are refused")
    func files() throws {
        var session = try FormSession("demo.v1.Book")
        try session.set("cover", "hex:0")
        #expect(try session.form.remark?.hasPrefix("hex: takes pairs") == true)
        session.type("@/tmp/cover.bin")
        #expect(session.press(.activate) == [.form(.readFile("/tmp/cover.bin", limit: 16 << 20))])
        let file = FileReading("/tmp/cover.bin", at: "12:00:00.000")
        session.press(.fileRead(.failure(FormFailure("no such file")), file))
        #expect(try session.form.remark == "not read: no such file")
        // What was typed is still there.
        #expect(session.state.editedText == "@/tmp/cover.bin")
        session.press(.activate)
        session.press(.fileRead(.success([0, 1, 2]), file))
        #expect(try session.rows.contains("cover = 3 B of /tmp/cover.bin, read at 12:00:00.000  AAEC"))
        session.press(.edit)
        #expect(session.state.editedText == "@/tmp/cover.bin")
        // It is read again, and nothing is kept before that, wherever the cursor goes.
        #expect(session.press(.activate) == [.form(.readFile("/tmp/cover.bin", limit: 16 << 20))])
        session.press(.first, .keep)
        #expect(try session.form.remark == "what was typed last is still being read")
        session.press(.fileRead(.success([3]), file))
        #expect(try session.kept() == #"{"cover":"Aw=="}"#)
    }

    @Test(
        "the paths of a field mask are completed from the message beside it",
        arguments: [
            ("ti", "title"), ("title,lab", "title,labels"), ("n", "name"), ("l", "l"), ("len", "lentTo"),
        ])
    func masks(typed: String, completed: String) throws {
        var session = try FormSession("demo.v1.UpdateBookRequest")
        try session.go("update_mask")
        session.press(.edit)
        session.type(typed)
        session.press(.complete)
        #expect(session.state.editedText == completed)
    }

    @Test("what may stand in a field mask is offered while it is typed, and no path twice")
    func maskCandidates() throws {
        var session = try FormSession("demo.v1.UpdateBookRequest")
        try session.go("update_mask")
        session.press(.edit)
        session.type("name,")
        let offered = try session.form.candidates
        #expect(offered.contains("title") && !offered.contains("name"))
        session.type("name,tit")
        #expect(try session.form.candidates == ["title"])
        // What is whole is no more completed: the next row has its turn.
        session.type("title")
        session.press(.complete)
        #expect(try session.form.line(session.form.selected).label != "update_mask")
        #expect(try session.kept() == #"{"updateMask":"title"}"#)
    }

    @Test("a field whose name is typed whole is found before those that have it in theirs")
    func foundWhole() throws {
        var session = try FormSession("vec.v1.WellKnown")
        session.press(.last, .find)
        session.type("any")
        #expect(try session.form.line(session.form.selected).label == "any")
        session.press(.activate, .findNext)
        #expect(try session.form.line(session.form.selected).label == "any_list")
    }

    @Test("the value of an enum whose name is typed whole is chosen, whatever else has it in its own")
    func wholeNames() {
        var menu = Menu(
            "", .nothing, isSearched: true, ["A_B", "B", "AB"].map { Menu.Item(title: $0, choice: .started) })
        _ = menu.edit("b")
        #expect(menu.items[menu.selected].title == "B")
    }

    @Test(
        "a message of its own kind of JSON is sent as it is where nothing is set",
        arguments: ["Any", "Timestamp", "Struct"])
    func wholeAndEmpty(name: String) throws {
        let codec = try FormSession.codec("google.protobuf.\(name)")
        var bytes: [UInt8] = []
        try codec.write(MessageValue(), as: .protobuf, to: &bytes)
        #expect(bytes.isEmpty)
    }

    @Test(
        "times are typed as people write them",
        arguments: [
            ("ts", "2026-11-28T09:30:00Z", #"{"ts":"2026-11-28T09:30:00Z"}"#), ("dur", "500ms", #"{"dur":"0.500s"}"#),
            ("dur", "1.5s", #"{"dur":"1.500s"}"#), ("dur", "-2m", #"{"dur":"-120s"}"#),
            ("mask", "a.b,c", #"{"mask":"a.b,c"}"#), ("struct", #"{"a":[1,"}"]}"#, #"{"struct":{"a":[1,"}"]}}"#),
            ("value", "word", #"{"value":"word"}"#), ("value", "null", #"{"value":null}"#),
            ("list", "[1]", #"{"list":[1]}"#),
        ])
    func wellKnown(field: String, typed: String, json: String) throws {
        var session = try FormSession("vec.v1.WellKnown")
        try session.set(field, typed)
        #expect(try session.kept() == json)
    }

    @Test("a time may be counted from now")
    func fromNow() throws {
        var session = try FormSession("vec.v1.WellKnown")
        try session.go("ts")
        session.press(.edit)
        session.type("+5m")
        #expect(session.press(.activate) == [.form(.time(after: .seconds(300)))])
        session.press(.timeCame("2026-11-28T09:35:00Z"))
        #expect(try session.rows.contains("ts = 2026-11-28T09:35:00Z"))
        try session.set("ts", "now")
        #expect(try session.rows.contains("ts = {now}"))
    }

    @Test("what an Any holds has its type first, and then its form")
    func any() throws {
        var session = try FormSession("vec.v1.WellKnown")
        try session.go("any")
        session.press(.activate)
        guard case .menu? = session.state.overlay else { throw CancellationError() }
        _ = update(&session.state, .edited("demo.v1.Shelf"))
        _ = update(&session.state, .overlayAccepted)
        try session.set("theme", "red")
        let json = try session.kept()
        #expect(json == #"{"any":{"@type":"type.googleapis.com/demo.v1.Shelf","theme":"red"}}"#)
    }

    @Test("what is required is marked, and missed where it is")
    func required() throws {
        var session = try FormSession("vec.legacy.Required", #"{"id":1,"name":"x"}"#)
        try session.go("id")
        session.press(.toggle, .keep)
        #expect(try session.form.remark == "id: a value is required")
        #expect(try session.rows.contains("id !"))
    }

    @Test("what an Any holds has its own oneofs, in which a member is chosen and found")
    func oneofOfAny() throws {
        var session = try FormSession("vec.v1.WellKnown", #"{"any": {"@type": "type.googleapis.com/demo.v1.Book"}}"#)
        try session.go("any")
        session.press(.open)
        try session.go("where")
        #expect(try session.form.line(session.form.selected).value == "( ) lent_to  ( ) lost_at")
        session.press(.first, .find)
        session.type("where")
        session.press(.activate)
        #expect(try session.form.line(session.form.selected).label == "where")
    }

    @Test("places of a template stand in any leaf, and a repetition fills them in")
    func places() throws {
        var session = try FormSession("demo.v1.Book")
        try session.set("pages", "{i}")
        try session.go("labels")
        session.press(.add)
        session.type("run")
        session.press(.activate)
        session.type("{uuid} {{x}}")
        session.press(.activate)
        try session.set("times", "3")
        session.press(.keep)
        guard case .repetition(let step)? = session.state.composer.rows.first else { throw CancellationError() }
        #expect(step.count == 3 && step.template["pages"]?.text == "{i}")
        #expect(step.template["labels"]?.text == #"{"run":"{uuid} \u007bx\u007d"}"#)
        // What was kept is the same when it is opened again.
        _ = update(&session.state, .pressed(.editStep))
        try session.go("labels")
        session.press(.activate)
        #expect(try session.rows.contains(#"  "run" = {uuid} {{x}}"#))
    }

    @Test("a field is found by its name, be it folded away")
    func finding() throws {
        var session = try FormSession("vec.v1.Scalars", #"{"fBool":true}"#)
        #expect(try session.rows.contains { $0.contains(" more") })
        session.press(.find)
        session.type("f_bytes")
        session.press(.activate)
        #expect(try session.form.line(session.form.selected).label == "f_bytes")
    }

    @Test("a changed form is not left without a question")
    func leaving() throws {
        var session = try FormSession("demo.v1.Book")
        try session.set("title", "x")
        session.press(.leave)
        guard case .question? = session.state.overlay else { throw CancellationError() }
        _ = update(&session.state, .itemClicked(0))
        #expect(session.state.overlays.isEmpty)
        #expect(session.state.composer.rows.first?.template?["title"]?.text == "x")
    }

    @Test("a message for the open stream is sent, and stays for the next")
    func sending() throws {
        var session = try FormSession("demo.v1.Book", kind: .bidirectional)
        session.press(.giveUp)
        _ = update(&session.state, .pressed(.run))
        let id = try #require(session.state.call?.id)
        _ = update(&session.state, .pressed(.send))
        try session.set("title", "{not a place}")
        let sent = MessageValue([MessageValue.Field("title", "{not a place}")])
        #expect(session.press(.keep) == [.send(sent, id: id)])
        #expect(try session.rows.contains("title = {not a place}"))
        // What was sent is offered again when the form is opened again.
        session.press(.leave)
        _ = update(&session.state, .pressed(.send))
        #expect(try session.rows.contains("title = {not a place}"))
    }

    @Test("what is no message for the open stream cannot be sent by leaving it")
    func unsendable() throws {
        var session = try FormSession("demo.v1.Book", kind: .bidirectional)
        session.press(.giveUp)
        _ = update(&session.state, .pressed(.run))
        _ = update(&session.state, .pressed(.send))
        session.press(.toggleText, .moveInText(.end), .text(.insert("oops")), .leave, .leave)
        guard case .question(let question)? = session.state.overlay else { throw CancellationError() }
        #expect(question.choices.map(\.title) == ["drop the changes", "go on"])
        let asked = session.state
        #expect(update(&session.state, .overlayAccepted) == [] && session.state == asked, "enter decides nothing")
        _ = update(&session.state, .itemClicked(0))
        #expect(session.state.overlays.isEmpty)
    }

    @Test("a message of ten thousand fields opens, and only what is shown is made")
    func large() throws {
        var fields: [UInt8] = []
        for number in 1...10_000 {
            fields += Wire.message(
                2, Wire.text(1, "f\(number)") + Wire.number(3, number) + Wire.number(4, 1) + Wire.number(5, 9))
        }
        let file =
            Wire.text(1, "big.proto") + Wire.text(2, "big") + Wire.message(4, Wire.text(1, "Big") + fields)
            + Wire.text(12, "proto3")
        let schema = Schema([try DescriptorFile(file)])
        let codec = DynamicMessageCodec(try #require(schema.message("big.Big")), in: schema)
        let kind = try #require(MessageKind(codec))
        var form = MessageEditor(kind, [WrittenField(name: "f5000", text: "x")], .send)
        #expect(form.count == 2 && form.line(1).label == "9999 more")
        form.select(1)
        _ = form.performInRows(.activate)
        #expect(form.count == 10_000)
        let clock = ContinuousClock()
        let moving = clock.measure {
            for _ in 0..<1000 {
                _ = form.performInRows(.move(9))
                _ = form.line(form.selected)
            }
        }
        // A thousand moves with their rows: a frame has sixty of them at most.
        #expect(moving < .seconds(5))
    }

    /// Descriptors by hand.
    private enum Wire {
        static func varint(_ value: Int) -> [UInt8] {
            var (bytes, rest): ([UInt8], Int) = ([], value)
            while rest > 0x7F {
                bytes.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            return bytes + [UInt8(rest)]
        }

        static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }
        static func message(_ field: Int, _ bytes: [UInt8]) -> [UInt8] {
            varint(field << 3 | 2) + varint(bytes.count) + bytes
        }
        static func text(_ field: Int, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }
    }
}
