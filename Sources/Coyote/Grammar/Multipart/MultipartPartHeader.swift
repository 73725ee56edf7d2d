/// The fields of one part and what its `Content-Disposition` says.
///
/// Source: RFC 7578 §4 | Tomcat counterparts: `org.apache.tomcat.util.http.fileupload.FileItemHeaders`,
/// `org.apache.catalina.core.ApplicationPart`.
package struct MultipartPartHeader: Sendable, Equatable {
    /// In order; names in lower case.
    package let fields: [(name: String, value: String)]
    /// The name of the form field.
    package let name: String
    /// The parameter as it stands, escapes included; empty where it has no value, nil for a plain field.
    package let rawFileName: String?

    /// Nil for a part that belongs to no form field.
    init?(_ octets: Span<UInt8>, charset: Charset) {
        self.fields = Self.lines(octets).compactMap { Self.field(charset.decode($0)) }
        guard let disposition = self.fields.first(where: { $0.name == "content-disposition" })?.value else {
            return nil
        }
        let lowered = disposition.asciiLowercased
        guard lowered.hasPrefix("form-data") || lowered.hasPrefix("attachment") else { return nil }
        let parameters = HeaderParameters(parsing: disposition)
        guard lowered.hasPrefix("form-data"), let name = parameters["name"] else { return nil }
        self.name = name[...].trimmed
        self.rawFileName = parameters.contains("filename") ? (parameters["filename"] ?? "")[...].trimmed : nil
    }

    package var contentType: String? { self.first("content-type") }

    package var isFormField: Bool { self.rawFileName == nil }

    /// The file name that the client gave, with its escapes resolved; nil for a plain field.
    package var submittedFileName: String? {
        guard let name = self.rawFileName, name.utf8.contains(ASCII.backslash) else { return self.rawFileName }
        var unescaped = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in name.unicodeScalars {
            if scalar == "\\", !isEscaped {
                isEscaped = true
            } else {
                unescaped.append(scalar)
                isEscaped = false
            }
        }
        return String(unescaped)
    }

    /// The value of the first field of a name.
    package func first(_ name: String) -> String? {
        let name = name.asciiLowercased
        return self.fields.first { $0.name == name }?.value
    }

    /// The values of all fields of a name.
    package func all(_ name: String) -> [String] {
        let name = name.asciiLowercased
        return self.fields.filter { $0.name == name }.map(\.value)
    }

    package static func == (left: MultipartPartHeader, right: MultipartPartHeader) -> Bool {
        left.name == right.name && left.rawFileName == right.rawFileName
            && left.fields.elementsEqual(right.fields, by: ==)
    }

    /// The lines up to the empty one, folded ones joined by a space.
    private static func lines(_ octets: Span<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while start < octets.count {
            var end = start
            while end < octets.count, !Self.isLineEnd(octets, at: end) { end += 1 }
            guard end > start else { break }
            let content = octets.extracting(octets.trimmingBlanks(start..<end)).withUnsafeBufferPointer(Array.init)
            if octets[start].isBlank, !lines.isEmpty {
                lines[lines.count - 1].append(ASCII.space)
                lines[lines.count - 1].append(contentsOf: content)
            } else {
                lines.append(content)
            }
            start = end + 2
        }
        return lines
    }

    private static func isLineEnd(_ octets: Span<UInt8>, at index: Int) -> Bool {
        octets[index] == ASCII.carriageReturn && index + 1 < octets.count && octets[index + 1] == ASCII.lineFeed
    }

    /// Nil for a line without a colon.
    private static func field(_ line: String) -> (name: String, value: String)? {
        guard let colon = line.utf8.firstIndex(of: ASCII.colon) else { return nil }
        return (line[..<colon].trimmed.asciiLowercased, line[line.utf8.index(after: colon)...].trimmed)
    }
}

extension Substring {
    /// The text without the blanks and controls at both its ends.
    fileprivate var trimmed: String {
        let front = self.utf8.drop { $0 <= ASCII.space }
        guard let last = front.lastIndex(where: { $0 > ASCII.space }) else { return "" }
        return String(decoding: front[...last], as: UTF8.self)
    }
}
