/// Whether two words are at most so many edits apart; swapping two neighbours is one edit.
package enum EditDistance {
    package static func isWithin(_ maximum: Int, _ left: String, _ right: String) -> Bool {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        guard abs(left.count - right.count) <= maximum else { return false }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            guard let least = current.min(), least <= maximum else { return false }
            beforeLast = last
            last = current
        }
        return last[right.count] <= maximum
    }
}
