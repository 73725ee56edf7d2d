import GRDB
import RepositoryCore

/// Brings matches into the order asked for; equal ones keep the order in which they were indexed.
///
/// For few matches the sort keys are read from their entries, for many the whole list of a field's sort keys is
/// walked in its order, which is cheaper by the key and costs nothing to compare.
struct HitSorter {
    /// Reading one entry costs about as much as walking over so many sort keys.
    static let lookupCost = 8
    /// Matches up to which entries are read one by one, however few documents there are.
    static let lookupMinimum = 100

    let sort: [SortField]
    let codes: FieldCodes
    let terms: TermTable

    /// The positions of the first `count` matches in order; of all where it is nil.
    func order(of matches: Matches, count: Int?) throws -> [Int] {
        let wanted = min(count ?? .max, matches.documents.count)
        guard wanted > 0 else { return [] }
        let fields = self.sort.isEmpty ? [SortField(name: SortField.relevance)] : self.sort
        let keys = try fields.compactMap { try self.key($0, matches) }
        guard !keys.isEmpty else { return Array(0..<wanted) }
        return Selection.first(wanted, of: matches.documents.count) { left, right in
            for key in keys {
                switch key.compare(left, right) {
                case .ascending: return true
                case .descending: return false
                case .same: continue
                }
            }
            return left < right
        }
    }

    private enum Order {
        case ascending
        case same
        case descending

        init<Value: Comparable>(_ left: Value, _ right: Value) {
            self = left < right ? .ascending : left == right ? .same : .descending
        }
    }

    private enum Key {
        case scores([Double])
        /// Per match the place of its key among all keys, 0 for none.
        case ranks([Int32], isDescending: Bool)

        func compare(_ left: Int, _ right: Int) -> Order {
            switch self {
            case .scores(let scores): Order(scores[right], scores[left])
            case .ranks(let ranks, isDescending: false): Order(ranks[left], ranks[right])
            case .ranks(let ranks, isDescending: true): Order(ranks[right], ranks[left])
            }
        }
    }

    /// Nil for a key that orders nothing.
    private func key(_ field: SortField, _ matches: Matches) throws -> Key? {
        // The best match comes first whichever direction a client names: nobody asks for the worst.
        if field.name == SortField.relevance { return matches.scores.isEmpty ? nil : .scores(matches.scores) }
        guard let code = self.codes.code(of: field.name) else { return nil }
        let few = max(Self.lookupMinimum, try self.terms.documentCount() / Self.lookupCost)
        let isFew = matches.documents.count <= few
        let ranks = isFew ? try self.looked(up: code, matches) : try self.walked(code, matches)
        return .ranks(ranks, isDescending: field.isDescending)
    }

    private func walked(_ code: FieldCodes.Code, _ matches: Matches) throws -> [Int32] {
        var groups: [(positions: [Int], maybeCut: Bool)] = []
        try self.terms.forEachSortToken(of: code) { document, isFirst, maybeCut in
            if isFirst { groups.append((positions: [], maybeCut: maybeCut)) }
            if let position = matches.position(of: document) { groups[groups.count - 1].positions.append(position) }
        }
        var ranks = Ranks(count: matches.documents.count)
        for group in groups {
            if group.maybeCut, group.positions.count > 1 {
                ranks.append(try self.keys(code, of: group.positions, matches))
            } else {
                ranks.append(equal: group.positions)
            }
        }
        return ranks.values
    }

    private func looked(up code: FieldCodes.Code, _ matches: Matches) throws -> [Int32] {
        var ranks = Ranks(count: matches.documents.count)
        ranks.append(try self.keys(code, of: Array(matches.documents.indices), matches))
        return ranks.values
    }

    /// The full sort keys of those of the matches that have one.
    private func keys(
        _ code: FieldCodes.Code,
        of positions: [Int],
        _ matches: Matches
    ) throws -> [(position: Int, bytes: [UInt8])] {
        try positions.compactMap { position in
            guard let values = try EntryTable.values(of: matches.documents[position], in: self.terms.db),
                let field = EntryReader.field(code, in: values), EmbeddedEntry.hasToken(field),
                let key = EmbeddedEntry.sortKey(of: field)
            else { return nil }
            var bytes: [UInt8] = []
            IndexToken.append(key, to: &bytes)
            return (position, bytes)
        }
    }
}

/// Numbers matches in the order of their sort keys: 1 and up, equal keys alike, 0 where there is none.
private struct Ranks {
    private(set) var values: [Int32]
    private var last: Int32 = 0

    init(count: Int) { self.values = Array(repeating: 0, count: count) }

    /// Matches whose keys are equal and follow all earlier ones.
    mutating func append(equal positions: [Int]) {
        guard !positions.isEmpty else { return }
        self.last += 1
        for position in positions { self.values[position] = self.last }
    }

    /// Matches whose keys follow all earlier ones.
    mutating func append(_ keys: [(position: Int, bytes: [UInt8])]) {
        var previous: [UInt8]?
        for key in keys.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
            if key.bytes != previous { self.last += 1 }
            previous = key.bytes
            self.values[key.position] = self.last
        }
    }
}

/// The first few of many in order, without sorting the rest.
enum Selection {
    /// - Complexity: count × log wanted.
    static func first(_ wanted: Int, of count: Int, by precedes: (Int, Int) -> Bool) -> [Int] {
        guard wanted * 4 < count else { return Array((0..<count).sorted(by: precedes).prefix(wanted)) }
        var heap = Array(0..<wanted)  // The last of those kept is at its root.
        for root in (0..<wanted / 2).reversed() { self.sink(root, in: &heap, precedes) }
        for candidate in wanted..<count where precedes(candidate, heap[0]) {
            heap[0] = candidate
            self.sink(0, in: &heap, precedes)
        }
        return heap.sorted(by: precedes)
    }

    private static func sink(_ start: Int, in heap: inout [Int], _ precedes: (Int, Int) -> Bool) {
        var parent = start
        while true {
            var last = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if precedes(heap[last], heap[child]) { last = child }
            }
            guard last != parent else { return }
            heap.swapAt(last, parent)
            parent = last
        }
    }
}
