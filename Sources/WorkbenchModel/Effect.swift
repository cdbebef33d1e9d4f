public import RPCCore

/// What is to be done outside the view-model.
public enum Effect: Hashable, Sendable {
    /// Opens a transport to a server, in place of the present one, with the faults that a demo server is to have;
    /// answers with ``Message/serverConnected(_:)``.
    case connect(to: String, faults: [FaultOrder] = [])
    /// Answers with ``Message/faultChecked(_:problem:)``.
    case checkFault(FaultOrder)
    /// Answers with ``Message/healthChecked(_:)``.
    case checkHealth
    /// Asks the server which services it has; answers with ``Message/methodsLoaded(_:)``.
    case loadMethods
    /// Asks the server what some services have; answers with ``Message/servicesRead(_:_:)``.
    case readServices([String])
    /// Starts a call; answers with ``Message/callProgressed(id:_:oldestSent:oldestReceived:)`` until it has ended.
    case startCall(CallState)
    case halfClose(id: Int)
    case cancelCall(id: Int)
    /// Begins the attempt that is being waited for.
    case retryNow(id: Int)
    case send(MessageValue, id: Int)
    case setPaused(Bool, id: Int)
    /// Lets one message through while receiving is paused.
    case step(id: Int)
    /// Reads a message of the call on screen, to be changed and sent again; answers with ``Message/messageRead(_:)``.
    case readMessage(Direction, number: Int)
    /// Looks for messages of the call on screen.
    case search(SearchEffect)
    /// Writes a call for a shell; answers with ``Message/commandLineWritten(_:_:)``.
    case writeCommandLine(CommandLineTool, CallState)
    /// Looks at the wire.
    case wire(WireEffect)
    case plan(PlanEffect)
    case history(HistoryEffect)
    /// Runs a plan over the present transport and over another; answers with ``Message/compared(id:_:)``.
    case compare(ComparedRun)
    /// Cancels what ``compare(_:)`` has begun.
    case stopComparing
    case form(FormEffect)
    /// Asks something of the configuration; answers with ``Message/configured(_:)``.
    case configure(ConfigurationRequest)
    /// Remembers a server for later runs of the program.
    case rememberServer(String)
    case terminal(TerminalEffect)
}

/// What only the program can do that has the terminal.
public enum TerminalEffect: Hashable, Sendable {
    /// Puts a message of the transcript on the clipboard, in the view that is shown; answers with ``Message/copied(_:)``, as do
    /// all that copy.
    case copyMessage(Direction, number: Int, MessageView)
    /// Puts a record of the wire on the clipboard, as a line of JSON.
    case copyRecord(row: Int)
    case copyText(String)
    /// Puts everything that a pane says on the clipboard.
    case copyLines(Pane)
    /// Gives the terminal to a command of the shell, which reads messages; answers with ``Message/programEnded(_:)``.
    case pipe(Excerpt, into: String)
    /// Gives the terminal to the user's own editor, with messages in a file that is gone afterwards; answers the same.
    case openInEditor(Excerpt)
    /// Lets the user's own editor have a text; answers with ``FormCommand/externallyEdited(_:)``.
    case edit(String)
    /// Keeps a picture of the screen; answers with ``Message/captured(_:)``.
    case capture
    case redraw
    case suspend
    case quit
}
