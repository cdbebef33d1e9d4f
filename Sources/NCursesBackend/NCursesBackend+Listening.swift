import CNCurses
import Dispatch
import TerminalUI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What comes in: input when there is some, signals by way of a pipe. All of it on the main queue, so on the main actor.
extension NCursesBackend {
    func listen() throws(TerminalError) {
        if options.handlesSignals {
            let pipe = try WakePipe { [weak self] in self?.handle($0) }
            wakePipe = pipe
            cn_handle_signals(pipe.writeEnd)
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: options.input, queue: .main)
        source.setEventHandler { [weak self] in
            MainActor.assumeIsolated { self?.readInput() }
        }
        source.activate()
        inputSource = source
    }

    func stopListening() {
        cn_unhandle_signals()
        wakePipe?.cancel()
        wakePipe = nil
        stopReading()
        pendingTimer?.cancel()
        pendingTimer = nil
    }

    private func stopReading() {
        // A source that is paused can neither be cancelled nor let go.
        if isInputPaused { inputSource?.resume() }
        isInputPaused = false
        inputSource?.cancel()
        inputSource = nil
    }

    func resumeInput() {
        guard isInputPaused, queue.count < Self.queueLimit else { return }
        isInputPaused = false
        inputSource?.resume()
    }

    // MARK: - Input

    /// Reads a part of what is there; the source fires again for the rest, after others have had their turn.
    private func readInput() {
        guard !isRestored else { return }
        // A key may overtake the signal of a resize that came before it, and must meet the screen that it was meant for.
        windowChanged()
        let items = decoder.isPasting ? readBytes() : readKeys()
        for event in decoder.feed(items) { queue.push(event) }
        if items.isEmpty, cn_input_is_closed() {
            for event in decoder.giveUp() { queue.push(event) }
            stopReading()
            queue.push(.inputClosed)
        } else if queue.count >= Self.queueLimit, !isInputPaused {
            isInputPaused = true
            inputSource?.suspend()
        }
        watchPending()
    }

    private func readKeys() -> [InputDecoder.Item] {
        var inputs = [cn_input](repeating: cn_input(), count: 256)
        let count = cn_read(&inputs, Int32(inputs.count))
        return inputs.prefix(Int(count)).map { InputDecoder.Item($0) }
    }

    private func readBytes() -> [InputDecoder.Item] {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = cn_read_bytes(&bytes, Int32(bytes.count))
        return bytes.prefix(Int(count)).map { .byte($0) }
    }

    /// While something is incomplete a timer runs that ends it; at other times there is none.
    private func watchPending() {
        pendingTimer?.cancel()
        pendingTimer = nil
        guard decoder.isPending, inputSource != nil else { return }
        let timer = DispatchSource.makeTimerSource(queue: .main)
        timer.setEventHandler { [weak self] in
            MainActor.assumeIsolated { self?.givePendingUp() }
        }
        let delay = decoder.isPasting ? options.pasteDelay : options.escapeDelay
        timer.schedule(deadline: .now() + delay / .seconds(1))
        timer.activate()
        pendingTimer = timer
    }

    private func givePendingUp() {
        pendingTimer = nil
        guard !isRestored else { return }
        for event in decoder.giveUp() { queue.push(event) }
    }

    // MARK: - Signals

    /// Handles the signals that have come since the last time, changes of size as one.
    func handle(_ signals: [Int32]) {
        if signals.contains(SIGWINCH) { windowChanged() }
        for signal in signals {
            switch signal {
            case SIGINT: queue.push(.interrupted)
            case SIGTERM, SIGHUP:
                restore()
                queue.push(.terminated(signal: signal))
            case SIGTSTP: suspend()
            case SIGCONT: returnToScreen()
            default: break
            }
        }
    }
}
