import DemoServer
import GatewayTransport
import RPCCore
import Retry
import WorkbenchModel
import WorkbenchUI

/// Opens a demo server for each connection, with the faults that are ordered, and a transport to it as the program has one.
struct DemoConnector: ServerConnector {
    let isInsecure = false
    var clock: any CallClock = SystemClock()

    func problem(with order: FaultOrder) -> String? {
        do {
            _ = try DemoFaults(parsing: [order.text])
            return nil
        } catch {
            return "\(error)"
        }
    }

    func connect(
        to name: String, faults: [FaultOrder], retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(CallError) -> any Transport {
        do {
            let faults = try DemoFaults(parsing: faults.map(\.text))
            let server = try await DemoServer.start(
                DemoServerConfiguration(faults: faults, seed: 1, sparesHealth: true))
            return DemoTransport(server: server, retry: retry, clock: clock)
        } catch {
            throw CallError(.invalidArgument, "\(error)", at: .connect)
        }
    }
}

/// A transport that takes its server with it when it is shut down.
struct DemoTransport: Transport {
    private let demo: DemoServer
    private let calls: any Transport
    private let health: any Transport

    init(server: DemoServer, retry: @escaping @Sendable () -> RetryPolicy, clock: any CallClock) {
        demo = server
        let configuration = GatewayConfiguration(quietTime: .milliseconds(200), closeTimeout: .milliseconds(200))
        calls = InterceptedTransport(
            GatewayTransport(server: server.address, configuration: configuration, clock: clock),
            [RetryInterceptor(policy: retry, clock: clock)])
        health = GatewayTransport(server: server.healthAddress, configuration: configuration, clock: clock)
    }

    var server: ServerAddress { calls.server }

    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        await calls.perform(call, observer: observer)
    }

    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        try await health.checkHealth(deadline: deadline)
    }

    func shutdown() async {
        await calls.shutdown()
        await health.shutdown()
        await demo.stop()
    }
}
