import TerminalUI

/// Mouse reports of xterm. Columns and rows count from 1 there.
enum MouseReport {
    /// `ESC [ < code ; column ; row`, and `M` for a press or a move, `m` for a release (mode 1006).
    static func decimal(_ parameters: some Sequence<UInt8>, final: UInt8) -> MouseEvent? {
        let numbers = Sequences.numbers(parameters)
        guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
        guard final == UInt8(ascii: "M") || final == UInt8(ascii: "m") else { return nil }
        return event(
            code: numbers[0], at: Point(column: numbers[1] - 1, row: numbers[2] - 1),
            isRelease: final == UInt8(ascii: "m"))
    }

    /// `ESC [ M` and three bytes, each 32 more than it means. A release does not say of which button.
    static func old(_ report: [UInt8]) -> MouseEvent? {
        guard report.count == 3, report.allSatisfy({ $0 >= 32 }), report[1] > 32, report[2] > 32 else { return nil }
        let code = Int(report[0]) - 32
        return event(
            code: code, at: Point(column: Int(report[1]) - 33, row: Int(report[2]) - 33),
            isRelease: code & 0x43 == 3)
    }

    private static func event(code: Int, at point: Point, isRelease: Bool) -> MouseEvent? {
        var modifiers: KeyEvent.Modifiers = []
        if code & 4 != 0 { modifiers.insert(.shift) }
        if code & 8 != 0 { modifiers.insert(.alt) }
        if code & 16 != 0 { modifiers.insert(.control) }
        if code & 64 != 0 {
            let wheel: MouseEvent.Kind? = [0: .wheelUp, 1: .wheelDown][code & 3]
            return wheel.map { MouseEvent($0, at: point, modifiers: modifiers) }
        }
        let button: MouseEvent.Button = [.left, .middle, .right, .none][code & 3]
        let isMove = code & 32 != 0
        if isMove, button == .none { return nil }
        return MouseEvent(
            isRelease ? .release : isMove ? .drag : .press, button: button, at: point, modifiers: modifiers)
    }
}
