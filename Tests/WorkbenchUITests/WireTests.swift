import Foundation
import RPCCore
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("The wire pane", .serialized, .timeLimit(.minutes(10)))
@MainActor
struct WireTests {
    private func record(_ bytes: Int, _ stream: Int? = 1) -> WireRecord {
        WireRecord(
            time: .milliseconds(bytes), connection: 1, direction: .sent, stream: stream, fact: .body(bytes: bytes))
    }

    @Test("the log keeps the newest records and counts all; rows keep their places")
    func log() {
        var log = WireLog()
        log.append((0..<12_000).map { record($0) }, dropped: 3)
        #expect(log.rows == 2000..<12_000)
        #expect(log.summary.records == 12_000)
        #expect(log.summary.dropped == 3)
        #expect(log.record(atRow: 1999) == nil)
        #expect(log.record(atRow: 2000) == record(2000))
        #expect(log.recordBefore(row: 2001) == record(2000))
        log.append([record(12_000)], dropped: 0)
        #expect(log.rows == 2001..<12_001)
        #expect(log.record(atRow: 11_999) == record(11_999))
    }

    @Test("a filter shows what has the pattern, of what is there and of what comes")
    func filter() throws {
        var log = WireLog()
        log.append((1...10).map { record($0, $0 % 2 == 0 ? 3 : 1) }, dropped: 0)
        log.filter(try MessagePattern(parsing: "s3"))
        #expect(log.rows == 0..<5)
        #expect(log.record(atRow: 1) == record(4, 3))
        // The time before it is that of its neighbour on the wire, shown or not.
        #expect(log.recordBefore(row: 1) == record(3))
        log.append([record(11), record(12, 3)], dropped: 0)
        #expect(log.rows == 0..<6)
        #expect(log.find(try MessagePattern(parsing: "/ 8 B/"), from: 0, goesForward: true) == 3)
        #expect(log.find(try MessagePattern(parsing: "/ 8 B/"), from: 2, goesForward: false) == 3)
        #expect(log.find(try MessagePattern(parsing: "/ 9 B/"), from: 0, goesForward: true) == nil)
        // Those that match are forgotten with the others.
        log.append((0..<WireLog.limit - 1).map { _ in record(1) }, dropped: 0)
        #expect(log.rows == 5..<6)
        log.filter(nil)
        #expect(log.rows.count == WireLog.limit)
    }

    @Test("what a server says on the wire is shown, never executed")
    func hostile() {
        for name in [Scene.wireStalled, .wireDetail, .wireWebSocket] {
            for size in [Size(columns: 80, rows: 24), Size(columns: 200, rows: 60)] {
                let text = name.draw(size).lines.joined(separator: "\n")
                #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 0x202E })
            }
        }
        #expect(
            Scene.wireStalled.draw(Size(columns: 200, rows: 60)).lines.joined().contains("too_many_pings␛]0;owned␇"))
    }

    @Test("the head says what stands still, and what the windows are")
    func head() {
        let text = Scene.wireStalled.draw(Size(columns: 200, rows: 60)).lines.joined(separator: "\n")
        #expect(text.contains("‖ stalled 3.2s: the server gives the stream no window (stream 1), 128 KiB wait"))
        #expect(text.contains("1 stall, 38ms in all, longest 38ms"))
        #expect(text.contains("0: may send nothing of 64 KiB"))
        #expect(text.contains("ping 400us"))
        #expect(text.contains("Wire · 21 records · 12 more were too many"))
        #expect(text.contains("GOAWAY"))
        #expect(text.contains("ENHANCE_YOUR_CALM (11) \"too_many_pings"))
    }

    @Test("F shows what travels, as it does; the records are taken once a frame; F ends it")
    func story() async throws {
        try await UserSession.play { user in
            user.tap.record(.body(bytes: 1), connection: 1, .sent)
            user.press("F")
            try await user.see("nothing has travelled since the pane was opened; r runs the plan")
            #expect(user.tap.isListening)
            for record in Scene.wireRecords.prefix(8) {
                user.tap.record(record.fact, connection: 1, stream: record.stream, record.direction)
            }
            try await user.see("Wire · 8 records")
            try await user.see("‖ stalled")
            user.press("&")
            try await user.see("Show only what matches on the wire")
            user.type("SETTINGS")
            user.press("enter")
            try await user.see("3 match SETTINGS")
            user.press("g", "enter")
            try await user.see("INITIAL_WINDOW_SIZE = 1048576")
            user.press("y")
            try await user.see("copied to the clipboard")
            let copied = user.backend.requests.compactMap { request -> String? in
                if case .copy(let text) = request { text } else { nil }
            }
            #expect(
                copied.last?.contains(#""fact":"frame","connection":1,"direction":"sent","type":"SETTINGS""#) == true)
            user.press("6", "z")
            try await user.see("· held")
            user.tap.record(.body(bytes: 1), connection: 1, .sent)
            user.press("z")
            try await user.see("Wire · 9 records")
            user.press("F")
            try await user.see("Attempts")
            #expect(!user.tap.isListening)
        }
    }
}
