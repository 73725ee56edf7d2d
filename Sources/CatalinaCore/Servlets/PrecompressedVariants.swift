import Modeler

/// Which of a file's compressed siblings a client gets.
///
/// Tomcat counterpart: `DefaultServlet.getBestPrecompressedResource`; differs from it in: a quality of 0 refuses a
/// coding, and a malformed member of `Accept-Encoding` is ignored instead of failing the request.
enum PrecompressedVariants {
    /// A kind of compressed file beside the plain one.
    struct Format: Sendable, Equatable {
        /// Appended to the file's name: `.gz`.
        let fileExtension: String
        /// The content coding: `gzip`.
        let encoding: String
    }

    /// The value of the init parameter: `true`, or `coding=extension` pairs in order of preference.
    ///
    /// Returns `nil` for a pair without an extension.
    static func formats(_ parameter: String?) -> [Format]? {
        guard let parameter else { return [] }
        guard parameter.contains("=") else {
            guard parameter.lowercased() == "true" else { return [] }
            return [Format(fileExtension: ".br", encoding: "br"), Format(fileExtension: ".gz", encoding: "gzip")]
        }
        var formats: [Format] = []
        for pair in parameter.split(separator: ",") {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            formats.append(Format(fileExtension: String(parts[1]), encoding: String(parts[0])))
        }
        return formats
    }

    /// Finds the coding that the client likes best, the first of equals.
    ///
    /// - Parameters:
    ///   - acceptEncoding: the lines of the field.
    ///   - encodings: the codings there are, in the server's order of preference.
    /// - Returns: the index of the coding; `nil` for the plain file.
    static func best(_ acceptEncoding: [String], among encodings: [String]) -> Int? {
        var best: (index: Int?, quality: Double, preference: Int) = (nil, 0, .max)
        for member in acceptEncoding.flatMap({ $0.split(separator: ",") }) {
            let parts = member.split(separator: ";", maxSplits: 1)
            guard let coding = parts.first.map({ $0.trimmingBlanks() }),
                let quality = parts.count == 1 ? 1 : self.quality(parts[1]), quality > 0, quality >= best.quality
            else { continue }
            switch coding {
            case "identity": best = (nil, quality, .max)
            case "*": best = (encodings.isEmpty ? nil : 0, quality, 0)
            default:
                guard let index = encodings.firstIndex(of: coding) else { continue }
                if quality > best.quality || index < best.preference { best = (index, quality, index) }
            }
        }
        return best.index
    }

    /// The number after `q=`; `nil` if there is none between 0 and 1.
    private static func quality(_ parameter: Substring) -> Double? {
        let parts = parameter.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].trimmingBlanks().lowercased() == "q",
            let quality = Double(parts[1].trimmingBlanks()), (0...1).contains(quality)
        else { return nil }
        return quality
    }
}
