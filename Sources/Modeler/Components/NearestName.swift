/// Finds the known name that a misspelt one was meant to be.
package enum NearestName {
    /// The candidate most like `name`, or nil when none is close enough to be worth saying.
    ///
    /// Close is: equal but for case, or at most a third of the length away in insertions, deletions,
    /// replacements and swapped neighbours (case counts as half a replacement).
    package static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.utf8)
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let bytes = Array(candidate.utf8)
            let limit = Swift.max(2, Swift.max(wanted.count, bytes.count) / 3) * 2
            guard Swift.abs(bytes.count - wanted.count) * 2 <= limit else { continue }
            let distance = Self.distance(wanted, bytes)
            guard distance <= limit, distance < wanted.count * 2, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// Twice the edit distance, so that a change of case can cost half a step.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = (0...right.count).map { $0 * 2 }
        for row in 0..<left.count {
            var current = [(row + 1) * 2]
            current.reserveCapacity(right.count + 1)
            for column in 0..<right.count {
                let step = Self.replacementCost(left[row], right[column])
                var cost = Swift.min(previous[column + 1] + 2, current[column] + 2, previous[column] + step)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = Swift.min(cost, beforePrevious[column - 1] + 2)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }

    private static func replacementCost(_ left: UInt8, _ right: UInt8) -> Int {
        if left == right { return 0 }
        let isSameLetter = left ^ right == 0x20 && (0x61...0x7a).contains(left | 0x20)
        return isSameLetter ? 1 : 2
    }
}
