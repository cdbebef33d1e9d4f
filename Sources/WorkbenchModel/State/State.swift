public import Plans
public import RPCCore
public import Retry

/// Everything the workbench shows, but for the messages of a call, which stay in its transcript.
public struct State: Hashable, Sendable {
    public var server: ServerStatus
    public var settings: CallSettings
    public var composer: Composer
    /// How the demo server is to fail.
    public var faults: FaultBoard
    /// The call on screen: the last one that was started, or an earlier one that was opened since.
    public var call: CallState?
    public var focus = Pane.compose
    public var sent = ListPosition(isFollowing: true)
    public var received = ListPosition(isFollowing: true)
    public var attempts = ListPosition(isFollowing: true)
    public var detail = ListPosition()
    /// The direction whose chosen message the detail pane shows; `nil` for the call as a whole.
    public var detailDirection: Direction?
    /// Whether the detail pane tells of the wire: it was looked at last.
    public internal(set) var detailsWire = false
    /// How the detail pane shows a message.
    public internal(set) var messageView = MessageView.plain
    public var wire = WirePane()
    /// What was last looked for; highlighted where it is on screen.
    public var pattern = ""
    /// What it finds, as far as that was counted.
    public var found: FoundMessages?
    /// The search that goes on.
    public var finding: SearchState?
    /// What the panes of messages are narrowed to.
    public var filters: [Direction: MessageFilter] = [:]
    public var overlays: [Overlay] = []
    public var notice: Notice?
    /// What the screen has room for.
    public var layout = Layout()
    /// How much of that the pane with the focus takes.
    public internal(set) var zoom = Zoom.none
    /// How the borders between panes were moved.
    public var split = Split()
    /// How much of the JSON in the detail pane is folded.
    public internal(set) var folding = Folding()
    /// What was chosen by name last, the newest first.
    var recentActions: [Action] = []
    /// What was entered in forms of one field, by their titles, the newest first.
    var entered: [String: [String]] = [:]
    /// The time of the last tick, for what counts up or down.
    public var now: Duration = .zero
    /// The methods that the program knows by itself, one for each kind of call.
    let usualMethods: [MethodEntry]
    /// The method that is called, where it is none of ``usualMethods``.
    public internal(set) var method: MethodEntry?
    /// The kind that was chosen on screen for the plan that is there.
    var chosenKind: CallKind?
    /// The text of the composer's plan, where the server has yet to say what its messages are.
    var unread: PlanSource?
    /// What the server has to be called, as far as it was asked.
    var catalogue = MethodCatalogue()
    /// Whether the server is being asked for more of that.
    var isReadingServices = false
    /// Full names of the methods that were called last, the newest first.
    var recentMethods: [String] = []
    /// The columns of methods whose plans have none, by the full names of the methods.
    public var usualColumns: [String: [String]] = [:]
    /// Whether the history was asked for those of earlier runs.
    var knowsCalled = false
    /// The plans of methods that were chosen before, by their full names; that of the usual ones by an empty name.
    var kept: [String: Composer] = [:]
    private let usualFields: [MessageField]
    /// The optional fields of the message typed last.
    var typed: MessageValue
    /// The message that was typed and not sent.
    var draft: MessageValue?
    /// The messages of other kinds that were typed last, by the names of the kinds.
    var typedMessages: [String: MessageValue] = [:]
    /// Where relative paths begin that belong to no plan. Absolute.
    public let workingDirectory: String
    /// What the configuration says, and can be told.
    public var configuration = ConfiguredSettings()
    /// The servers that were reached last, the newest first, over all runs of the program.
    public var recentServers: [String] = []
    /// Why the server does not tell of its services.
    var catalogueProblem: String?
    /// What is done once the plan's unsaved changes are written or given up.
    public var departure: Departure?
    /// The plan that is being written.
    public var pendingWrite: PlanWrite?
    /// The export that goes on.
    public internal(set) var pendingExport: CallExport?
    /// How many previews there were.
    public var previews = 0
    /// How many comparisons there were.
    public var comparisons = 0
    /// The call that is run once its server is connected.
    public var pendingRun: CallState?
    /// What is typed into it meanwhile.
    var pendingSends: [MessageValue] = []
    /// Whether somebody has asked for the server's health, and is to be told.
    public var isHealthAsked = false
    /// What else is done once the server is connected.
    var pendingAction: Action?

    /// - Parameters:
    ///   - fields: Of the requests that are sent as a rule.
    ///   - methods: What the program can call without asking a server, one for each kind of call.
    ///   - sample: Some requests to try.
    ///   - plan: The plan to begin with; the sample, unless given.
    public init(
        server: ServerStatus, fields: [MessageField], methods: [MethodEntry] = [], sample: PlanDocument,
        settings: CallSettings = CallSettings(),
        plan: OpenedPlan? = nil, workingDirectory: String = "", faults: FaultBoard = FaultBoard()
    ) {
        usualFields = fields
        usualMethods = methods
        typed = MessageValue(fields.map { MessageValue.Field($0.name, $0.usual) })
        self.server = server
        self.settings = settings
        self.workingDirectory = workingDirectory
        self.faults = faults
        composer = Composer(plan?.document ?? sample.moved(to: workingDirectory), place: plan?.place)
        _ = callMethodOfPlan(plan?.source)
    }

    /// The fields of the requests that are sent.
    public var requestFields: [MessageField] { method?.schema.input.fields ?? usualFields }

    /// Whether a call goes on.
    public var isCallLive: Bool { call?.isLive ?? false }
}

/// What the next call will be like.
public struct CallSettings: Hashable, Sendable {
    public var kind: CallKind
    /// How long a call may take; `nil` for no limit.
    public var deadline: Duration?
    /// When a failed call is made again.
    public var retry: RetryPolicy
    /// What is called instead of the usual, by the kind of call; see ``CallOptions/method``.
    public var methods: [CallKind: String] = [:]
    private var heldKinds: Set<CallKind> = [.bidirectional]

    public init(
        kind: CallKind = .clientStream, deadline: Duration? = .seconds(30), retry: RetryPolicy = .standard
    ) {
        self.kind = kind
        self.deadline = deadline
        self.retry = retry
    }

    /// Whether a stream of the chosen kind stays open after its plan, until it is half-closed by hand.
    /// A conversation does unless told otherwise; kinds that send no stream never do.
    public var holdsOpen: Bool {
        get { kind.streamsRequests && heldKinds.contains(kind) }
        set {
            if newValue { heldKinds.insert(kind) } else { heldKinds.remove(kind) }
        }
    }
}
