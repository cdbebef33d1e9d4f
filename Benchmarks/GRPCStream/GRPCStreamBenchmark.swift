import BenchmarkSupport
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCTransport
import GreeterCore
import GreeterDemoServer

/// Compares streams through this program's transport with streams through the library alone, in one run and in turn. The server is a
/// process of its own, so that what it costs is not counted.
@main
enum GRPCStreamBenchmark {
    static func main() async throws {
        if CommandLine.arguments.dropFirst().first == "serve" { return try await serve() }
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let rounds = max(1, numbers.first ?? 11)
        let requests = max(1, numbers.dropFirst().first ?? 100_000)
        let (process, port) = try startServer()
        defer { process.terminate() }
        let server = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: port)
        let ours = GRPCTransport(server: server, configuration: GRPCConfiguration())
        print("\(rounds) rounds of \(requests) messages, load \(Report.load())")
        print("\(Report.pad("", 20)) bare      ours      wall: median  of minima   processor: median  of minima")
        try await withGRPCClient(
            transport: try .http2NIOPosix(
                target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
        ) { client in
            for kind in [CallKind.clientStream, .bidirectional] {
                print(try await compare(kind, requests, rounds: rounds, bare: Bare(client: client), ours: ours))
            }
        }
        for kind in [CallKind.clientStream, .bidirectional] {
            let memory = try await memory(kind, requests, ours: ours)
            print("\(Report.pad(kind.title, 20)) \(memory)")
        }
        await ours.shutdown()
    }

    private static func compare(
        _ kind: CallKind, _ requests: Int, rounds: Int, bare: Bare, ours: GRPCTransport
    ) async throws -> String {
        try await bare.run(kind, requests: requests)
        try await stream(kind, requests, ours)
        var comparison = Comparison()
        for round in 0..<rounds {
            // Whichever comes first has the colder caches: they take turns.
            if round % 2 == 0 {
                let without = try await Cost.of { try await bare.run(kind, requests: requests) }
                comparison.add(without: without, with: try await Cost.of { try await stream(kind, requests, ours) })
            } else {
                let with = try await Cost.of { try await stream(kind, requests, ours) }
                comparison.add(without: try await Cost.of { try await bare.run(kind, requests: requests) }, with: with)
            }
        }
        let times = [comparison.without, comparison.with].map { costs in
            Report.pad("\(Int((Comparison.median(costs.map(\.wall)) * 1e3).rounded())) ms", 10)
        }
        let overheads = [
            comparison.overhead(\.wall), comparison.overheadOfMinima(\.wall), comparison.overhead(\.processor),
            comparison.overheadOfMinima(\.processor),
        ].map { Report.pad(String(format: "%+.1f %%", $0), 13) }
        return "\(Report.pad(kind.title, 20)) \(times.joined())\(overheads.joined())"
    }

    private static func stream(_ kind: CallKind, _ requests: Int, _ transport: GRPCTransport) async throws {
        let template = RequestTemplate(name: try Template("User {i}"), language: Template(literal: "en"))
        let plan = PlanRun(PlanDocument(steps: [.repetition(RepeatStep(requests, template))]))
        let outcome = await transport.perform(Call(kind, plan, options: CallOptions(deadline: nil)), observer: Sink())
        if let error = outcome.error { throw error }
        let replies = kind == .clientStream ? 1 : requests
        guard outcome.delivery.received == replies else { throw Incomplete(replies: outcome.delivery.received) }
    }

    /// What a stream ten times as long takes more, in memory.
    private static func memory(_ kind: CallKind, _ requests: Int, ours: GRPCTransport) async throws -> String {
        try await stream(kind, requests, ours)
        let before = try peak()
        try await stream(kind, 10 * requests, ours)
        return "peak memory after \(requests): \(before) KiB, after \(10 * requests): \(try peak()) KiB"
    }

    /// The most that has been resident, in KiB.
    private static func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    // MARK: The server

    private static func serve() async throws {
        let server = try await DemoServer.start()
        print(server.grpcAddress.port)
        fflush(nil)
        // Until the other process ends it.
        while readLine() != nil {}
        await server.stop()
    }

    private static func startServer() throws -> (Process, port: Int) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["serve"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else { throw Incomplete(replies: 0) }
        return (process, port)
    }
}

/// Takes events and forgets them.
private struct Sink: CallObserver {
    func observe(_ event: CallEvent) async {}
}
