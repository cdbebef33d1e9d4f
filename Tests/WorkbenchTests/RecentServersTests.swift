import Foundation
import TestSupport
import Testing

@testable import greeter_tui

@Suite("Servers that were used before", .timeLimit(.minutes(10)))
struct RecentServersTests {
    @Test("they are remembered from one start to the next, each once, the newest first, for their owner only")
    func remembers() throws {
        let folder = try TemporaryFolder(["servers": "no address at all://\nhttp://kept:1\n"])
        let servers = RecentServers(folder: folder.path)
        #expect(servers.list() == ["http://kept:1"])
        for name in ["grpc://one:1", "http://two:2", "grpc://one:1", "not an address"] { servers.remember(name) }
        #expect(RecentServers(folder: folder.path).list() == ["grpc://one:1", "http://two:2", "http://kept:1"])
        for number in 1...30 { servers.remember("grpc://h:\(number)") }
        #expect(servers.list().count == 20 && servers.list().first == "grpc://h:30")
        let fresh = RecentServers(folder: "\(folder.path)/new/state")
        fresh.remember("grpc://one:1")
        let path = "\(folder.path)/new/state/servers"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(RecentServers(folder: nil).list() == [])
    }

    @Test("the server dialogue offers them at the next start")
    func offered() throws {
        let folder = try TemporaryFolder([:])
        RecentServers(folder: "\(folder.path)/greeter-tui").remember("grpc://h.example:50051")
        let session = try PtySession(environment: ["XDG_STATE_HOME": folder.path])
        try session.see("● healthy")
        session.type("t")
        try session.see("grpc://h.example:50051  used before")
        session.type("\u{1b}")
        try session.miss("used before")
        session.type("q")
        #expect(try session.exit() == 0)
    }
}
