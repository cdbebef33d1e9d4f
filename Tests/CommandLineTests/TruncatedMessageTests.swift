import Foundation
import TestSupport
import Testing

/// There are decompressors that spin for ever over a message whose compression stops short.
@Suite("A message whose compression stops short", .timeLimit(.minutes(10)))
struct TruncatedMessageTests {
    @Test(
        "ends the call at once, without a deadline too, and says why",
        arguments: [["--deadline", "30s"], ["--deadline", "none"]])
    func ends(deadline: [String]) async throws {
        let server = try ScriptedGRPCServer(.truncatesMessage)
        let result = try await Executable.run(
            ["call", "bidi", "Ana", "--server", "\(server.address)", "--retry", "off"] + deadline)
        #expect(result.status == 77)
        #expect(
            result.errors.hasPrefix("greeter-tui: INTERNAL at decode: a compressed message of the server is cut short"))
        #expect(result.errors.contains("greeter-tui: sent 1, answered 0, uncertain 1, received 0 (no replies)"))
    }
}
