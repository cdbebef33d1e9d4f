import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("Looking up how something is declared")
struct DescribeTests {
    /// Knows its own declarations.
    private final class Codec: MessageCodec {
        let name: String
        let fields = [MessageField("title"), MessageField("genre")]
        let example = MessageValue()
        private let declarations: [String: Declaration]

        init(_ name: String, _ declarations: [Declaration]) {
            self.name = name
            self.declarations = Dictionary(
                declarations.map { ($0.symbol, $0) }, uniquingKeysWith: { first, _ in first })
        }

        func declaration(of symbol: String) -> Declaration? { declarations[symbol] }
        func write(_ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]) {}
        func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? { nil }
        func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool { false }
        func summary(of value: MessageValue) -> String { "" }
    }

    private static let codec = Codec(
        "demo.Book",
        [
            Declaration(
                "demo.Library/Get", [[.text("rpc Get("), .type("demo.Book"), .text(") returns ("), .type("demo.Page")]]),
            Declaration(
                "demo.Book",
                [[.text("message Book {")]] + (1...50).map { [.text("  string f\($0) = \($0);")] }
                    + [[.type("demo.Genre"), .text(" genre = 51;")], [.text("}")]]),
            Declaration("demo.Book.genre", [[.text("Genre genre")]]),
            Declaration("demo.Genre", [[.text("enum Genre {}")]]),
            Declaration("demo.Page", [[.text("message Page {}")]]),
        ])

    private static let method = MethodEntry(
        MethodSchema(MethodRef(service: "demo.Library", name: "Get", kind: .unary), input: codec, output: codec))

    private var state: State {
        var state = State(server: ServerStatus(name: "demo:"), fields: Greeter.request.fields, sample: .sample)
        _ = update(&state, .methodChosen(Self.method))
        state.layOut(Layout([:], overlay: PaneMetrics(rows: 10, content: 53)))
        return state
    }

    private func browser(_ state: State) -> DescriptionBrowser? {
        if case .description(let browser)? = state.overlays.last { browser } else { nil }
    }

    @Test("the types that a method names are followed, and left again")
    func follow() {
        var state = state
        _ = update(&state, .pressed(.describe))
        #expect(browser(state)?.page.declaration.symbol == "demo.Library/Get")
        _ = update(&state, .steppedInOverlay(by: 1))
        #expect(browser(state)?.page.chosen == 1)
        _ = update(&state, .overlayAccepted)
        #expect(browser(state)?.page.declaration.symbol == "demo.Page")
        _ = update(&state, .overlayAccepted)
        #expect(browser(state)?.pages.count == 2 && browser(state)?.note == "no type is named here")
        _ = update(&state, .description(.left))
        #expect(browser(state)?.page.declaration.symbol == "demo.Library/Get" && browser(state)?.page.chosen == 1)
        _ = update(&state, .description(.linkStepped(by: 1)))
        #expect(browser(state)?.page.chosen == 0)
        _ = update(&state, .overlayDismissed)
        #expect(state.overlays.isEmpty)
    }

    @Test("a long declaration scrolls, and is searched")
    func search() {
        var state = state
        _ = update(&state, .pressed(.describe))
        _ = update(&state, .overlayAccepted)
        #expect(browser(state)?.page.declaration.symbol == "demo.Book")
        _ = update(&state, .steppedInOverlay(by: 1))
        #expect(browser(state)?.page.top == 1)
        _ = update(&state, .steppedInOverlay(by: 1000))
        #expect(browser(state)?.page.top == 43)
        _ = update(&state, .description(.searchAsked))
        #expect(state.editedText == "")
        _ = update(&state, .edited("F4"))
        _ = update(&state, .overlayAccepted)
        // What comes after the first line in sight is found first.
        #expect(state.editedText == nil && browser(state)?.page.top == 43 && browser(state)?.pattern == "F4")
        _ = update(&state, .description(.foundNext(forward: true)))
        _ = update(&state, .description(.foundNext(forward: false)))
        _ = update(&state, .description(.foundNext(forward: false)))
        #expect(browser(state)?.note == "")
        _ = update(&state, .description(.searchAsked))
        _ = update(&state, .edited("nobody"))
        _ = update(&state, .overlayAccepted)
        #expect(browser(state)?.note == "nobody is not in it")
    }

    @Test("a method of the list and a field of a form are described where they stand")
    func overlays() {
        var state = state
        _ = update(&state, .pressed(.chooseMethod))
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.method]))))
        _ = update(&state, .pressed(.describe))
        #expect(browser(state)?.page.declaration.symbol == "demo.Library/Get" && state.overlays.count == 2)
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .pressed(.addRequest))
        _ = update(&state, .steppedInOverlay(by: 1))
        _ = update(&state, .pressed(.describe))
        #expect(browser(state)?.page.declaration.symbol == "demo.Book.genre")
    }

    @Test("a field in any depth of a message's form is described where it is declared")
    func formOfMessage() throws {
        var session = try FormSession("demo.v1.BookEvent", #"{"created": {"title": "Emma"}}"#)
        try session.go("created")
        session.press(.activate)
        try session.go("title")
        _ = update(&session.state, .pressed(.describe))
        #expect(browser(session.state)?.page.declaration.symbol == "demo.v1.Book.title")
    }

    @Test("what nobody has declared is told of")
    func unknown() {
        var state = State(server: ServerStatus(name: "demo:"), fields: Greeter.request.fields, sample: .sample)
        _ = update(&state, .pressed(.describe))
        #expect(state.overlays.isEmpty && state.notice?.text == "there is nothing here to describe")
        let other = MethodEntry(
            MethodSchema(
                MethodRef(service: "demo.Library", name: "Put", kind: .unary), input: Self.codec, output: Self.codec))
        _ = update(&state, .methodChosen(other))
        _ = update(&state, .pressed(.describe))
        #expect(state.notice?.text == "nothing says how demo.Library/Put is declared")
    }
}
