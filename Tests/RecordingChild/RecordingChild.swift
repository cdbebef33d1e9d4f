import Foundation
import Greeter
import History
import RPCCore

/// Records a call as fast as it can, and says on standard output what is on the disk, so that a test can end it at any moment and
/// look what is left: `recording-child FOLDER [MESSAGES [MAXIMUM-FILE-SIZE]]`.
@main
enum RecordingChild {
    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else { exit(2) }
        let count = arguments.dropFirst(2).first.flatMap { Int($0) } ?? .max
        if let limit = arguments.dropFirst(3).first.flatMap({ UInt64($0) }) { limitFiles(to: limit) }
        let store = HistoryStore(folder: arguments[1], of: Greeter.method, definitions: { _ in nil }) { report in
            switch report {
            case .finding(let text): say("finding \(text)")
            case .problem(let error): say("problem \(error.kind): \(error)")
            }
        }
        let clock = SystemClock()
        let head = CallHead(server: "demo:", kind: .bidirectional, plan: "requests: []")
        let recorder = await store.record(head, for: Nobody())
        await recorder.observe(.attemptStarted(Attempt(start: clock.now, wallTime: clock.wallTime)))
        var number = 0
        var said = recorder.progress.written
        while number < count {
            let numbers = number + 1...number + min(100, count - number)
            await recorder.observe(.sent(numbers.map { message($0, .request, request($0), at: clock.now) }))
            await recorder.observe(.received(numbers.map { message($0, .response, reply($0), at: clock.now) }))
            await recorder.observe(.acknowledged(upTo: numbers.upperBound))
            number = numbers.upperBound
            let written = recorder.progress.written
            if written != said {
                said = written
                say("written \(written.call ?? 0) \(written.sent) \(written.received)")
            }
        }
        let delivery = Delivery(sent: number, answered: number, received: number)
        await recorder.observe(.ended(CallOutcome(delivery: delivery, time: clock.now, rule: "done")))
        await store.finish(within: .seconds(30))
        let written = recorder.progress.written
        say("done \(written.call ?? 0) \(written.sent) \(written.received) \(written.isStopped)")
    }

    private static func request(_ number: Int) -> Payload {
        Payload(Greeter.request("User \(number)", language: "en"), Greeter.request, .json)
    }

    private static func reply(_ number: Int) -> Payload {
        let value = MessageValue([.init("message", "Hello, User \(number)!"), .init("language", "en")])
        return Payload(value, Greeter.reply, .json)
    }

    private static func message(
        _ number: Int, _ role: StreamMessage.Role, _ payload: Payload, at time: Duration
    ) -> StreamMessage {
        StreamMessage(
            number: number, time: time, form: .textFrame, role: role, payload: payload,
            answers: role == .response ? number : nil)
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }

    /// Lets no file grow larger: writing on fails, as it does on a full disk.
    private static func limitFiles(to size: UInt64) {
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(size), rlim_max: rlim_t(size))
        #if os(Linux)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #else
            setrlimit(RLIMIT_FSIZE, &limit)
        #endif
    }
}

private struct Nobody: CallObserver {
    func observe(_ event: CallEvent) async {}
}
