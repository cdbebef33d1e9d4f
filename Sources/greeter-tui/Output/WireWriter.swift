import Foundation
import RPCCore

/// Writes what a tap takes as JSON Lines, as it comes, until it is told that nothing more does.
///
/// The wire does not wait for whoever writes it down: what does not fit into the tap meanwhile is left out, and a line says how much.
struct WireWriter {
    /// Records that wait to be written.
    static let limit = 65_536

    private let tap: WireTap
    private let sink: OutputSink
    private let lines: WireLines
    private let end: AsyncStream<Void>.Continuation
    private let task: Task<Void, Never>

    /// - Parameter start: When the call begins.
    init(_ tap: WireTap, to sink: OutputSink, start: Duration) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let lines = WireLines(start: start)
        (self.tap, self.sink, self.lines, end) = (tap, sink, lines, continuation)
        tap.listen { continuation.yield() }
        task = Task.detached { for await _ in stream { await Self.write(from: tap, lines, to: sink) } }
    }

    /// Writes the rest. To be called when the connections are closed.
    /// - Returns: why the file is not whole; `nil` where it is.
    func finish() async -> String? {
        tap.stopListening()
        end.finish()
        await task.value
        await Self.write(from: tap, lines, to: sink)
        return sink.problem
    }

    private static func write(from tap: WireTap, _ lines: WireLines, to sink: OutputSink) async {
        let (records, dropped) = tap.take()
        var output = JSONText(isTerminalSafe: true)
        if dropped > 0 { lines.append(dropped: dropped, at: records.first?.time ?? tap.clock.now, to: &output) }
        for record in records { lines.append(record, to: &output) }
        if !output.isEmpty { await sink.write(output.bytes) }
    }

    /// Opens the file that is named, which must not be there yet unless it is a pipe or a device.
    static func open(_ path: String) throws(Exit) -> OutputSink {
        var status = stat()
        let exists = stat(path, &status) == 0
        guard !exists || status.st_mode & S_IFMT != S_IFREG else {
            throw .usage("--wire: \(path) is there already; name another file")
        }
        let flags = O_WRONLY | O_CLOEXEC | (exists ? 0 : O_CREAT | O_EXCL)
        let descriptor = Foundation.open(path, flags, 0o600)
        guard descriptor >= 0 else { throw .usage("--wire: \(path): \(String(cString: strerror(errno)))") }
        return OutputSink(descriptor: descriptor)
    }
}
