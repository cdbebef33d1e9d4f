import Foundation
import RPCCore
import Testing

@Suite("serve", .timeLimit(.minutes(10)))
struct ServeTests {
    @Test(
        "prints its two addresses, a line each, serves until it is told to stop, and ends well",
        arguments: [SIGINT, SIGTERM])
    func serves(_ signal: Int32) async throws {
        let process = try Executable.start(["serve"])
        let line = await process.nextLine()
        let address = try ServerAddress(parsing: line)
        #expect(address.isLoopback)
        let native = try ServerAddress(parsing: await process.nextLine())
        #expect(native.scheme == .grpc)
        #expect(native.isLoopback)
        #expect(native.port != address.port)
        let taken = try await Executable.run(["serve", "--port", "\(address.port)"])
        #expect(taken.status == 2)
        #expect(taken.errors == "greeter-tui: cannot listen on \(address.authority): Address already in use\n")
        process.send(signal)
        #expect(await process.result() == Executable.Result(status: 0, output: "", errors: ""))
    }

    @Test("fails as it is told to, and as the same orders make the demo server inside a call fail")
    func fails() async throws {
        let orders = ["--fault", "drop-after=2", "--fault", "delay=1ms~1ms", "--seed", "7"]
        let process = try Executable.start(["serve"] + orders)
        let server = await process.nextLine()
        let call = ["call", "bidi", "Ana", "Bob", "Eve"]
        let greetings = ["Ana", "Bob", "Eve"].map { #"{"message":"Hello, \#($0)!","language":"en"}"# }
        for arguments in [["--server", server], orders] {
            let dropped = try await Executable.run(call + arguments)
            #expect(dropped.status == 64 + 14)
            #expect(dropped.lines == Array(greetings.prefix(2)))
            #expect(dropped.errors.contains("connection closed by the server without a CLOSE frame"))
        }
        let complete = try await Executable.run(call + ["--server", server])
        #expect(complete.status == 0)
        #expect(complete.lines == greetings)
        process.send(SIGTERM)
        #expect(await process.result().status == 0)
    }
}
