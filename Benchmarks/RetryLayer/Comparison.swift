import BenchmarkSupport

/// Rounds of the same work without the layer and with it, one right after the other.
struct Comparison {
    private(set) var without: [Cost] = []
    private(set) var with: [Cost] = []

    mutating func add(without: Cost, with: Cost) {
        self.without.append(without)
        self.with.append(with)
    }

    /// By how much more the layer costs: the median over the rounds, in percent.
    func overhead(_ measure: KeyPath<Cost, Double>) -> Double {
        let ratios = zip(without, with).map { $1[keyPath: measure] / $0[keyPath: measure] }
        return (Self.median(ratios) - 1) * 100
    }

    /// The same for the quickest rounds of each.
    func overheadOfMinima(_ measure: KeyPath<Cost, Double>) -> Double {
        let minima = [without, with].map { $0.map { $0[keyPath: measure] }.min() ?? 0 }
        return (minima[1] / minima[0] - 1) * 100
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let middle = sorted.dropFirst(sorted.count / 2).first else { return .nan }
        return sorted.count % 2 == 1 ? middle : (middle + sorted[sorted.count / 2 - 1]) / 2
    }
}
