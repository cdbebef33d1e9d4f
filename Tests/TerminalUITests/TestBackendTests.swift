import Testing

@testable import TerminalUI

@MainActor
@Suite("The backend in memory delivers events in batches", .timeLimit(.minutes(10)))
struct TestBackendTests {
    private let backend = TestBackend(size: Size(columns: 10, rows: 2))

    @Test("Everything that has happened comes at once, in order")
    func batches() async {
        backend.press("ctrl-p", "page down")
        backend.type("é")
        backend.resize(to: Size(columns: 20, rows: 3))
        backend.resize(to: Size(columns: 30, rows: 4))
        #expect(
            await backend.nextEvents() == [
                .key(.control("p")), .key(KeyEvent(.pageDown)), .key(.character("é")),
                .resized(Size(columns: 30, rows: 4)),
            ])
    }

    @Test("Who waits is woken by the next event")
    func waiting() async {
        let waiter = Task { await backend.nextEvents() }
        await Task.yield()
        backend.feed(.resumed)
        #expect(await waiter.value == [.resumed])
    }

    @Test("Who waits can be cancelled")
    func cancelling() async {
        let waiter = Task { await backend.nextEvents() }
        await Task.yield()
        waiter.cancel()
        #expect(await waiter.value == [])
    }

    @Test("After the end of input nothing comes any more, and nobody waits for it")
    func end() async {
        backend.feed(.inputClosed)
        backend.press("q")
        #expect(await backend.nextEvents() == [.inputClosed])
        #expect(await backend.nextEvents() == [])
    }

    @Test("It remembers what was shown and asked for")
    func recording() {
        var buffer = ScreenBuffer(size: backend.size)
        buffer.draw("hello", at: .zero)
        backend.present(buffer)
        backend.setTitle("a\u{7}b")
        backend.copy("text")
        backend.restore()
        #expect(backend.lines == ["hello", ""])
        #expect(backend.requests == [.title("a␇b"), .copy("text"), .restore])
    }
}
