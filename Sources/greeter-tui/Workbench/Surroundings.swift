import DemoServer
import Foundation
import RPCCore
import TerminalUI
import UserConfiguration
import WorkbenchUI

/// What the workbench takes from the world around it. A tape puts other things in their place, so that each run sees the
/// same world.
struct Surroundings: Sendable {
    var environment = ProcessInfo.processInfo.environment
    var clock: any CallClock = SystemClock()
    var timeZone = TimeZone.current
    /// From one frame to the next, at least.
    var frameLength = Duration.seconds(1) / Program.framesPerSecond
    /// Whether what was in no file is kept for the next start.
    var keepsUnsavedPlans = true
    /// What makes runs alike; `nil` where chance and the system decide.
    var repetition: Repetition?

    /// What is the same in every run of a tape.
    struct Repetition: Sendable {
        /// The port that is shown of the demo server, whichever it has.
        var demoPort = 8010
        /// The same of its side that speaks gRPC.
        var demoGRPCPort = 8011
        /// How late the demo server's replies are where no fault says: a call that takes no time looks like none.
        var latency = DemoFaults.Delay(time: .milliseconds(4), jitter: .milliseconds(2))
        /// Where random choices begin that the command line does not say.
        var seed: UInt64 = 1
    }

    /// Where the workbench keeps what it must not forget; `nil` for nowhere.
    var stateFolder: String? {
        keepsUnsavedPlans ? UserDirectories(environment: environment).stateFolder : nil
    }

    /// The clock of the demo server: its own, unless runs are to be alike.
    var demoClock: (any CallClock)? { repetition == nil ? nil : clock }

    /// The address of a server as it is shown.
    func shown(_ address: ServerAddress, isDemo: Bool) -> ServerAddress {
        guard isDemo, let repetition else { return address }
        var address = address
        address.actualPort = address.port
        address.port = address.scheme.dialect == .grpc ? repetition.demoGRPCPort : repetition.demoPort
        return address
    }

    /// The source of chance of a call.
    func makeRandom() -> any RandomNumberGenerator & Sendable {
        repetition.map { SeededGenerator(seed: $0.seed) } ?? SystemRandomNumberGenerator()
    }
}
