public import TerminalUI
public import WorkbenchModel

/// Which keys stand for which action. The help, the hints at the foot of the screen and the documentation are drawn
/// from it, so they cannot be wrong.
public struct Keymap: Hashable, Sendable {
    /// The keys of each action; the first is the one that hints show.
    private var keys: [Action: [KeyEvent]]
    private var actions: [KeyEvent: Action]

    /// - Parameter bindings: The keys of each action. Where two actions claim a key, the later one has it.
    public init(_ bindings: [(action: Action, keys: [KeyEvent])]) {
        keys = [:]
        actions = [:]
        for (action, keys) in bindings {
            self.keys[action] = keys
            for key in keys { actions[key] = action }
        }
    }

    /// The action of a key where no overlay takes the keys.
    public func action(for key: KeyEvent) -> Action? { actions[key] }

    /// The keys of an action, the one to show first.
    public func keys(for action: Action) -> [KeyEvent] { keys[action] ?? [] }

    /// The key to show for an action, by its name; `nil` where it has none.
    public func hint(for action: Action) -> String? { keys(for: action).first?.name }

    /// Whether an action has its key in text fields and menus, too.
    public static func worksEverywhere(_ action: Action) -> Bool {
        [.leave, .suspend, .redraw].contains(action)
    }

    /// The keymap with other keys for some actions.
    /// - Throws: ``KeymapConflict`` where two actions would have the same key.
    public func changing(_ changes: [Action: [KeyEvent]]) throws(KeymapConflict) -> Keymap {
        let bindings = Action.allCases.map { (action: $0, keys: changes[$0] ?? keys(for: $0)) }
        var owners: [KeyEvent: Action] = [:]
        for (action, keys) in bindings {
            for key in keys {
                if let owner = owners[key], owner != action {
                    let (changed, other) = changes[action] == nil ? (owner, action) : (action, owner)
                    throw KeymapConflict(key: key, action: changed, other: other)
                }
                owners[key] = action
            }
        }
        return Keymap(bindings)
    }

    /// The keys that the workbench comes with.
    public static let standard = Keymap([
        (.run, [.character("r")]),
        (.halfClose, [.character(".")]),
        (.cancel, [.character("x")]),
        (.runAgain, [.character("R")]),
        (.send, [.character("s")]),
        (.pause, [.character(" ")]),
        (.step, [.character(">")]),
        (.history, [.character("H")]),
        (.wire, [.character("F")]),
        (.holdWire, [.character("z")]),
        (.chooseKind, [.character("c")]),
        (.chooseMethod, [.character("m")]),
        (.chooseServer, [.character("t")]),
        (.switchTransport, [.character("T")]),
        (.compare, [.character("=")]),
        (.settings, [.character(",")]),
        (.toggleHold, []),
        (.checkHealth, []),
        (.faults, []),
        (.addRequest, [.character("a")]),
        (.addStep, [.character("A")]),
        (.editStep, [.character("e")]),
        (.editExternally, []),
        (.deleteStep, [.character("d"), KeyEvent(.delete)]),
        (.duplicateStep, [.character("D")]),
        (.moveStepUp, [.character("K")]),
        (.moveStepDown, [.character("J")]),
        (.undo, [.character("u")]),
        (.redo, [.control("r")]),
        (.planSettings, [.character("P")]),
        (.preview, [.character("p")]),
        (.openPlan, [.character("o")]),
        (.writePlan, [.character("w")]),
        (.writePlanAs, [.character("W")]),
        (.newPlan, []),
        (.composeCall, []),
        (.composeMessage, [.character("E")]),
        (.nextPane, [KeyEvent(.tab), KeyEvent(.right), .character("l")]),
        (.previousPane, [KeyEvent(.backTab), KeyEvent(.left), .character("h")]),
        (.focusCompose, [.character("1")]),
        (.focusSent, [.character("2")]),
        (.focusReceived, [.character("3")]),
        (.focusAttempts, [.character("4")]),
        (.focusDetail, [.character("5")]),
        (.focusWire, [.character("6")]),
        (.up, [KeyEvent(.up), .character("k")]),
        (.down, [KeyEvent(.down), .character("j")]),
        (.pageUp, [KeyEvent(.pageUp), .control("b")]),
        (.pageDown, [KeyEvent(.pageDown), .control("f")]),
        (.first, [.character("g"), KeyEvent(.home)]),
        (.last, [.character("G"), KeyEvent(.end)]),
        (.follow, [.character("f")]),
        (.zoomIn, [.character("+")]),
        (.zoomOut, [.character("_"), .character("-")]),
        (.taller, [.character("}")]),
        (.shorter, [.character("{")]),
        (.wider, [.character("]")]),
        (.narrower, [.character("[")]),
        (.showDetail, [KeyEvent(.enter)]),
        (.describe, [.character("i"), KeyEvent(.function(2))]),
        (.view, [.character("v")]),
        (.fold, [.character("Z")]),
        (.columns, [.character("C")]),
        (.find, [.character("/")]),
        (.findNext, [.character("n")]),
        (.findPrevious, [.character("N")]),
        (.filter, [.character("&")]),
        (.jump, [.character("#")]),
        (.counterpart, [.character("%")]),
        (.copy, [.character("y")]),
        (.copyAs, [.character("Y")]),
        (.pipe, [.character("|")]),
        (.openMessages, [.character("O")]),
        (.export, [.character("X")]),
        (.palette, [.character(":"), .control("p")]),
        (.help, [.character("?"), KeyEvent(.function(1))]),
        (.capture, []),
        (.redraw, [.control("l")]),
        (.suspend, [.control("z")]),
        (.quit, [.character("q")]),
        (.leave, [.control("c")]),
    ])
}

/// Two actions that would have the same key.
public struct KeymapConflict: Error, Hashable, Sendable, CustomStringConvertible {
    public let key: KeyEvent
    /// The action whose keys were changed.
    public let action: Action
    /// The action that has the key already.
    public let other: Action

    public var description: String {
        "'\(key.name)' is the key of '\(action.rawValue)' and of '\(other.rawValue)'; give one of them another"
    }
}
