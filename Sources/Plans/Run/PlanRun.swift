public import Foundation
public import RPCCore
import Synchronization

/// The requests of a plan, made as they are pulled.
///
/// Everything that chance and time decide follows from ``origin``: each source of a run makes the same requests, and so does
/// a run of the same plan with the same origin, whenever it is made. Only standard input can be read once.
///
/// The stop conditions ``PlanStop/time`` and ``PlanStop/reply`` and the ``PlanFlow`` are not of the requests but of the
/// call: ``SteeredPlan`` sees to them.
public struct PlanRun: RequestPlan {
    public let document: PlanDocument
    public let origin: PlanOrigin
    private let input: StandardInput

    /// - Parameters:
    ///   - origin: Where chance and time begin; a new one unless given.
    ///   - inputDescriptor: What standard input is. It stays the caller's, and open.
    public init(_ document: PlanDocument, origin: PlanOrigin? = nil, inputDescriptor: Int32 = STDIN_FILENO) {
        self.document = document
        self.origin = origin ?? PlanOrigin(of: document)
        input = StandardInput(descriptor: inputDescriptor)
    }

    /// What a user needs to know to make the same requests another time; `nil` where they are the same anyway.
    public var seedNote: String? {
        guard document.usesChance, document.seed == nil else { return nil }
        return "'seed: \(origin.seed)' in the plan makes the same requests again"
    }

    public var isRepeatable: Bool { !document.readsStandardInput }
    public var count: Int? { document.count }
    public var correlation: Correlation? { document.correlate }

    /// The plan in YAML, with the seed of this run where chance has a say in it.
    public var written: WrittenPlan? {
        var document = document
        if document.usesChance { document.seed = origin.seed }
        return (try? document.yaml()).map { WrittenPlan($0, directory: document.directory) }
    }

    /// Begins the stream after its first requests, without waiting for their time.
    public func makeSource(
        _ encoder: MessageEncoder, clock: any CallClock, skipping count: Int
    ) -> any RequestSource {
        PlanSteps(document: document, origin: origin, input: input, encoder: encoder, clock: clock, skipping: count)
    }
}

/// Where chance and time begin in a run of a plan.
public struct PlanOrigin: Hashable, Sendable {
    /// Where the random choices begin.
    public var seed: UInt64
    /// The time of the first request, as the plan means it; those after it follow by the plan's pauses.
    public var start: Date

    public init(seed: UInt64, start: Date) {
        self.seed = seed
        self.start = start
    }

    /// The plan's own seed, or a new one, and the present time.
    public init(of document: PlanDocument, at start: Date = Date()) {
        self.init(seed: document.seed ?? .random(in: .min ... .max), start: start)
    }
}

/// Standard input, which has one reader.
final class StandardInput: Sendable {
    private let descriptor: Int32
    private let isTaken = Mutex(false)

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    static let place = RecordSource.standardInput.title

    /// - Throws: ``PlanError`` when somebody reads it already.
    func take() throws(PlanError) -> DescriptorReader {
        let isFirst = isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
        guard isFirst else {
            throw PlanError(place: Self.place, problem: "can be read only once; save it to a file to send it again")
        }
        return DescriptorReader(descriptor: descriptor)
    }
}
