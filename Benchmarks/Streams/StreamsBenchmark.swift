import BenchmarkSupport
import Foundation
import RPCCore

/// Runs one stream to a server that runs already, or so many unary calls, and prints what it took as one line of JSON:
///
///     streams-benchmark CLIENT KIND REQUESTS URL [--record FOLDER | --ca FILE]
///
/// A process runs one client once, so that peaks of memory do not mix. A short stream goes before, so that what is done only once in
/// the life of a process is not counted. Anything but a whole stream ends it with a status that is not 0.
@main
enum StreamsBenchmark {
    private static let warmUp = 1000

    static func main() async {
        do {
            let order = try Order(Array(CommandLine.arguments.dropFirst()))
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            print(String(decoding: try encoder.encode(try await run(order)), as: UTF8.self))
        } catch {
            try? FileHandle.standardError.write(contentsOf: Data("streams-benchmark: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ order: Order) async throws -> Result {
        let client = try await order.makeClient()
        _ = try await client.run(order.kind, requests: warmUp)
        let (tally, cost) = try await Cost.measure { try await client.run(order.kind, requests: order.requests) }
        let recorded = try await client.finish(tally)
        try tally.check(order.kind, requests: order.requests)
        return Result(
            client: order.client.rawValue, kind: order.kind.rawValue, requests: order.requests,
            replies: tally.replies, seconds: cost.wall, processor: cost.processor, recorded: recorded,
            resident: Memory.resident, peak: Memory.peak, course: tally.course)
    }
}

/// What is printed. Memory is in KiB.
private struct Result: Encodable {
    var client: String
    var kind: String
    var requests: Int
    var replies: Int
    /// From the start of the call to its end, on the clock, and of all processors together.
    var seconds: Double
    var processor: Double
    /// From the end of the call until all of it was on the disk; `nil` where nothing was recorded.
    var recorded: Double?
    var resident: Int
    var peak: Int
    /// What was resident after each tenth of the messages.
    var course: [Int]
}

/// What the command line asks for.
private struct Order {
    /// Who makes the calls.
    enum Client: String, CaseIterable {
        /// This program's transport, gateway or gRPC as the URL says.
        case ours
        /// SwiftNIO, with its own WebSocket frames.
        case nio
        /// SwiftNIO, with frames put together and taken apart by hand.
        case nioBytes = "nio-bytes"
    }

    var client: Client
    var kind: CallKind
    var requests: Int
    var server: ServerAddress
    /// Where calls are recorded.
    var folder: String?
    /// Whose certificates are trusted.
    var authority: String?

    init(_ arguments: [String]) throws {
        guard arguments.count == 4 || arguments.count == 6, let client = Client(rawValue: arguments[0]),
            let kind = CallKind(rawValue: arguments[1]), client == .ours || kind.streamsRequests,
            let requests = Int(arguments[2]), requests > 0
        else { throw Misuse() }
        (self.client, self.kind, self.requests) = (client, kind, requests)
        server = try ServerAddress(parsing: arguments[3])
        guard arguments.count == 6 else { return }
        switch arguments[4] {
        case "--record": folder = arguments[5]
        case "--ca": authority = arguments[5]
        default: throw Misuse()
        }
    }

    func makeClient() async throws -> any StreamClient {
        switch client {
        case .ours: OurClient(server: server, folder: folder, authority: authority)
        case .nio: BareWebSocket(server: server, framing: .library)
        case .nioBytes: BareWebSocket(server: server, framing: .hand)
        }
    }
}

/// The command line is wrong.
private struct Misuse: Error, CustomStringConvertible {
    var description: String {
        """
        usage: streams-benchmark ours|nio|nio-bytes client-stream|bidi REQUESTS URL [--record FOLDER | --ca FILE]
               streams-benchmark ours unary|server-stream REQUESTS URL [--record FOLDER | --ca FILE]
        """
    }
}
