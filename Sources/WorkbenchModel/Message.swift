public import Plans
public import RPCCore

/// What has happened. ``update(_:_:)`` says what follows from it.
public enum Message: Hashable, Sendable {
    // What the user did.
    case started
    /// Pressed the key of an action, or chose it by name.
    case pressed(Action)
    /// Clicked into a pane, on a row of its content counted from the first visible one, or beside the rows.
    case clicked(Pane, row: Int?)
    /// Turned the wheel over a pane: up is negative.
    case scrolled(Pane, by: Int)
    /// Changed the text of the field, of the menu's query or of the chooser's path, whichever has the focus.
    case edited(String)
    /// Pasted more than a field takes, which is so many characters.
    case pasteRefused(limit: Int)
    /// Pasted where no single field takes it, or more lines than one where messages are typed.
    case pasted(String)
    /// Pasted into the field that has the focus, whose text is this now; line ends and tabs have become spaces.
    case pastedIntoField(String, lineEnds: Int, tabs: Int)
    /// Agreed to make requests of what was pasted.
    case pasteConfirmed([MessageValue])
    /// Went to another field of a form, or another item of a menu or of the help.
    case steppedInOverlay(by: Int)
    /// Chose an item of a menu or a chooser by a click, or the choice of a question by its key.
    case itemClicked(Int)
    case overlayAccepted
    case overlayDismissed
    /// Wants what is set in a form to be kept for later runs.
    case formKept
    /// Gave up what was typed into a form.
    case formGivenUp
    /// Wants another choice in the field of a form that has the focus.
    case choiceStepped(by: Int)
    /// Runs the plan though its server does not list what it calls.
    case runConfirmed
    case kindChosen(CallKind)
    case methodChosen(MethodEntry)
    /// Chose a method that cannot be called.
    case methodRefused(MethodList.Unusable)
    /// Wants services in the list of methods that servers have beside their own, or wants them no more.
    case commonServicesToggled
    /// Wants the list of methods to be read anew.
    case methodsReloaded
    /// Opened or closed what begins on a line of a message's JSON.
    case foldToggled(line: Int, Direction, number: Int)
    /// Wants a field in a column of its own, or wants it there no more.
    case columnToggled(String)
    /// Chose a fault of the demo server by its name, to order it or to take it back.
    case faultChosen(String)
    case faultsTakenBack
    /// Chose what to copy by its name.
    case copyChosen(CopyForm)

    /// Did something in the form of a message, or what it has asked for has come.
    case form(FormCommand)

    // What came of an effect.
    case serverConnected(ServerStatus)
    /// Which services the server has, with their methods as far as they are known without asking for each.
    case methodsLoaded(Result<MethodList, CallError>)
    /// What the services have that were asked for, and maybe more.
    case servicesRead([String], Result<MethodList, CallError>)
    case healthChecked(ServerStatus.Health)
    /// What is wrong with an order, in the words of the server that is to obey it; `nil` where nothing is.
    case faultChecked(FaultOrder, problem: String?)
    case callProgressed(id: Int, CallProgress, oldestSent: Int, oldestReceived: Int)
    case messageRefused
    /// What a message has that is to be sent again; `nil` where it cannot be read.
    case messageRead(MessageValue?)
    case search(SearchMessage)
    case wire(WireMessage)
    case compared(id: Int, Result<ComparisonTable, CallError>)
    case copied(CopyOutcome)
    case commandLineWritten(CommandLineTool, Result<String, CommandLineProblem>)
    /// A program gives back the terminal that it was handed with messages.
    case programEnded(ProgramEnd)
    /// A picture of the screen was kept; where, in words.
    case captured(Result<String, CaptureFailure>)

    /// What came of a request to the configuration.
    case configured(Result<ConfigurationAnswer, ConfigurationRefusal>)

    /// Something about the plan, its steps or its file.
    case plan(PlanMessage)

    /// Something about earlier calls.
    case history(HistoryMessage)

    /// Something in a description.
    case description(DescriptionMessage)

    /// Something to be said that nobody asked for.
    case told(Notice)

    // What the terminal and the clock did.
    case ticked(Duration)
    case terminated
}

/// Why a picture of the screen could not be kept.
public struct CaptureFailure: Error, Hashable, Sendable {
    /// As the end of a sentence. Not yet made safe for a terminal.
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }

    public static let notSupported = CaptureFailure("there is no place for pictures")
}
