import CNCurses
import TerminalUI

extension InputDecoder.Item {
    init(_ input: cn_input) {
        let modifiers = KeyEvent.Modifiers(rawValue: input.modifiers)
        switch input.key {
        case CN_KEY_NONE: self = .byte(input.byte)
        case CN_KEY_PASTE: self = .pasteBegins
        case CN_KEY_FUNCTION: self = .key(KeyEvent(.function(Int(input.function)), modifiers))
        default: self = .key(KeyEvent(Self.keys[input.key.rawValue] ?? .escape, modifiers))
        }
    }

    private static let keys: [UInt32: KeyEvent.Key] = [
        CN_KEY_UP.rawValue: .up, CN_KEY_DOWN.rawValue: .down, CN_KEY_LEFT.rawValue: .left,
        CN_KEY_RIGHT.rawValue: .right, CN_KEY_HOME.rawValue: .home, CN_KEY_END.rawValue: .end,
        CN_KEY_PAGE_UP.rawValue: .pageUp, CN_KEY_PAGE_DOWN.rawValue: .pageDown, CN_KEY_INSERT.rawValue: .insert,
        CN_KEY_DELETE.rawValue: .delete, CN_KEY_BACKSPACE.rawValue: .backspace, CN_KEY_ENTER.rawValue: .enter,
        CN_KEY_BACK_TAB.rawValue: .backTab,
    ]
}
