/// Takes `;name=value` out of a path.
enum PathParameters {
    /// The path without what stands between each `;` and the end of its segment.
    ///
    /// A parameter without `=` is dropped, and so is one with an empty name or value.
    static func strip(
        _ path: Span<UInt8>,
        charset: Charset,
        into parameters: inout [RequestPath.Parameter]
    ) -> [UInt8] {
        var stripped: [UInt8] = []
        stripped.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            guard path[index] == ASCII.semicolon else {
                stripped.append(path[index])
                index += 1
                continue
            }
            let start = index + 1
            index = start
            while index < path.count, path[index] != ASCII.semicolon, path[index] != ASCII.slash { index += 1 }
            if let parameter = Self.parameter(path.extracting(start..<index), charset: charset) {
                parameters.append(parameter)
            }
        }
        return stripped
    }

    private static func parameter(_ text: Span<UInt8>, charset: Charset) -> RequestPath.Parameter? {
        guard let equals = text.firstIndex(of: ASCII.equals), equals > 0, equals + 1 < text.count else { return nil }
        return RequestPath.Parameter(
            name: charset.decode(text.extracting(0..<equals)),
            value: charset.decode(text.extracting(equals + 1..<text.count))
        )
    }
}

extension RequestPath {
    /// A path as an application names it, without its path parameters.
    ///
    /// Tomcat counterpart: `org.apache.catalina.util.RequestUtil.stripPathParams`.
    package static func strippingParameters(_ path: String) -> (path: String, parameters: [Parameter]) {
        guard path.utf8.contains(ASCII.semicolon) else { return (path, []) }
        var parameters: [Parameter] = []
        let stripped = PathParameters.strip(path.utf8.span, charset: .utf8, into: &parameters)
        return (String(decoding: stripped, as: UTF8.self), parameters)
    }
}
