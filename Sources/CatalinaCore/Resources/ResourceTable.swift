import NIOCore
import Synchronization

/// The entries of a resource cache and which of them to drop: no clock, no I/O.
///
/// Dropping is a clock's: a hand goes round, spares entries used since it last came by, and takes the others. A
/// look-up costs one hash and marks its entry; nothing is moved, so entries of a hot working set are never shuffled.
/// Bound: ``sizeMaximum`` in bytes, each entry counting ``entryOverhead`` and its path, and
/// ``missingMaximum`` entries for paths where nothing is.
struct ResourceTable {
    /// What an entry costs beside its content and path.
    static let entryOverhead = 500
    /// Paths remembered as leading nowhere; further ones are looked up each time.
    static let missingMaximum = 1024

    /// One path's place in the cache.
    ///
    /// Isolation: any thread; it outlives its removal from the table.
    final class Entry: Sendable {
        let resource: WebResource
        /// When the file system has to be asked again.
        let nextCheck: Atomic<Int64>
        let isUsed = Atomic(false)

        init(_ resource: WebResource, nextCheck: Int64) {
            self.resource = resource
            self.nextCheck = Atomic(nextCheck)
        }

        func markUsed() {
            if !self.isUsed.load(ordering: .relaxed) { self.isUsed.store(true, ordering: .relaxed) }
        }
    }

    private struct Slot {
        let entry: Entry
        var cost: Int
    }

    /// In bytes; a lower one counts from the next insertion on.
    var sizeMaximum: Int
    /// What the entries cost now, in bytes.
    private(set) var size = 0
    private(set) var lookups = 0
    private(set) var hits = 0
    private var slots: [Slot] = []
    private var positions: [String: Int] = [:]
    private var missing = 0
    private var hand = 0

    init(sizeMaximum: Int) { self.sizeMaximum = sizeMaximum }

    var count: Int { self.slots.count }

    /// The entry of a path; counts the look-up.
    mutating func entry(_ path: String) -> Entry? {
        self.lookups += 1
        guard let position = self.positions[path] else { return nil }
        self.hits += 1
        return self.slots[position].entry
    }

    /// Puts an entry in, instead of one of its path; drops others to make room, or else does not keep it.
    mutating func insert(_ entry: Entry) {
        let resource = entry.resource
        self.remove(resource.path)
        guard resource.exists || self.missing < Self.missingMaximum else { return }
        let cost = Self.entryOverhead + resource.path.utf8.count + (resource.content?.readableBytes ?? 0)
        guard self.makeRoom(for: cost) else { return }
        self.positions[resource.path] = self.slots.count
        self.slots.append(Slot(entry: entry, cost: cost))
        self.size += cost
        if !resource.exists { self.missing += 1 }
    }

    /// Accounts for content that was loaded into a resource, if the resource is in the table.
    ///
    /// - Returns: whether it is accounted for; if not, the content must not be kept.
    mutating func charge(_ resource: WebResource, _ bytes: Int) -> Bool {
        guard let position = self.positions[resource.path], self.slots[position].entry.resource === resource else {
            return false
        }
        let entry = self.slots[position].entry
        // Marked, so that the hand cannot choose the very entry that room is made for before it has come round.
        entry.isUsed.store(true, ordering: .relaxed)
        guard self.makeRoom(for: bytes), let position = self.positions[resource.path],
            self.slots[position].entry === entry
        else { return false }
        self.slots[position].cost += bytes
        self.size += bytes
        return true
    }

    mutating func remove(_ path: String) {
        guard let position = self.positions[path] else { return }
        self.remove(at: position)
    }

    mutating func removeAll() {
        self.slots = []
        self.positions = [:]
        self.size = 0
        self.missing = 0
        self.hand = 0
    }

    /// Drops what has not been looked at again since `time`; it would have to be checked anyway.
    mutating func removeExpired(before time: Int64) {
        var position = 0
        while position < self.slots.count {
            if self.slots[position].entry.nextCheck.load(ordering: .relaxed) < time {
                self.remove(at: position)
            } else {
                position += 1
            }
        }
    }

    private mutating func makeRoom(for cost: Int) -> Bool {
        guard cost <= self.sizeMaximum else { return false }
        var steps = self.slots.count * 2
        while self.size + cost > self.sizeMaximum, steps > 0, !self.slots.isEmpty {
            steps -= 1
            if self.hand >= self.slots.count { self.hand = 0 }
            if self.slots[self.hand].entry.isUsed.exchange(false, ordering: .relaxed) {
                self.hand += 1
            } else {
                self.remove(at: self.hand)
            }
        }
        return self.size + cost <= self.sizeMaximum
    }

    private mutating func remove(at position: Int) {
        let slot = self.slots[position]
        self.size -= slot.cost
        if !slot.entry.resource.exists { self.missing -= 1 }
        self.positions[slot.entry.resource.path] = nil
        let last = self.slots.removeLast()
        if position < self.slots.count {
            self.slots[position] = last
            self.positions[last.entry.resource.path] = position
        }
    }
}
