import Foundation
import TestSupport
import Testing

@Suite("The log of a workbench", .serialized, .ownThread, .timeLimit(.minutes(10)))
struct LogTests {
    @Test("has its calls and the health of its server, also of a demo server, in the order in which they were")
    func log() throws {
        let folder = try TemporaryFolder([:])
        let path = "\(folder.path)/log"
        let session = try PtySession(["--log-level", "info", "--log-file", path])
        try session.see("● healthy")
        session.type("r")
        try session.see("✓ OK: 3 sent, 1 received")
        session.type("q")
        #expect(try session.exit() == 0)
        let log = try String(contentsOfFile: path, encoding: .utf8)
        let places = [" info started ", " info healthy ", " info call call=1 ", " info ended "].map {
            log.range(of: $0)?.lowerBound
        }
        #expect(!places.contains(nil) && places.compactMap(\.self).sorted() == places.compactMap(\.self), "\(log)")
    }
}
