import Foundation
import RPCCore
import TerminalUI

/// The end of the program: an exit status, and what is said about it on standard error.
struct Exit: Error {
    /// The arguments, or something they name, are wrong.
    static let usageStatus: Int32 = 2
    /// A tape was not played to its end.
    static let tapeFailedStatus: Int32 = 1
    /// The user ended the program (128 + SIGINT).
    static let interruptedStatus: Int32 = 130
    /// Nobody reads standard output any more (128 + SIGPIPE).
    static let brokenPipeStatus: Int32 = 141

    var status: Int32
    var lines: [String] = []

    static func status(_ status: Int32) -> Exit { Exit(status: status) }

    /// Wrong use, in one line.
    static func usage(_ problem: String) -> Exit {
        Exit(status: usageStatus, lines: ["greeter-tui: \(problem)"])
    }

    func perform() -> Never {
        for line in lines { Self.write(inert(line), to: STDERR_FILENO) }
        exit(status)
    }

    /// Says something on standard error that ends nothing.
    static func note(_ text: String) { write(inert("greeter-tui: note: \(text)"), to: STDERR_FILENO) }

    /// Writes lines of text from anywhere to standard output.
    static func write(lines text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            write(inert(String(line)), to: STDOUT_FILENO)
        }
    }

    /// Writes a line, as far as anybody reads it. A credential in the query of an address is masked, whoever speaks of it.
    static func write(_ line: String, to descriptor: Int32) {
        _ = writeAll(Array((Credentials.maskingQuery(line) + "\n").utf8)[...], to: descriptor)
    }
}

/// Writes bytes and waits until they are taken.
/// - Returns: whether they were; not when nobody reads any more.
func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written >= 0 {
            rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
            var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&polled, 1, -1)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}

/// Text from anywhere, with nothing in it that a terminal would act on.
func inert(_ text: String) -> String {
    TextSafety.sanitised(text)
}
