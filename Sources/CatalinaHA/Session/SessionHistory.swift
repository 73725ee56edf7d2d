/// How a session came to be what it is here: the numbers of the changes that its parts got last.
///
/// Each change has the number after the greatest one that its node knew. So a change that a node made while it did not
/// know better, and that comes late, is told from one that all others lack.
struct SessionHistory: Sendable {
    /// Parts whose numbers are remembered; of the others only that they are not newer.
    static let partsMaximum = 64

    private struct Part {
        let name: String
        var number: Int64
        var author: MemberKey
    }

    private var parts: [Part] = []
    /// What is not in ``parts`` has this number, or a smaller one.
    private(set) var floor: Int64 = 0
    /// Up to this number a change is missing here; 0 if none is.
    private(set) var missing: Int64 = 0
    /// The change that gave the session its id.
    private(set) var idNumber: Int64 = 0
    /// The id that it had before.
    private(set) var formerID: String?

    /// Whether a change of a part is newer than what is here.
    func admits(_ name: String, _ number: Int64, by author: MemberKey) -> Bool {
        guard let part = self.parts.first(where: { $0.name == name }) else { return number >= self.floor }
        return (number, author) > (part.number, part.author)
    }

    /// Parts whose last change has a greater number.
    func parts(after number: Int64) -> [String] { self.parts.filter { $0.number > number }.map(\.name) }

    mutating func changed(_ name: String, _ number: Int64, by author: MemberKey) {
        if let index = self.parts.firstIndex(where: { $0.name == name }) {
            self.parts[index].number = number
            self.parts[index].author = author
            return
        }
        if self.parts.count >= Self.partsMaximum,
            let oldest = self.parts.indices.min(by: { self.parts[$0].number < self.parts[$1].number })
        {
            self.floor = max(self.floor, self.parts[oldest].number)
            self.parts.remove(at: oldest)
        }
        self.parts.append(Part(name: name, number: number, author: author))
    }

    /// A change came that another one should have come before.
    mutating func skipped(upTo number: Int64) { self.missing = max(self.missing, number) }

    /// Whether an id that a change gave is newer than the one that is here.
    func admitsID(_ id: String, _ number: Int64, current: String) -> Bool {
        number > self.idNumber || number == self.idNumber && id > current
    }

    mutating func renamed(from id: String, _ number: Int64) {
        self.idNumber = number
        self.formerID = id
    }

    /// The session is as another node sent it, at that number; parts that are newer here stay.
    mutating func restored(at number: Int64) {
        self.parts.removeAll { $0.number <= number }
        self.floor = max(self.floor, number)
        if self.missing <= number { self.missing = 0 }
        self.idNumber = max(self.idNumber, number)
    }
}
