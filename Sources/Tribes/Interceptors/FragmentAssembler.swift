package import NIOCore

/// Why a body is no piece of a message.
package enum FragmentError: Error, Hashable, Sendable {
    /// An empty body: the last byte would say what it is.
    case missingMark
    /// Fewer than the eight bytes of number and count.
    case truncated
    case badNumber(Int, count: Int)
    /// Pieces of one message that disagree on their number.
    case countMismatch(Int, expected: Int)
    /// One message larger than what may be kept.
    case tooLarge(maximum: Int)
}

/// A piece of a message.
package struct Fragment: Sendable, Equatable {
    package let number: Int
    package let count: Int
    package let bytes: ByteBuffer

    package init(number: Int, count: Int, bytes: ByteBuffer) {
        self.number = number
        self.count = count
        self.bytes = bytes
    }

    /// Takes number and count off the end of a body whose mark was taken.
    ///
    /// - Throws: ``FragmentError``.
    package init(takenFrom message: inout ChannelMessage) throws(FragmentError) {
        guard let count = message.popLast(as: Int32.self), let number = message.popLast(as: Int32.self) else {
            throw .truncated
        }
        guard number >= 0, number < count else { throw .badNumber(Int(number), count: Int(count)) }
        self.init(number: Int(number), count: Int(count), bytes: message.body)
    }

    /// A body in pieces of `size` bytes, the last one shorter.
    package static func pieces(of body: ByteBuffer, size: Int) -> [Fragment] {
        let count = (body.readableBytes + size - 1) / size
        var rest = body
        return (0..<count).compactMap { number in
            rest.readSlice(length: min(size, rest.readableBytes)).map {
                Fragment(number: number, count: count, bytes: $0)
            }
        }
    }

    /// The piece as a message's body.
    package var encoded: ByteBuffer {
        var body = ByteBufferAllocator().buffer(capacity: self.bytes.readableBytes + 9)
        body.writeImmutableBuffer(self.bytes)
        body.writeMultipleIntegers(Int32(self.number), Int32(self.count), UInt8(1))
        return body
    }
}

/// Messages of which some pieces came.
///
/// A value without lock, clock or I/O: it says what is complete, and its owner says what became of it.
package struct FragmentAssembler: Sendable {
    package struct Key: Hashable, Sendable {
        package let sender: Member
        package let uniqueID: UniqueID

        package init(sender: Member, uniqueID: UniqueID) {
            self.sender = sender
            self.uniqueID = uniqueID
        }
    }

    package struct Statistics: Sendable, Equatable {
        package fileprivate(set) var messages = 0
        package fileprivate(set) var bytes = 0
        package fileprivate(set) var expired: Int64 = 0
        package fileprivate(set) var overflowed: Int64 = 0
    }

    private struct Incomplete {
        let count: Int
        let since: NIODeadline
        var pieces: [Int: ByteBuffer] = [:]
        var bytes = 0
        /// Its delivery is under way.
        var isComplete: Bool { self.pieces.count == self.count }
    }

    /// Messages of which pieces may be missing at a time; the oldest is dropped first.
    package static let incompleteMaximum = 4096
    /// Complete messages that are remembered, so that pieces of theirs that come again start nothing.
    package static let deliveredMaximum = 1024
    /// What each piece costs beside its bytes: so many pieces of no bytes are bounded too.
    private static let overheadOfPiece = 64

    package private(set) var statistics = Statistics()
    private var incomplete: [Key: Incomplete] = [:]
    private var delivered: [Key: NIODeadline] = [:]
    private var deliveredOrder = CircularBuffer<Key>()

    package init() {}

    /// Takes a piece.
    ///
    /// - Returns: the body, when no piece is missing; until the owner says that it was delivered, any piece that
    ///   comes again completes it again.
    /// - Throws: ``FragmentError``.
    package mutating func add(
        _ fragment: Fragment,
        of key: Key,
        at now: NIODeadline,
        maximumBytes: Int
    ) throws(FragmentError) -> ByteBuffer? {
        if self.delivered[key] != nil { return nil }
        var message = self.incomplete[key] ?? Incomplete(count: fragment.count, since: now)
        guard message.count == fragment.count else {
            throw .countMismatch(fragment.count, expected: message.count)
        }
        if message.pieces[fragment.number] == nil {
            let size = fragment.bytes.readableBytes + Self.overheadOfPiece
            guard message.bytes + size <= maximumBytes else {
                self.drop(key)
                self.statistics.overflowed += 1
                throw .tooLarge(maximum: maximumBytes)
            }
            self.makeRoom(for: size, maximumBytes: maximumBytes, except: key)
            // A copy, so that the piece does not keep its whole frame.
            message.pieces[fragment.number] = ByteBuffer(bytes: fragment.bytes.readableBytesView)
            message.bytes += size
            self.statistics.bytes += size
        }
        if self.incomplete.updateValue(message, forKey: key) == nil {
            self.statistics.messages += 1
            if self.statistics.messages > Self.incompleteMaximum { self.dropOldest(except: key) }
        }
        guard message.isComplete else { return nil }
        var body = ByteBufferAllocator().buffer(capacity: message.bytes)
        for number in 0..<message.count {
            if let piece = message.pieces[number] { body.writeImmutableBuffer(piece) }
        }
        return body
    }

    /// The message was delivered: pieces that come again are passed over.
    package mutating func delivered(_ key: Key, at now: NIODeadline) {
        self.drop(key)
        guard self.delivered.updateValue(now, forKey: key) == nil else { return }
        self.deliveredOrder.append(key)
        if self.deliveredOrder.count > Self.deliveredMaximum {
            self.delivered[self.deliveredOrder.removeFirst()] = nil
        }
    }

    /// Drops what is incomplete for longer than `age`, and says what that was.
    package mutating func expire(olderThan age: TimeAmount, at now: NIODeadline) -> [Key] {
        let expired = self.incomplete.filter { now - $0.value.since > age }.map(\.key)
        for key in expired { self.drop(key) }
        self.statistics.expired += Int64(expired.count)
        while let key = self.deliveredOrder.first, let since = self.delivered[key], now - since > age {
            self.delivered[self.deliveredOrder.removeFirst()] = nil
        }
        return expired
    }

    /// Drops all of a member that left.
    package mutating func forget(_ member: Member) {
        for key in self.incomplete.keys where key.sender == member { self.drop(key) }
    }

    private mutating func makeRoom(for size: Int, maximumBytes: Int, except kept: Key) {
        while self.statistics.bytes + size > maximumBytes, self.dropOldest(except: kept) {}
    }

    @discardableResult
    private mutating func dropOldest(except kept: Key) -> Bool {
        let others = self.incomplete.lazy.filter { $0.key != kept }
        guard let oldest = others.min(by: { $0.value.since < $1.value.since })?.key else { return false }
        self.drop(oldest)
        self.statistics.overflowed += 1
        return true
    }

    private mutating func drop(_ key: Key) {
        guard let message = self.incomplete.removeValue(forKey: key) else { return }
        self.statistics.messages -= 1
        self.statistics.bytes -= message.bytes
    }
}
