import Foundation
import TestSupport
import Testing

@Suite("A call that is longer than what memory keeps", .serialized, .ownThread, .timeLimit(.minutes(10)))
struct LongCallTests {
    private static let plan = """
        kind: bidi
        requests:
          - repeat: 15000
            send: {name: "User {i}", language: en}
        """

    private func run(_ arguments: String...) throws -> (PtySession, TemporaryFolder) {
        let folder = try TemporaryFolder(["long.yaml": Self.plan])
        let session = try PtySession(["--plan", "\(folder.path)/long.yaml"] + arguments)
        try session.see("● healthy")
        session.type("r")
        try session.see("Received · 15000")
        session.type(".")
        try session.see("✓ OK")
        session.type("3")
        return (session, folder)
    }

    @Test("is read from the disk: scrolled to its beginning, narrowed, searched, and walked from reply to request")
    func recorded() throws {
        let (session, folder) = try run()
        defer { withExtendedLifetime(folder) {} }
        session.type("g")
        try session.see("  1 Hello, User 1! ")
        try session.see("Detail · received 1 ")

        session.type("#")
        try session.see("Go to a message in received")
        session.type("2000\r")
        try session.see("answers request 2000 ")
        session.type("%")
        try session.see("Detail · sent 2000 ")
        try session.see("{\"name\":\"User 2000\",\"language\":\"en\"}")
        session.type("%")
        try session.see("Detail · received 2000 ")

        session.type("&")
        try session.see("Show only what matches in received")
        session.type("/User 1?[27]!$/\r")
        try session.see("Received · 15000 · match 4 of 4: ")
        // The one behind it does not exist: the last one is chosen.
        try session.see("Detail · received 17 ")
        for number in [2, 7, 12, 17] { try session.see(" \(number) Hello, User \(number)! ") }
        session.type("g")
        try session.see("Detail · received 2 ")
        session.type("&")
        try session.see("Show only what matches in received")
        session.type("\u{15}\r")
        try session.see("  3 Hello, User 3! ")

        session.type("/")
        try session.see("Find in received")
        session.type("user 1234!\r")
        try session.see("Detail · received 1234 ")
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("keeps the newest where it is not recorded, and says from where on")
    func unrecorded() throws {
        let (session, folder) = try run("--no-history")
        defer { withExtendedLifetime(folder) {} }
        session.type("g")
        try session.see(" 5001 Hello, User 5001! ")
        session.type("#")
        try session.see("Go to a message in received")
        session.type("17\r")
        try session.see("Detail · received 5001 ")
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("that was cut off with the program is told of on screen at the next start")
    func cutOff() throws {
        let folder = try TemporaryFolder([:])
        let environment = ["XDG_STATE_HOME": folder.path]
        let first = try PtySession(environment: environment)
        try first.see("● healthy")
        first.type("c4r")
        try first.see("Received · 3")
        // Written within a quarter of a second, or later where the machine is busy.
        var isRecorded = false
        for _ in 1...100 where !isRecorded {
            let list = try PtySession(["history", "list"], environment: environment)
            try list.exit()
            isRecorded = list.text.contains("sent 3") && list.text.contains("received 3")
        }
        #expect(isRecorded)
        first.send(SIGKILL)
        _ = try first.exit()

        let third = try PtySession(environment: environment)
        try third.see("call 1 was cut off when the program ended; of it 3 sent and 3 received are kept")
        third.type("q")
        #expect(try third.exit() == 0)
    }
}
