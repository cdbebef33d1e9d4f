import Foundation
import GreeterCore
import Testing

@Suite("serve", .timeLimit(.minutes(1)))
struct ServeTests {
    @Test("prints its URL on one line, serves until it is told to stop, and ends well", arguments: [SIGINT, SIGTERM])
    func serves(_ signal: Int32) async throws {
        let process = try Executable.start(["serve"])
        let line = await process.nextLine()
        let address = try ServerAddress(parsing: line)
        #expect(address.isLoopback)
        let taken = try await Executable.run(["serve", "--port", "\(address.port)"])
        #expect(taken.status == 2)
        #expect(taken.errors == "greeter-tui: cannot listen on \(address.authority): Address already in use\n")
        process.send(signal)
        #expect(await process.result() == Executable.Result(status: 0, output: "", errors: ""))
    }
}
