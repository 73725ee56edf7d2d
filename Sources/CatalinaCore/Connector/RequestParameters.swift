import Coyote
import NIOCore
import ServletAPI

/// Collects the parameters of a request from its query and its body.
struct RequestParameters {
    private var reader: ParameterReader
    /// As applications see them.
    private(set) var parameters = ServletAPI.Parameters()

    init(limit: Int) { self.reader = ParameterReader(limit: limit) }

    /// Why not all could be taken, if so.
    var failure: ParameterParseFailure? { self.reader.failure }

    mutating func add(_ query: String, charset: Charset) {
        if ByteSet.ascii.containsAll(of: query.utf8.span) {
            Self.read(query.utf8.span, charset, with: &self.reader, into: &self.parameters)
        } else {
            let octets = query.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            Self.read(octets.span, charset, with: &self.reader, into: &self.parameters)
        }
    }

    mutating func add(bytes: ByteBufferView, charset: Charset) {
        Self.read(Array(bytes).span, charset, with: &self.reader, into: &self.parameters)
    }

    private static func read(
        _ form: Span<UInt8>,
        _ charset: Charset,
        with reader: inout ParameterReader,
        into parameters: inout ServletAPI.Parameters
    ) {
        reader.read(form: form, charset: charset) { parameters.append($0, $1) }
    }

    mutating func append(_ name: String, _ value: String) {
        if self.reader.admit() { self.parameters.append(name, value) }
    }

    mutating func fail(_ reason: ParameterParseFailure) { self.reader.fail(reason) }
}
