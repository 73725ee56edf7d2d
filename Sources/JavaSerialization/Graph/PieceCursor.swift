/// Takes what one class wrote by itself, from the front.
struct PieceCursor: Sendable {
    let graph: JavaGraph
    private let pieces: [JavaPiece]
    private var index = 0
    /// Bytes taken from the block at ``index``.
    private var offset = 0

    init(graph: JavaGraph, pieces: [JavaPiece]) {
        self.graph = graph
        self.pieces = pieces
    }

    /// Whether nothing is left but empty blocks.
    var isAtEnd: Bool {
        var cursor = self
        cursor.skipEmpty()
        return cursor.index == cursor.pieces.count
    }

    mutating func integer<T: FixedWidthInteger>(as type: T.Type = T.self) throws(JavaSerializationError) -> T {
        try self.bytes(MemoryLayout<T>.size).reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }

    mutating func bytes(_ count: Int) throws(JavaSerializationError) -> [UInt8] {
        guard count >= 0 else { throw .invalidLength(Int64(count)) }
        var bytes: [UInt8] = []
        while bytes.count < count {
            self.skipEmpty()
            guard self.index < self.pieces.count, case .block(let start, let length) = self.pieces[self.index] else {
                throw .noPrimitiveData
            }
            let from = Int(start) + self.offset
            let taken = min(Int(length) - self.offset, count - bytes.count)
            bytes.append(contentsOf: self.graph.blockBytes[from..<from + taken])
            self.offset += taken
        }
        return bytes
    }

    /// The next object.
    mutating func slot() throws(JavaSerializationError) -> JavaSlot {
        self.skipEmpty()
        guard self.index < self.pieces.count else { throw .truncated }
        switch self.pieces[self.index] {
        case .content(let slot):
            self.index += 1
            return slot
        case .block(_, let count): throw .unreadPrimitiveData(Int(count) - self.offset)
        case .reset: throw .truncated
        }
    }

    private mutating func skipEmpty() {
        while self.index < self.pieces.count {
            switch self.pieces[self.index] {
            case .block(_, let count) where Int(count) > self.offset: return
            case .content: return
            case .block, .reset:
                self.index += 1
                self.offset = 0
            }
        }
    }
}
