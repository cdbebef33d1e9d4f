import BenchmarkSupport
import DemoServer
import Foundation
import GRPCTransport
import Greeter
import Plans
import ProtobufSchema
import RPCCore

/// Measures what it takes to make a request of a template, and what a stream costs more whose messages are known by their definition
/// alone than one of greetings.
@main
enum TemplateBenchmark {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let count = max(1_000, numbers.first ?? 1_000_000)
        let rounds = max(1, numbers.dropFirst().first ?? 7)
        print("\(count) messages, \(rounds) rounds, load \(Report.load())")
        let schema = Schema(try DescriptorSet.files(in: ServiceDescriptors.set))
        try await makeTemplates(schema, count: count, rounds: rounds)
        try await stream(schema, count: count, rounds: rounds)
        print("load \(Report.load())")
    }

    // MARK: Templates

    private static let greeting = """
        requests:
          - repeat: 1000000000
            send: {name: "User {i}", language: en}
        """
    private static let sample = """
        requests:
          - repeat: 1000000000
            send: {sensor: "s{random:1-6}", value: "{i}", unit: UNIT_VOLT, sequence: "{i}", labels: {run: "{uuid}", n: "a{i}"}}
        """
    private static let constant = """
        requests:
          - repeat: 1000000000
            send: {sensor: boiler, value: 20.5, unit: UNIT_CELSIUS, sequence: 7, labels: {room: attic}}
        """

    private static func makeTemplates(_ schema: Schema, count: Int, rounds: Int) async throws {
        guard let message = schema.message("demo.telemetry.v1.Sample") else { return }
        let samples = DynamicMessageCodec(message, in: schema)
        for (name, yaml, codec) in [
            ("a greeting, one place", greeting, Greeter.request as any MessageCodec),
            ("a sample, five places", sample, samples), ("a sample without places", constant, samples),
        ] {
            let plan = PlanRun(try PlanFile(yaml: yaml, of: codec, place: "plan").document)
            for encoding in [Payload.Encoding.protobuf, .json] {
                var costs: [Double] = []
                for _ in 0..<rounds {
                    var source = plan.makeSource(MessageEncoder(codec, encoding), clock: SystemClock())
                    var made = 0
                    let cost = try await Cost.of {
                        while made < count, let batch = try await source.next(atMost: 256) { made += batch.count }
                    }
                    costs.append(cost.processor / Double(made) * 1e9)
                }
                let median = String(format: "%.0f ns", Comparison.median(costs))
                print(
                    "\(Report.pad(name, 28))\(Report.pad(encoding.rawValue, 12))\(median) a message, its plan included")
            }
        }
    }

    // MARK: Streams

    private static func stream(_ schema: Schema, count: Int, rounds: Int) async throws {
        guard let request = schema.message("helloworld.HelloRequest"),
            let reply = schema.message("helloworld.HelloReply")
        else { return }
        let server = try await DemoServer.start()
        let transport = GRPCTransport(server: server.grpcAddress, configuration: GRPCConfiguration())
        for kind in [CallKind.clientStream, .bidirectional] {
            let known = Greeter.method(kind)
            let unknown = MethodSchema(
                known.ref, input: DynamicMessageCodec(request, in: schema),
                output: DynamicMessageCodec(reply, in: schema))
            var comparison = Comparison()
            for round in -1..<rounds {
                let methods = round % 2 == 0 ? [known, unknown] : [unknown, known]
                var costs: [Cost] = []
                for method in methods { costs.append(try await run(method, count: count, on: transport)) }
                if round % 2 != 0 { costs.reverse() }
                if round >= 0 { comparison.add(without: costs[0], with: costs[1]) }
            }
            let figures = [comparison.overhead(\.wall), comparison.overhead(\.processor)].map {
                String(format: "%+.1f %%", $0)
            }
            let rate = Double(count) / Comparison.median(comparison.without.map(\.wall))
            print(
                "\(Report.pad(kind.rawValue, 16))\(Int(rate)) greetings a second; by definition: time \(figures[0]), "
                    + "processor \(figures[1]), the server's included")
        }
        await transport.shutdown()
        await server.stop()
    }

    private static func run(_ method: MethodSchema, count: Int, on transport: GRPCTransport) async throws -> Cost {
        let plan = try PlanFile(yaml: greeting, of: method.input, place: "plan").document
        var limited = plan
        limited.stop.after = count
        let call = Call(method, PlanRun(limited), options: CallOptions(deadline: nil))
        return try await Cost.of {
            let outcome = await transport.perform(call, observer: Nobody())
            if let error = outcome.error { throw error }
            guard outcome.delivery.sent == count else { throw CancellationError() }
        }
    }
}

/// Looks at nothing.
private struct Nobody: CallObserver {
    func observe(_ event: CallEvent) async {}
}
