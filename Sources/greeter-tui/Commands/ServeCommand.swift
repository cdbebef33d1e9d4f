import ArgumentParser
import Foundation
import GreeterCore
import GreeterDemoServer

/// Runs the demo server alone.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the demo server alone.",
        discussion: "Prints its URL on one line, serves until SIGINT or SIGTERM, and then exits with status 0.")

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen on; 0 takes a free one.", valueName: "number"))
    var port = 0

    @Option(help: "Which kind of gateway the demo server imitates.")
    var demoBehaviour = DemoServerConfiguration.Behaviour.guide

    @OptionGroup
    var faultOptions: FaultOptions

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("port \(port) is not between 0 and 65535") }
    }

    func run() async throws {
        let signals = Signals()
        let configuration = DemoServerConfiguration(
            host: host, port: port, behaviour: demoBehaviour, faults: try faultOptions.faults(),
            seed: faultOptions.seed)
        let server: DemoServer
        do {
            server = try await DemoServer.start(configuration)
        } catch {
            throw Exit.usage("\(error)")
        }
        Exit.write("\(server.address)", to: STDOUT_FILENO)
        for await _ in signals.stream { break }
        await server.stop()
    }
}
