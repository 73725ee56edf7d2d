/// How a session came to be what it is here: the numbers of the changes that its parts got last.
///
/// Each change has the number after the greatest one that its node knew. So a change that a node made while it did not
/// know better, and that comes late, is told from one that all others lack.
struct SessionHistory: Sendable {
    /// Who takes the session over from a node that numbers no changes begins at the next multiple of this.
    ///
    /// Each of the others counts the changes of such a node that it heard of, and some may have heard of more.
    static let looseStep: Int64 = 1_000

    /// How long a node that numbers no changes is not believed under an id that the session has left, in milliseconds.
    static let strayAge: Int64 = 2_000

    /// Parts whose numbers are remembered; of the others only that they are not newer.
    static let partsMaximum = 64

    private struct Part {
        let name: String
        var number: Int64
        var author: MemberKey
        /// By the author's clock; 0 if it numbers its changes.
        var time: Int64
    }

    private var parts: [Part] = []
    /// The number of the last change.
    var version: Int64 = 0
    /// What is not in ``parts`` has this number, or a smaller one.
    private(set) var floor: Int64 = 0
    /// Up to this number a change is missing here; 0 if none is, below 0 if the node lacked it that sent the session.
    private var gap: Int64 = 0
    /// Up to this number a change is missing here; 0 if none is.
    var missing: Int64 { abs(self.gap) }
    /// The change that gave the session its id.
    private(set) var idNumber: Int64 = 0
    /// Whether a node that numbers no changes made the last one.
    var isLoose = false

    /// Whether a change of a part is newer than what is here.
    func admits(_ name: String, _ number: Int64, by author: MemberKey) -> Bool {
        guard let part = self.parts.first(where: { $0.name == name }) else { return number >= self.floor }
        return (number, author) > (part.number, part.author)
    }

    /// Parts whose last change has a greater number; those of one node that numbers none are judged by its own clock.
    func parts(after number: Int64, _ foreign: SessionChange? = nil) -> [String] {
        self.parts.filter { Self.isLater($0, than: number, foreign) }.map(\.name)
    }

    private static func isLater(_ part: Part, than number: Int64, _ foreign: SessionChange?) -> Bool {
        guard let foreign, part.time > 0, part.author == foreign.author else { return part.number > number }
        return part.time > foreign.time
    }

    mutating func changed(_ name: String, _ number: Int64, by author: MemberKey, at time: Int64 = 0) {
        if let index = self.parts.firstIndex(where: { $0.name == name }) {
            let name = self.parts[index].name
            self.parts[index] = Part(name: name, number: number, author: author, time: time)
            return
        }
        if self.parts.count >= Self.partsMaximum,
            let oldest = self.parts.indices.min(by: { self.parts[$0].number < self.parts[$1].number })
        {
            self.floor = max(self.floor, self.parts[oldest].number)
            self.parts.remove(at: oldest)
        }
        self.parts.append(Part(name: SharedNames.shared(name), number: number, author: author, time: time))
    }

    /// Whether the session came from a node that lacked a change: which part that is, is not known here.
    var isInherited: Bool { self.gap < 0 }
    /// The number of the last change that is known to be here.
    var last: Int64 { self.parts.reduce(self.idNumber) { max($0, $1.number) } }

    /// The session came from a node that lacked a change.
    mutating func inherited(missing number: Int64) {
        self.gap = -max(self.missing, number)
    }

    /// Whether another node's version, in which nothing is missing, fills the gap here.
    func isFilled(by version: Int64) -> Bool {
        self.missing > 0 && (version > self.floor || self.isInherited && version >= self.missing)
    }

    /// A change came that another one should have come before.
    mutating func skipped(upTo number: Int64) {
        self.gap = self.isInherited ? -max(self.missing, number) : max(self.missing, number)
    }

    /// Whether an id that a change gave is newer than the one that is here.
    func admitsID(_ id: String, _ number: Int64, current: String) -> Bool {
        number > self.idNumber || number == self.idNumber && id > current
    }

    mutating func renamed(_ number: Int64) { self.idNumber = number }

    /// The session is as another node sent it, at that number; parts that are newer here stay.
    mutating func restored(at number: Int64, _ foreign: SessionChange? = nil) {
        self.parts.removeAll { !Self.isLater($0, than: number, foreign) }
        self.floor = max(self.floor, number)
        self.gap = self.missing <= number ? 0 : self.missing
        self.idNumber = max(self.idNumber, number)
    }
}
