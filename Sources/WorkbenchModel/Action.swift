/// What a user can do at one key, by name: the keymap, the help, the palette and the documentation are drawn from here.
public enum Action: String, Hashable, Sendable, CaseIterable {
    case run
    case halfClose = "half-close"
    case cancel
    case runAgain = "run-again"
    case send
    case pause
    case step
    case history
    case wire
    case holdWire = "hold-wire"

    case chooseKind = "kind"
    case chooseMethod = "method"
    case chooseServer = "server"
    case switchTransport = "transport"
    case compare
    case settings
    case toggleHold = "hold-open"
    case checkHealth = "check-health"
    case faults

    case addRequest = "add"
    case addStep = "add-step"
    case editStep = "edit"
    case editExternally = "edit-externally"
    case deleteStep = "delete"
    case duplicateStep = "duplicate"
    case moveStepUp = "move-up"
    case moveStepDown = "move-down"
    case undo
    case redo
    case planSettings = "plan"
    case preview
    case openPlan = "open"
    case writePlan = "write"
    case writePlanAs = "write-as"
    case newPlan = "new-plan"
    case composeCall = "compose-call"
    case composeMessage = "compose-message"

    case nextPane = "next-pane"
    case previousPane = "previous-pane"
    case focusCompose = "pane-compose"
    case focusSent = "pane-sent"
    case focusReceived = "pane-received"
    case focusAttempts = "pane-attempts"
    case focusDetail = "pane-detail"
    case focusWire = "pane-wire"
    case up
    case down
    case pageUp = "page-up"
    case pageDown = "page-down"
    case first
    case last
    case follow
    case zoomIn = "zoom-in"
    case zoomOut = "zoom-out"
    case taller
    case shorter
    case wider
    case narrower
    case showDetail = "show-detail"
    case describe
    case view
    case fold
    case columns
    case find
    case findNext = "find-next"
    case findPrevious = "find-previous"
    case filter
    case jump
    case counterpart
    case copy
    case copyAs = "copy-as"
    case pipe
    case openMessages = "open-messages"
    case export

    case palette
    case help
    case capture
    case redraw
    case suspend
    case quit
    case leave

    /// The action in a few words.
    public var title: String {
        switch self {
        case .run: "run the plan"
        case .halfClose: "half-close: send no more"
        case .cancel: "cancel the call"
        case .runAgain: "run the last call again"
        case .send: "send one message into the stream"
        case .pause: "pause or resume receiving"
        case .step: "receive one message while paused"
        case .history: "history: look at earlier calls"
        case .wire: "wire: the frames below the messages"
        case .holdWire: "hold the wire pane, or let it go"
        case .chooseKind: "choose the kind of call"
        case .chooseMethod: "choose the method: any that the server has"
        case .chooseServer: "choose the server"
        case .switchTransport: "the other transport: gateway or gRPC"
        case .compare: "compare: run the plan at another server, too"
        case .settings: "settings: deadline, retry, headers, TLS"
        case .toggleHold: "hold streams of this kind open, or not"
        case .checkHealth: "check the server's health"
        case .faults: "faults: make the demo server fail"
        case .addRequest: "add a request"
        case .addStep: "add a step: request, pause, repetition, records"
        case .editStep: "edit the step"
        case .editExternally: "edit the message of the step in $EDITOR"
        case .deleteStep: "delete the step"
        case .duplicateStep: "duplicate the step"
        case .moveStepUp: "move the step up"
        case .moveStepDown: "move the step down"
        case .undo: "undo"
        case .redo: "redo"
        case .planSettings: "the plan's end, flow and random seed"
        case .preview: "preview the first requests"
        case .openPlan: "open a plan"
        case .writePlan: "write the plan to its file"
        case .writePlanAs: "write the plan to another file"
        case .newPlan: "begin a new plan"
        case .composeCall: "edit the plan of the call on screen"
        case .composeMessage: "edit the message of the row, as a new request"
        case .nextPane: "next pane"
        case .previousPane: "previous pane"
        case .focusCompose: "go to the compose pane"
        case .focusSent: "go to the sent pane"
        case .focusReceived: "go to the received pane"
        case .focusAttempts: "go to the attempts pane"
        case .focusDetail: "go to the detail pane"
        case .focusWire: "go to the wire pane"
        case .up: "up"
        case .down: "down"
        case .pageUp: "page up"
        case .pageDown: "page down"
        case .first: "first row"
        case .last: "last row"
        case .follow: "follow the newest message"
        case .zoomIn: "zoom: more room for the pane, or all of it"
        case .zoomOut: "zoom out: less room for the pane"
        case .taller: "taller: more rows for the pane"
        case .shorter: "shorter: fewer rows for the pane"
        case .wider: "wider: more columns for the pane"
        case .narrower: "narrower: fewer columns for the pane"
        case .showDetail: "show the detail of the row"
        case .describe: "describe the method, the message or the field"
        case .view: "view: as JSON, all fields, text, wire, hex"
        case .fold: "fold the JSON to its first levels, or unfold it"
        case .columns: "columns: choose what the list shows of a message"
        case .find: "find in the pane"
        case .findNext: "find the next"
        case .findPrevious: "find the previous"
        case .filter: "filter: show only what matches"
        case .jump: "go to a number or a time"
        case .counterpart: "go to the reply of the request, or back"
        case .copy: "copy what has the focus: row, error, detail"
        case .copyAs: "copy as: the error, a greeter-tui or a grpcurl line"
        case .pipe: "pipe the messages shown into a command"
        case .openMessages: "open the messages shown in $EDITOR"
        case .export: "export the call to a file"
        case .palette: "command palette"
        case .help: "all keys"
        case .capture: "capture the screen: write a picture of it"
        case .redraw: "redraw the screen"
        case .suspend: "suspend the program"
        case .quit: "quit"
        case .leave: "leave at once"
        }
    }

    /// The heading under which the help lists it.
    public var group: Group {
        switch self {
        case .run, .halfClose, .cancel, .runAgain, .send, .pause, .step, .history, .wire, .holdWire: .call
        case .chooseKind, .chooseMethod, .chooseServer, .switchTransport, .compare, .settings, .toggleHold,
            .checkHealth, .faults:
            .setup
        case .addRequest, .addStep, .editStep, .editExternally, .deleteStep, .duplicateStep, .moveStepUp, .moveStepDown,
            .undo, .redo,
            .planSettings, .preview, .openPlan, .writePlan, .writePlanAs, .newPlan, .composeCall, .composeMessage:
            .compose
        case .nextPane, .previousPane, .focusCompose, .focusSent, .focusReceived, .focusAttempts, .focusDetail,
            .focusWire, .up,
            .down, .pageUp, .pageDown, .first, .last, .follow, .zoomIn, .zoomOut, .taller, .shorter, .wider, .narrower,
            .showDetail, .describe, .view, .fold, .columns, .find, .findNext, .findPrevious, .filter, .jump,
            .counterpart, .copy, .copyAs, .pipe, .openMessages, .export:
            .move
        case .palette, .help, .capture, .redraw, .suspend, .quit, .leave: .program
        }
    }

    /// A heading of the help.
    public enum Group: String, Hashable, Sendable, CaseIterable {
        case call = "Call"
        case compose = "Compose"
        case setup = "Set up"
        case move = "Move and look"
        case program = "Program"
    }

    /// The pane whose own it is, so that its key means nothing elsewhere; `nil` for what has its key everywhere.
    public var pane: Pane? {
        switch self {
        case .editStep, .editExternally, .deleteStep, .duplicateStep, .moveStepUp, .moveStepDown, .undo, .redo: .compose
        case .holdWire: .wire
        case .fold: .detail
        default: nil
        }
    }

    /// The action in a word or two, for hints.
    public var brief: String {
        switch self {
        case .halfClose: "half-close"
        case .cancel: "cancel"
        case .runAgain: "run again"
        case .send: "send"
        case .pause: "pause"
        case .step: "one message"
        case .history: "history"
        case .wire: "wire"
        case .holdWire: "hold"
        case .chooseKind: "kind"
        case .chooseMethod: "method"
        case .chooseServer: "server"
        case .addRequest: "add"
        case .editStep: "edit"
        case .composeMessage: "edit as new"
        case .deleteStep: "delete"
        case .duplicateStep: "duplicate"
        case .openPlan: "open"
        case .writePlan: "write"
        case .nextPane: "pane"
        case .zoomIn: "zoom"
        case .showDetail: "detail"
        case .view: "view"
        case .columns: "columns"
        case .find: "find"
        case .filter: "filter"
        case .jump: "go to"
        case .counterpart: "its pair"
        case .copy: "copy"
        case .copyAs: "copy as"
        case .openMessages: "in $EDITOR"
        case .palette: "commands"
        case .help: "help"
        default: rawValue
        }
    }

    /// Words beside its title and its name by which people look for it.
    public var aliases: String {
        switch self {
        case .run: "start go execute call"
        case .halfClose: "end stop sending finish stream eof"
        case .cancel: "stop abort kill"
        case .runAgain: "retry repeat rerun"
        case .send: "type write"
        case .pause: "stop freeze back-pressure resume continue"
        case .step: "next single"
        case .history: "log past recorded delete"
        case .wire: "frames packets http2 websocket trace"
        case .chooseKind: "unary client server stream bidi conversation"
        case .chooseMethod: "service rpc api endpoint route schema reflection list"
        case .chooseServer: "connect reconnect disconnect address url host profile"
        case .switchTransport: "protocol http websocket"
        case .compare: "diff benchmark"
        case .settings:
            "timeout retry policy attempts back-off options preferences configuration token bearer authorization header "
                + "metadata tls certificate theme mouse proxy"
        case .checkHealth: "ping status alive"
        case .faults: "chaos errors inject"
        case .addRequest: "new message insert"
        case .addStep: "new insert csv file wait delay loop"
        case .editStep: "change form json"
        case .editExternally: "vim nano"
        case .composeMessage: "resend reply again form"
        case .deleteStep: "remove"
        case .duplicateStep: "copy clone"
        case .planSettings: "seed rate limit stop"
        case .preview: "dry run show"
        case .openPlan: "load file read"
        case .writePlan: "save file store"
        case .writePlanAs: "save as file rename export"
        case .newPlan: "clear reset empty"
        case .follow: "tail newest live"
        case .zoomIn: "maximize maximise full bigger larger expand"
        case .zoomOut: "restore smaller shrink"
        case .taller, .wider: "border resize split grow layout"
        case .shorter, .narrower: "border resize split shrink layout"
        case .fold: "collapse expand tree level"
        case .describe: "schema type definition proto fields documentation"
        case .view: "raw bytes format pretty"
        case .columns: "fields table"
        case .find: "search look grep"
        case .filter: "search narrow only grep"
        case .jump: "line goto time"
        case .counterpart: "answer pair"
        case .copy: "yank clipboard"
        case .copyAs: "yank clipboard command line curl share reproduce"
        case .pipe: "shell grep jq less pager stdin"
        case .openMessages: "vim nano editor pager less"
        case .export: "save write csv jsonl json dump transcript download"
        case .help: "keys shortcuts bindings manual"
        case .capture: "screenshot picture svg export save"
        case .redraw: "refresh repaint"
        case .suspend: "background shell job"
        case .quit: "exit close leave"
        case .leave: "exit quit force"
        default: ""
        }
    }

    /// Whether choosing it by name makes sense: not for plain movement, nor for the palette itself.
    var isInPalette: Bool {
        switch self {
        case .up, .down, .palette: false
        default: true
        }
    }
}
