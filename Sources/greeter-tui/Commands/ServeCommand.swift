import ArgumentParser
import DemoServer
import Foundation
import RPCCore
import UserConfiguration

/// Runs the demo server alone.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the demo server alone.",
        discussion: """
            Prints two lines, its address for the gateway's dialect and its address for gRPC, serves until SIGINT or \
            SIGTERM, and then exits with status 0.
            """)

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen on; 0 takes a free one.", valueName: "number"))
    var port = 0

    @Option(help: ArgumentHelp("The port to listen on for gRPC; 0 takes a free one.", valueName: "number"))
    var grpcPort = 0

    @OptionGroup(title: "Demo Server Options")
    var demo: DemoOptions

    @OptionGroup(title: "Configuration Options")
    var configuration: ConfigurationOptions

    func validate() throws {
        for port in [port, grpcPort] where !(0...65535).contains(port) {
            throw ValidationError("port \(port) is not between 0 and 65535")
        }
    }

    func run() async throws {
        var flags = Layer()
        do throws(ConfigurationError) {
            try demo.set(in: &flags)
        } catch {
            throw Exit.usage("\(error)")
        }
        var configuration = try configuration.load(flags).settings.demoConfiguration
        configuration.host = host
        configuration.port = port
        configuration.grpcPort = grpcPort
        let signals = Signals()
        let server: DemoServer
        do {
            server = try await DemoServer.start(configuration)
        } catch {
            throw Exit.usage("\(error)")
        }
        Exit.write("\(server.address)\n\(server.grpcAddress)", to: STDOUT_FILENO)
        for await _ in signals.stream { break }
        await server.stop()
    }
}
