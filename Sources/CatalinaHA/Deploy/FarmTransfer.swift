/// One archive that is being received: pieces may come in any order and more than once, and are written in order.
struct FarmTransfer {
    /// Bytes that may wait for the pieces before them; a transfer with more is given up.
    static let waitingMaximum = 16 << 20

    enum Step: Equatable {
        /// These bytes come next.
        case write([UInt8])
        /// Nothing can be written yet, or the piece was there already.
        case wait
        /// These were the last bytes.
        case finish([UInt8])
        /// The pieces do not belong together, or too many wait.
        case giveUp
    }

    let fileName: String
    let contextName: String
    private let total: Int
    private var next = 1
    private var waiting: [Int: [UInt8]] = [:]
    private var waitingSize = 0
    /// When the last piece came, in milliseconds since 1970.
    private(set) var lastUsed: Int64

    init(_ first: FarmFileMessage, now: Int64) {
        self.fileName = first.fileName
        self.contextName = first.contextName
        self.total = first.total
        self.lastUsed = now
    }

    /// Whether a piece begins another transfer of the same name: its sender gave this one up, or is another one.
    ///
    /// A message that is merely sent again does not come here.
    func isReplaced(by message: FarmFileMessage) -> Bool { message.number == 1 && self.next > 1 }

    mutating func accept(_ message: FarmFileMessage, now: Int64) -> Step {
        self.lastUsed = now
        guard message.total == self.total else { return .giveUp }
        guard message.number >= self.next, self.waiting[message.number] == nil else { return .wait }
        self.waiting[message.number] = message.bytes
        self.waitingSize += message.bytes.count
        var ready: [UInt8] = []
        while let bytes = self.waiting.removeValue(forKey: self.next) {
            ready += bytes
            self.waitingSize -= bytes.count
            self.next += 1
        }
        if self.next > self.total { return .finish(ready) }
        if self.waitingSize > Self.waitingMaximum { return .giveUp }
        return ready.isEmpty ? .wait : .write(ready)
    }
}

/// What changed among the archives of a folder since it was last looked at.
///
/// A file counts when nobody has written to it for a moment: one that is still being copied does not.
/// Source: `org.apache.catalina.ha.deploy.WarWatcher`.
struct FarmWatch {
    /// Milliseconds.
    static let settleTime: Int64 = 2_000

    struct Changes: Equatable {
        var modified: [String] = []
        var removed: [String] = []
    }

    /// Modification times of the files that were reported.
    private var known: [String: Int64] = [:]

    /// What changed, given names and modification times in milliseconds since 1970.
    mutating func look(at files: [String: Int64], now: Int64) -> Changes {
        var changes = Changes()
        for (name, time) in files.sorted(by: { $0.key < $1.key })
        where self.known[name] != time && now - time >= Self.settleTime {
            self.known[name] = time
            changes.modified.append(name)
        }
        for name in self.known.keys.sorted() where files[name] == nil {
            self.known[name] = nil
            changes.removed.append(name)
        }
        return changes
    }
}
