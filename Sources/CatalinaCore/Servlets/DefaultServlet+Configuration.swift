import Coyote
import ServletAPI

extension DefaultServlet {
    /// The init parameters, read once.
    struct Configuration: Sendable, Equatable {
        /// What is done with the byte order mark of a text file.
        enum ByteOrderMark: String, Sendable {
            /// It decides the encoding and is removed.
            case use = "true"
            /// It is removed.
            case remove = "false"
            /// It stays and means nothing.
            case passThrough = "pass-through"
        }

        /// Whether directories are listed.
        var listings = false
        /// Whether `PUT` and `DELETE` are refused.
        var readonly = true
        /// Compressed siblings that are served instead of a file, the best first.
        var precompressed: [PrecompressedVariants.Format] = []
        /// Name of a file whose HTML is put below a listing.
        var readmeFile: String?
        /// The encoding of text files when their text has to be converted.
        var fileEncoding = Charset.utf8
        /// Whether a byte order mark decides how a file is read, and whether it is sent on.
        var useBomIfPresent = ByteOrderMark.use
        /// Larger files are sent by the kernel unless they are in memory, in bytes; negative to never do so.
        var sendfileSize: Int64 = 48 * 1024
        /// Whether answers say that ranges may be asked for.
        var useAcceptRanges = true
        /// Whether listings name the server.
        var showServerInfo = true
        /// Whether listings are sorted, by a column that the client chooses.
        var sortListings = false
        /// Whether a listing shows folders before files.
        var sortDirectoriesFirst = false
        /// Whether `PUT` may replace part of a file.
        var allowPartialPut = true
        /// Whether `POST` is answered as `GET`.
        var allowPostAsGet = true
        /// Answer to the path of a directory without its slash.
        var directoryRedirectStatusCode = 302
        /// Whether entity tags are digests of the content.
        var useStrongETags = false

        init() {}

        /// - Throws: `ServletError` for a value that cannot be.
        init(_ parameter: (String) -> String?) throws(ServletError) {
            func flag(_ name: String, _ value: inout Bool) {
                if let text = parameter(name) { value = text.lowercased() == "true" }
            }
            flag("listings", &self.listings)
            flag("readonly", &self.readonly)
            flag("useAcceptRanges", &self.useAcceptRanges)
            flag("showServerInfo", &self.showServerInfo)
            flag("sortListings", &self.sortListings)
            flag("sortDirectoriesFirst", &self.sortDirectoriesFirst)
            flag("allowPartialPut", &self.allowPartialPut)
            flag("allowPostAsGet", &self.allowPostAsGet)
            flag("useStrongETags", &self.useStrongETags)
            self.readmeFile = parameter("readmeFile")
            if let size = try Self.integer("sendfileSize", parameter) { self.sendfileSize = Int64(size) * 1024 }
            if let code = try Self.integer("directoryRedirectStatusCode", parameter) {
                self.directoryRedirectStatusCode = code
            }
            let precompressed =
                parameter("precompressed") ?? (parameter("gzip")?.lowercased() == "true" ? "gzip=.gz" : nil)
            guard let formats = PrecompressedVariants.formats(precompressed) else {
                throw ServletError("The init parameter precompressed has the value [\(precompressed ?? "")]")
            }
            self.precompressed = formats
            try self.readText(parameter)
        }

        private mutating func readText(_ parameter: (String) -> String?) throws(ServletError) {
            if let name = parameter("fileEncoding") {
                guard let charset = Charset(name: name) else { throw ServletError("Unknown fileEncoding [\(name)]") }
                self.fileEncoding = charset
            }
            if let text = parameter("useBomIfPresent") {
                guard let value = ByteOrderMark(rawValue: text.lowercased()) else {
                    throw ServletError("Unrecognised value of [\(text)] provided for useBomIfPresent")
                }
                self.useBomIfPresent = value
            }
        }

        private static func integer(_ name: String, _ parameter: (String) -> String?) throws(ServletError) -> Int? {
            guard let text = parameter(name) else { return nil }
            guard let value = Int32(text) else {
                throw ServletError("The init parameter \(name) is no number: [\(text)]")
            }
            return Int(value)
        }

        /// The methods of the `Allow` header.
        var allowedMethods: [String] {
            ["OPTIONS", "GET", "HEAD"] + (self.allowPostAsGet ? ["POST"] : [])
                + (self.readonly ? [] : ["PUT", "DELETE"])
        }
    }
}
