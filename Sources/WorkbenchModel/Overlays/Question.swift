import RPCCore

/// Something to be decided before the program goes on, by one key.
public struct Question: OverlayComponent {
    public struct Choice: Hashable, Sendable {
        public var key: Character
        public var title: String
        public var message: Message

        public init(_ key: Character, _ title: String, _ message: Message) {
            self.key = key
            self.title = title
            self.message = message
        }
    }

    public var title: String
    public var lines: [String]
    public var choices: [Choice]
    /// Whether the enter key takes the first choice.
    public var hasDefault: Bool

    public init(_ title: String, _ lines: [String], _ choices: [Choice], hasDefault: Bool = false) {
        self.title = title
        self.lines = lines
        self.choices = choices
        self.hasDefault = hasDefault
    }

    // MARK: What a user does

    var overlay: Overlay { .question(self) }

    /// A choice takes its question away; staying is what dismissing it means.
    func choose(_ index: Int, in state: inout State) -> [Effect] {
        guard choices.indices.contains(index) else { return [] }
        let message = choices[index].message
        if message == .overlayDismissed { return state.dismissOverlay() }
        state.overlays.removeLast()
        return update(&state, message)
    }

    func accept(in state: inout State) -> [Effect] { hasDefault ? choose(0, in: &state) : [] }
}

extension Question {
    private static let unsavedLine = "The plan has unsaved changes."

    /// Before the program ends while a call goes on, or changes are in no file.
    static func quit(isCallLive: Bool, hasUnsavedChanges: Bool) -> Question {
        let stay = Choice("n", "stay", .overlayDismissed)
        let quit = Message.plan(.departureConfirmed)
        let call = isCallLive ? ["A stream is open."] : []
        guard hasUnsavedChanges else {
            return Question(
                "Quit", ["A stream is open. Quit all the same?"], [Choice("y", "quit", quit), stay], hasDefault: true)
        }
        return Question(
            "Quit", call + [unsavedLine],
            [Choice("w", "write, then quit", .pressed(.writePlan)), Choice("y", "quit without", quit), stay],
            hasDefault: true)
    }

    /// Before another plan takes the place of one with unsaved changes.
    static let unsaved = Question(
        "Another plan", [unsavedLine],
        [
            Choice("w", "write them first", .pressed(.writePlan)),
            Choice("y", "give them up", .plan(.departureConfirmed)),
            Choice("n", "stay", .overlayDismissed),
        ], hasDefault: true)

    /// Before a call of a method that the server does not list.
    static func runUnlisted(_ method: MethodRef) -> Question {
        Question(
            "Run", ["This server does not list \(method.fullName),", "so it will most likely answer UNIMPLEMENTED."],
            [
                Choice("m", "choose another method", .pressed(.chooseMethod)),
                Choice("t", "choose another server", .pressed(.chooseServer)),
                Choice("y", "run it all the same", .runConfirmed), Choice("n", "stay", .overlayDismissed),
            ])
    }

    /// Before a file is replaced.
    /// - Parameters:
    ///   - write: What is done then.
    ///   - isChosen: Whether a chooser is open, where another name can be typed.
    static func replace(_ write: PlanWrite, _ reason: String, isChosen: Bool) -> Question {
        let other = isChosen ? [] : [Choice("o", "write another", .pressed(.writePlanAs))]
        return Question(
            "Write the plan", ["\(PathText.name(of: write.path)) \(reason)"],
            [Choice("y", "replace it", .plan(.replacementConfirmed(write)))] + other
                + [Choice("n", "leave it", .overlayDismissed)])
    }

    /// At the start, about changes that an earlier run has kept.
    static func kept(_ plan: KeptPlan) -> Question {
        let file = plan.file.map { "to \(PathText.name(of: $0))" } ?? "of a plan without a file"
        return Question(
            "Unsaved changes", ["Changes \(file) were kept,", "\(plan.time)."],
            [
                Choice("o", "open them", .plan(.keptAccepted(plan))),
                Choice("d", "delete them", .plan(.keptDoubted(plan))),
                Choice("n", "ask again next time", .overlayDismissed),
            ], hasDefault: true)
    }

    /// Before what was kept is deleted for good.
    static func forget(_ plan: KeptPlan) -> Question {
        Question(
            "Delete unsaved changes", ["They are nowhere else."],
            [Choice("y", "delete them", .plan(.keptRejected(plan))), Choice("n", "keep them", .overlayDismissed)])
    }
}
