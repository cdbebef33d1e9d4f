import RPCCore
import Synchronization

/// A plan that makes some requests and then fails.
struct FailingPlan: RequestPlan {
    var names: [String]

    func makeSource(clock: any CallClock) -> any RequestSource { Source(names: names[...]) }

    private struct Source: RequestSource {
        var names: ArraySlice<String>

        mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
            guard !names.isEmpty else { throw PlanError(place: "names.jsonl:2", problem: "expected an object") }
            defer { names = names.dropFirst(limit) }
            return names.prefix(limit).map { HelloRequest(name: $0) }
        }
    }
}

/// A plan without an end, which counts what is pulled from it.
final class EndlessPlan: RequestPlan {
    private let count = Atomic(0)
    private let name: String

    init(name: String = "Ana") {
        self.name = name
    }

    var pulled: Int { count.load(ordering: .relaxed) }

    func makeSource(clock: any CallClock) -> any RequestSource { Source(plan: self) }

    private struct Source: RequestSource {
        let plan: EndlessPlan

        mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
            try Task.checkCancellation()
            plan.count.add(limit, ordering: .relaxed)
            return Array(repeating: HelloRequest(name: plan.name), count: limit)
        }
    }
}

/// A plan that makes some requests and then neither ends nor goes on.
struct PausingPlan: RequestPlan {
    var names: [String]

    func makeSource(clock: any CallClock) -> any RequestSource { Source(names: names) }

    private struct Source: RequestSource {
        var names: [String]

        mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
            if names.isEmpty { try await Task.sleep(for: .seconds(600)) }
            defer { names = [] }
            return names.map { HelloRequest(name: $0) }
        }
    }
}
