import Dispatch
import Foundation
import Synchronization
import TerminalUI

@testable import NCursesBackend

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A pseudo-terminal: the backend has the one end, the test plays the terminal on the other. Everything written is drained
/// all the time, so that the backend never waits for the test.
final class PseudoTerminal: Sendable {
    /// The terminal's end: keys go in, drawing comes out.
    private let master: Int32
    /// The program's end.
    let slave: Int32
    private let output = Output()
    private let input = DispatchQueue(label: "keyboard")
    /// Closing it ends the draining, and with it the terminal.
    private let control: Int32
    private let isUp = Atomic(true)

    init(size: Size = Size(columns: 40, rows: 6)) throws {
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        var controls: [Int32] = [-1, -1]
        guard openpty(&ends.master, &ends.slave, nil, nil, nil) == 0, pipe(&controls) == 0 else {
            throw TerminalError("no pseudo-terminal")
        }
        (master, slave) = ends
        control = controls[1]
        resize(to: size)
        Thread.detachNewThread { [master, output, reading = controls[0]] in
            output.drain(master, until: reading)
        }
    }

    deinit {
        close(slave)
        hangUp()
    }

    /// What the program has written, gathered by a thread.
    private final class Output: Sendable {
        private let state = Mutex(State())

        private struct State {
            var bytes: [UInt8] = []
            var waiter: (mark: Data, continuation: CheckedContinuation<Void, Never>)?
        }

        /// Reads until `control` is closed at its other end, and then hangs up.
        func drain(_ master: Int32, until control: Int32) {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            var polled = [pollfd(fd: master, events: Int16(POLLIN), revents: 0)]
            polled.append(pollfd(fd: control, events: Int16(POLLIN), revents: 0))
            while poll(&polled, 2, -1) > 0, polled[1].revents == 0 {
                let count = read(master, &buffer, buffer.count)
                guard count > 0 else { break }
                take(buffer.prefix(count))
            }
            close(master)
            close(control)
        }

        private func take(_ bytes: ArraySlice<UInt8>) {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                state.bytes += bytes
                guard let waiter = state.waiter, Data(state.bytes).range(of: waiter.mark) != nil else { return nil }
                state.waiter = nil
                return waiter.continuation
            }
            waiter?.resume()
        }

        /// Waits for a mark in the output, and takes what is before it.
        func take(upTo mark: Data) async -> String {
            await withCheckedContinuation { continuation in
                let isHere = state.withLock { state in
                    if Data(state.bytes).range(of: mark) != nil { return true }
                    state.waiter = (mark, continuation)
                    return false
                }
                if isHere { continuation.resume() }
            }
            return state.withLock { state in
                let end = Data(state.bytes).range(of: mark)?.lowerBound ?? 0
                defer { state.bytes.removeFirst(end + mark.count) }
                return String(decoding: state.bytes.prefix(end), as: UTF8.self)
            }
        }
    }

    /// Waits until everything that has been written is here, and takes it.
    func takeOutput() async -> String {
        let mark = Array("<<everything>>".utf8)
        _ = write(slave, mark, mark.count)
        return await output.take(upTo: Data(mark))
    }

    /// Sends input, in the order of the calls. Does not wait until the program has read it.
    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) {
        input.async { [master] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Array(rest.prefix(1024)).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    func resize(to size: Size) {
        var window = winsize(
            ws_row: UInt16(size.rows), ws_col: UInt16(size.columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave, UInt(TIOCSWINSZ), &window)
    }

    /// Hangs up.
    func hangUp() {
        if isUp.exchange(false, ordering: .relaxed) { close(control) }
    }

    /// The terminal's modes that a program changes.
    var modes: [UInt32] {
        var modes = termios()
        tcgetattr(slave, &modes)
        return [modes.c_iflag, modes.c_oflag, modes.c_lflag].map { UInt32($0) }
    }

    /// A backend on this terminal that leaves the test process's signals alone.
    @MainActor
    func makeBackend(
        term: String = "xterm-256color", environment: [String: String] = ["LANG": "C.UTF-8"],
        change: (inout NCursesBackend.Options) -> Void = { _ in }
    ) throws -> NCursesBackend {
        var options = NCursesBackend.Options(environment: environment.merging(["TERM": term]) { $1 })
        options.input = slave
        options.output = slave
        options.handlesSignals = false
        change(&options)
        return try NCursesBackend(options: options)
    }
}
