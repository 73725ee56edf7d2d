/// The parameters of a request: names in the order of their first occurrence, each with its values in order.
///
/// Tomcat counterpart: `org.apache.tomcat.util.http.Parameters`.
package struct Parameters: Sendable, Equatable {
    package typealias Entry = (name: String, values: [String])

    /// How many values are taken (`maxParameterCount`); further ones are left out, a negative limit is none.
    package var limit: Int
    /// How many values were taken.
    package private(set) var count = 0
    /// The first thing that went wrong, if anything did.
    package private(set) var failure: ParameterParseFailure?

    package private(set) var entries: [Entry] = []
    /// Where a name stands in `entries`; made once there are more than a few.
    private var places: [String: Int] = [:]

    private static let fewNames = 8

    package init(limit: Int = -1) { self.limit = limit }

    package var isEmpty: Bool { self.entries.isEmpty }

    package var names: [String] { self.entries.map(\.name) }

    /// The values of a name, nil if it does not occur.
    package subscript(_ name: String) -> [String]? { self.place(of: name).map { self.entries[$0].values } }

    /// The first value of a name.
    package func first(_ name: String) -> String? { self.place(of: name).flatMap { self.entries[$0].values.first } }

    /// Takes one value, unless that would exceed the limit.
    ///
    /// - Returns: false at the limit, which is then noted as a failure.
    @discardableResult
    package mutating func append(_ name: String, _ value: String) -> Bool {
        guard self.limit < 0 || self.count < self.limit else {
            self.fail(.tooManyParameters)
            return false
        }
        self.count += 1
        if let place = self.place(of: name) {
            self.entries[place].values.append(value)
            return true
        }
        self.entries.append((name, [value]))
        if self.entries.count == Self.fewNames + 1 {
            for (place, entry) in self.entries.enumerated() { self.places[entry.name] = place }
        } else if self.entries.count > Self.fewNames {
            self.places[name] = self.entries.count - 1
        }
        return true
    }

    /// Notes that something went wrong; only the first time counts.
    package mutating func fail(_ reason: ParameterParseFailure) {
        if self.failure == nil { self.failure = reason }
    }

    private func place(of name: String) -> Int? {
        guard self.entries.count > Self.fewNames else { return self.entries.firstIndex { $0.name == name } }
        return self.places[name]
    }

    package static func == (left: Parameters, right: Parameters) -> Bool {
        left.failure == right.failure && left.entries.elementsEqual(right.entries, by: ==)
    }
}
