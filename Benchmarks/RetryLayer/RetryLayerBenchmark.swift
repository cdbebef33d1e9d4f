import BenchmarkSupport
import DemoServer
import Foundation
import GatewayTransport
import RPCCore
import Retry

/// Compares calls that do not fail with the retry layer and without it, in one run and in turn.
@main
enum RetryLayerBenchmark {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let rounds = max(1, numbers.first ?? 15)
        let scale = max(1, numbers.dropFirst().first ?? 1)
        let server = try await DemoServer.start(DemoServerConfiguration(greetings: Workload.greetings))
        let bare = GatewayTransport(server: server.address, configuration: GatewayConfiguration())
        let layered = InterceptedTransport(bare, [RetryInterceptor(policy: { .standard })])
        print("\(rounds) rounds, load \(Report.load())")
        print("\(Report.pad("", 32))  without     with       wall: median  of minima   processor: median  of minima")
        for workload in Workload.all(scale: scale) {
            print(try await compare(workload, rounds: rounds, bare: bare, layered: layered))
        }
        print("load \(Report.load())")
        await bare.shutdown()
        await server.stop()
    }

    private static func compare(
        _ workload: Workload, rounds: Int, bare: any Transport, layered: any Transport
    ) async throws -> String {
        try await workload.run(on: bare)
        try await workload.run(on: layered)
        var comparison = Comparison()
        for round in 0..<rounds {
            // Whichever comes first has the colder caches: they take turns.
            if round % 2 == 0 {
                let without = try await Cost.of { try await workload.run(on: bare) }
                comparison.add(without: without, with: try await Cost.of { try await workload.run(on: layered) })
            } else {
                let with = try await Cost.of { try await workload.run(on: layered) }
                comparison.add(without: try await Cost.of { try await workload.run(on: bare) }, with: with)
            }
        }
        let times = [comparison.without, comparison.with].map { costs in
            Report.pad("\(Int((Comparison.median(costs.map(\.wall)) * 1e4).rounded()) / 10) ms", 10)
        }
        let overheads = [
            comparison.overhead(\.wall), comparison.overheadOfMinima(\.wall), comparison.overhead(\.processor),
            comparison.overheadOfMinima(\.processor),
        ].map { Report.pad(String(format: "%+.1f %%", $0), 12) }
        return "\(Report.pad(workload.name, 32))  \(times.joined())\(overheads.joined())"
    }
}
