import RPCCore
import Synchronization
import TestSupport

/// A plan that makes some requests and then fails.
struct FailingPlan: GreetingPlan {
    var names: [String]

    func makeGreetings(clock: any CallClock) -> Source { Source(names: names[...]) }

    struct Source: GreetingMaker {
        var names: ArraySlice<String>

        mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
            guard !names.isEmpty else { throw PlanError(place: "names.jsonl:2", problem: "expected an object") }
            defer { names = names.dropFirst(limit) }
            return names.prefix(limit).map { HelloRequest(name: $0) }
        }
    }
}

/// A plan without an end, which counts what is pulled from it.
final class EndlessPlan: GreetingPlan {
    private let count = Atomic(0)
    private let name: String

    init(name: String = "Ana") {
        self.name = name
    }

    var pulled: Int { count.load(ordering: .relaxed) }

    func makeGreetings(clock: any CallClock) -> Source { Source(plan: self) }

    struct Source: GreetingMaker {
        let plan: EndlessPlan

        mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
            try Task.checkCancellation()
            plan.count.add(limit, ordering: .relaxed)
            return Array(repeating: HelloRequest(name: plan.name), count: limit)
        }
    }
}

/// A plan that makes some requests and then neither ends nor goes on.
struct PausingPlan: GreetingPlan {
    var names: [String]

    func makeGreetings(clock: any CallClock) -> Source { Source(names: names) }

    struct Source: GreetingMaker {
        var names: [String]

        mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
            if names.isEmpty { try await Task.sleep(for: .seconds(600)) }
            defer { names = [] }
            return names.map { HelloRequest(name: $0) }
        }
    }
}
