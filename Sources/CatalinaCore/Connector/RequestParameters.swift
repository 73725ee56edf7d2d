import Coyote
import NIOCore
import ServletAPI

/// Collects the parameters of a request from its query and its body.
struct RequestParameters {
    private var collected: Coyote.Parameters

    init(limit: Int) { self.collected = Coyote.Parameters(limit: limit) }

    /// Why not all could be taken, if so.
    var failure: ParameterParseFailure? { self.collected.failure }

    mutating func add(_ query: String, charset: Charset) {
        if ByteSet.ascii.containsAll(of: query.utf8.span) {
            self.collected.decode(form: query.utf8.span, charset: charset)
        } else {
            let octets = query.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            self.collected.decode(form: octets.span, charset: charset)
        }
    }

    mutating func add(bytes: ByteBufferView, charset: Charset) {
        self.collected.decode(form: Array(bytes).span, charset: charset)
    }

    mutating func append(_ name: String, _ value: String) { _ = self.collected.append(name, value) }

    mutating func fail(_ reason: ParameterParseFailure) { self.collected.fail(reason) }

    /// As applications see them.
    var parameters: ServletAPI.Parameters {
        var parameters = ServletAPI.Parameters()
        for entry in self.collected.entries {
            for value in entry.values { parameters.append(entry.name, value) }
        }
        return parameters
    }
}
