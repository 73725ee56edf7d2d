import RepositoryCore
import ServletAPI

/// The id in a request's path: taken from the undecoded path, so that ids may hold any character.
enum RequestPath {
    /// What follows the servlet's path, percent-decoded with `+` kept; nil where nothing does.
    ///
    /// - Throws: 400 for a malformed escape.
    static func id(of request: any HttpServletRequest) throws(RepositoryError) -> ObjectID? {
        let raw = self.raw(
            uri: request.requestURI,
            contextPath: request.contextPath,
            servletPath: request.servletPath
        )
        guard let raw else {
            // The path took a detour; its decoded form is all that is left to go by.
            guard let info = request.pathInfo, info.utf8.count > 1 else { return nil }
            return ObjectID(String(info.unicodeScalars.dropFirst()))
        }
        guard !raw.isEmpty else { return nil }
        guard let text = self.decode(raw) else { throw .badRequest("Malformed escape in path") }
        return ObjectID(text)
    }

    /// The part behind the servlet's path; nil where the path does not begin plainly with it.
    static func raw(uri: String, contextPath: String, servletPath: String) -> String? {
        var rest = uri.utf8.dropFirst(contextPath.utf8.count)
        for segment in servletPath.utf8.split(separator: UInt8(ascii: "/")) {
            rest = rest.drop { $0 == UInt8(ascii: "/") }
            guard let found = self.decode(String(Substring(rest.prefix { $0 != UInt8(ascii: "/") }))),
                found.utf8.elementsEqual(segment)
            else { return nil }
            rest = rest.drop { $0 != UInt8(ascii: "/") }
        }
        return String(Substring(rest.dropFirst()))
    }

    static func decode(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let decoded = Hex.decode(String(Substring(rest.prefix(2)))) else { return nil }
            bytes += decoded
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The path of an object as the `Location` header gives it.
    static func location(of id: ObjectID) -> String {
        var path = "/objects/"
        for byte in id.text.utf8 {
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._~!$&'()*+,;=:@/".utf8.contains(byte)
            path += isPlain ? String(Unicode.Scalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }
        return path
    }
}
