import BenchmarkSupport
import Foundation
import Greeter
import History
import RPCCore

/// What recording, reading and searching cost: `history-benchmark [MESSAGES [BATCH]]`. A bidirectional call of so many requests
/// and as many replies, handed over in batches like those of a transport.
@main
enum HistoryBenchmark {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let messages = max(1000, numbers.first ?? 1_000_000)
        let batch = max(1, numbers.dropFirst().first ?? 256)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("history-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        print("\(messages) messages each way in batches of \(batch)")
        let making = try await record(messages, batch, in: nil)
        print(line("making them, nothing recorded", making, 2 * messages))
        let store = HistoryStore(folder: folder, of: Greeter.method)
        let recording = try await record(messages, batch, in: store)
        print(line("making and recording them", recording, 2 * messages))
        print(
            line(
                "recording alone", wall: recording.wall - making.wall,
                processor: recording.processor - making.processor, 2 * messages))
        let bytes = size(of: folder)
        print("on the disk: \(bytes / 1024) KiB, \(text(Double(bytes) / Double(2 * messages))) bytes a message")
        print("resident: \(Memory.resident / 1024) MiB, at most \(Memory.peak / 1024) MiB")
        try await read(store, messages)
        print("resident: \(Memory.resident / 1024) MiB, at most \(Memory.peak / 1024) MiB")
    }

    private static func read(_ store: HistoryStore, _ messages: Int) async throws {
        guard let call = try await store.calls().first else { throw HistoryMissing() }
        guard call.sent == messages, call.received == messages else { throw HistoryMissing() }
        let transcript = store.transcript(of: call)
        let window = try await Cost.of {
            for start in stride(from: 1, to: messages, by: max(1, messages / 1000)) {
                _ = try await transcript.read(.received, start..<start + 50)
            }
        }
        print(line("1,000 windows of 50 messages", window, 1000))
        let length = call.lasted / 1000
        let times = try await Cost.of {
            for step in 0..<1000 { _ = try await transcript.number(of: .received, at: call.start + length * step) }
        }
        print(line("1,000 messages by their times", times, 1000))
        let search = TranscriptSearch(.received, of: transcript)
        let patterns: [(String, MessagePattern)] = [
            ("text that is not there", .text("nobody")),
            ("an expression that is not there", .expression(try TextPattern("nob[o]dy"))),
        ]
        for (name, pattern) in patterns {
            let cost = try await Cost.of { _ = try await search.first([pattern], from: 1) }
            print(line("finding \(name)", cost, messages))
        }
        var bytes = 0
        let export = try await Cost.of { try await store.export(call, as: .jsonLines) { bytes += $0.count } }
        print(line("export to JSON Lines, \(bytes >> 20) MiB", export, 2 * messages))
    }

    /// Makes a call of so many messages each way.
    private static func record(_ count: Int, _ batch: Int, in store: HistoryStore?) async throws -> Cost {
        try await Cost.of {
            let clock = SystemClock()
            let sink = Sink()
            let head = CallHead(server: "http://127.0.0.1:8010", kind: .bidirectional)
            let observer: any CallObserver = await store?.record(head, for: sink) ?? sink
            await observer.observe(.attemptStarted(Attempt(start: clock.now, wallTime: clock.wallTime)))
            var number = 0
            while number < count {
                let numbers = number + 1...min(number + batch, count)
                let time = clock.now
                await observer.observe(.sent(numbers.map { Self.request($0, time) }))
                await observer.observe(.received(numbers.map { Self.reply($0, time) }))
                await observer.observe(.acknowledged(upTo: numbers.upperBound))
                number = numbers.upperBound
            }
            let delivery = Delivery(sent: count, answered: count, received: count)
            await observer.observe(.ended(CallOutcome(delivery: delivery, time: clock.now, rule: "done")))
            _ = await store?.finish(within: .seconds(60))
        }
    }

    private static func request(_ number: Int, _ time: Duration) -> StreamMessage {
        StreamMessage(
            number: number, time: time, form: .textFrame, role: .request,
            payload: Payload(Greeter.request("User \(number)", language: "en"), Greeter.request, .json))
    }

    private static func reply(_ number: Int, _ time: Duration) -> StreamMessage {
        let reply = MessageValue([.init("message", "Hello, User \(number)!"), .init("language", "en")])
        return StreamMessage(
            number: number, time: time, form: .textFrame, role: .response,
            payload: Payload(reply, Greeter.reply, .json), answers: number)
    }

    private static func line(_ name: String, _ cost: Cost, _ count: Int) -> String {
        line(name, wall: cost.wall, processor: cost.processor, count)
    }

    private static func line(_ name: String, wall: Double, processor: Double, _ count: Int) -> String {
        let padding = String(repeating: " ", count: max(1, 44 - name.count))
        let rate = Int(Double(count) / max(wall, 1e-9))
        let each = text(processor * 1e9 / Double(count))
        return "\(name)\(padding)\(text(wall)) s, processor \(text(processor)) s, \(rate)/s, \(each) ns each"
    }

    private static func text(_ number: Double) -> String { String(format: "%.2f", number) }

    private static func size(of folder: String) -> Int {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }
}

/// The recorded call is not as it was made.
private struct HistoryMissing: Error {}
