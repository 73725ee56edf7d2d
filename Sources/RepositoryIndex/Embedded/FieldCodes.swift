import RepositoryCore
import Synchronization

/// Short numbers for field names, which stand in front of every token.
///
/// A number is given when a document with a new field is prepared, and written with the first transaction that
/// holds such a document. Numbers only grow and none is ever taken back, so what the table holds is always a
/// beginning of what this value holds.
///
/// Bounds: ``maximum`` names; fields beyond that are found by ``IndexField/all`` alone.
final class FieldCodes: Sendable {
    /// A field's number; 0 is ``IndexField/all``.
    typealias Code = Int

    static let maximum = 1 << 16

    private struct State {
        var codes: [ExactText: Code] = [:]
        var names: [String] = []
    }

    private let state = Mutex(State())

    init() { _ = self.allocate(IndexField.all) }

    /// The number of a field, given now if it has none; nil where there are too many.
    func allocate(_ name: String) -> Code? {
        self.state.withLock { state in
            let key = ExactText(name)
            if let code = state.codes[key] { return code }
            guard state.names.count < Self.maximum else { return nil }
            state.codes[key] = state.names.count
            state.names.append(name)
            return state.names.count - 1
        }
    }

    /// The number of a field that some document may have.
    func code(of name: String) -> Code? {
        self.state.withLock { $0.codes[ExactText(name)] }
    }

    /// Names and numbers above the one given.
    func names(above code: Code) -> [(code: Code, name: String)] {
        self.state.withLock { state in
            guard code + 1 < state.names.count else { return [] }
            return ((code + 1)..<state.names.count).map { (code: $0, name: state.names[$0]) }
        }
    }

    /// Takes over what a database holds, in the order of the numbers.
    func load(_ names: [String]) {
        self.state.withLock { state in
            state.names = names
            state.codes = [:]
            for (code, name) in names.enumerated() { state.codes[ExactText(name)] = code }
        }
    }
}
