import Foundation
import GreeterTestSupport
import Testing

/// The library below the transport spins for ever over a message whose compression stops short.
@Suite("A call whose library hangs", .timeLimit(.minutes(2)))
struct HangingTests {
    @Test("ends at its deadline, and so does the program")
    func deadline() async throws {
        let server = try ScriptedGRPCServer(.truncatesMessage)
        let result = try await Executable.run(
            ["call", "bidi", "Ana", "--server", "\(server.address)", "--deadline", "3s", "--retry", "off"])
        #expect(result.status == 68)
        #expect(
            result.errors.hasPrefix(
                "greeter-tui: DEADLINE_EXCEEDED at deadline: not finished 3 s; gave up waiting for the transport, "
                    + "which did not end it\n"))
        #expect(
            result.errors.hasSuffix(
                "greeter-tui: sent 1, answered 0, uncertain 1, received 0 (no replies); "
                    + "gave up waiting for the transport after the deadline\n"))
    }

    @Test("ends at the first SIGINT, without a deadline too, and the program with it")
    func interruption() async throws {
        let server = try ScriptedGRPCServer(.truncatesMessage)
        let process = try Executable.start([
            "call", "bidi", "Ana", "--server", "\(server.address)", "--deadline", "none", "--events",
        ])
        while case let line = await process.nextLine(), !line.isEmpty {
            if line.contains(#""event":"half_closed""#) { break }
        }
        process.send(SIGINT)
        let result = await process.result()
        #expect(result.status == 130)
        #expect(result.errors.contains("gave up waiting for the transport after the cancellation"))
        #expect(result.output.contains(#""event":"ended""#))
    }
}
