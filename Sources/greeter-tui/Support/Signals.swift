import Dispatch
import Foundation
import Synchronization

/// Signals as a stream, in place of what they would do by themselves.
final class Signals: Sendable {
    /// The signals, in the order in which they came. Read by one task.
    let stream: AsyncStream<Int32>
    private let sources: Mutex<[any DispatchSourceSignal]>

    init(_ signals: [Int32] = [SIGINT, SIGTERM, SIGHUP]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingOldest(8))
        self.stream = stream
        let queue = DispatchQueue(label: "greeter-tui.signals")
        let sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        self.sources = Mutex(sources)
    }
}
