/// What happens to a record when the queue is full.
///
/// The numbers are those of the system property `org.apache.juli.AsyncOverflowDropType`.
package enum OverflowPolicy: Int, Sendable, CaseIterable {
    /// The newest queued record makes room.
    case dropLast = 1
    /// The oldest queued record makes room.
    case dropFirst = 2
    /// The caller waits until the queue is empty.
    case flush = 3
    /// The record itself is dropped.
    case dropCurrent = 4
}

/// A ring of bounded size: no lock and no thread, so that a test can fill it.
struct RecordQueue<Element> {
    let capacity: Int
    let policy: OverflowPolicy
    /// Records lost since the last ``takeAll()``.
    private(set) var dropped = 0
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    enum Offer: Equatable {
        case accepted
        /// Offer again when the queue is empty.
        case full
    }

    init(capacity: Int, policy: OverflowPolicy) {
        precondition(capacity > 0, "a queue holds something")
        self.capacity = capacity
        self.policy = policy
    }

    mutating func offer(_ element: Element) -> Offer {
        guard self.count == self.capacity else {
            self.push(element)
            return .accepted
        }
        switch self.policy {
        case .dropLast:
            self.slots[(self.head + self.count - 1) % self.capacity] = element
        case .dropFirst:
            self.slots[self.head] = element
            self.head = (self.head + 1) % self.capacity
        case .dropCurrent:
            break
        case .flush:
            return .full
        }
        self.dropped += 1
        return .accepted
    }

    /// Empties the queue, oldest first.
    mutating func takeAll() -> (elements: [Element], dropped: Int) {
        var elements: [Element] = []
        elements.reserveCapacity(self.count)
        for offset in 0..<self.count {
            let index = (self.head + offset) % self.slots.count
            if let element = self.slots[index] { elements.append(element) }
        }
        let dropped = self.dropped
        self.slots.removeAll()
        self.head = 0
        self.count = 0
        self.dropped = 0
        return (elements, dropped)
    }

    /// The ring grows only as far as it is used.
    private mutating func push(_ element: Element) {
        if self.head == 0 && self.count == self.slots.count {
            self.slots.append(element)
        } else {
            self.slots[(self.head + self.count) % self.capacity] = element
        }
        self.count += 1
    }
}
