/// The fields that the server adds behind those of the application.
struct ResponseHeadTail {
    enum Connection {
        case none
        case close
        case keepAlive
    }

    let settings: Http11Settings
    var contentType: String?
    var contentLanguage: String?
    /// -1 for none.
    var contentLength: Int64 = -1
    var isChunked = false
    /// The date as it is written; empty where the application set the field.
    var date: [UInt8] = []
    var connection = Connection.none
    /// Value of Keep-Alive.
    var hint: String?
    /// Whether Keep-Alive follows Connection rather than precedes it.
    var isHintLast = false
    private var sendsServer = true

    init(settings: Http11Settings) {
        self.settings = settings
    }

    /// All but the texts: names, separators, a length, a date.
    private static let overhead = 256

    var encodedSizeMaximum: Int {
        Self.overhead + (self.contentType?.utf8.count ?? 0) + (self.contentLanguage?.utf8.count ?? 0)
            + (self.hint?.utf8.count ?? 0) + self.settings.serverLine.count
    }

    /// Where the application set one of these fields itself, its place is kept and the field is not sent twice.
    mutating func merge(into headers: inout ResponseHeaders) {
        headers.remove("Transfer-Encoding")
        if let value = self.contentType, headers.contains("Content-Type") {
            headers.set("Content-Type", value)
            self.contentType = nil
        }
        if let value = self.contentLanguage, headers.contains("Content-Language") {
            headers.set("Content-Language", value)
            self.contentLanguage = nil
        }
        if headers.contains("Content-Length") {
            if self.contentLength >= 0 {
                headers.set("Content-Length", String(self.contentLength))
                self.contentLength = -1
            } else {
                headers.remove("Content-Length")
            }
        }
        if headers.contains("Date") { self.date = [] }
        if let hint = self.hint, headers.contains("Keep-Alive") {
            headers.set("Keep-Alive", hint)
            self.hint = nil
        }
        if self.connection == .keepAlive, let value = headers.value("Connection") {
            headers.set("Connection", value + ", keep-alive")
            self.connection = .none
        }
        if let server = self.settings.configuration.server {
            if headers.contains("Server") {
                headers.set("Server", server)
                self.sendsServer = false
            }
        } else if self.settings.configuration.serverRemoveAppProvidedValues {
            headers.remove("Server")
        }
    }

    func write(_ writer: inout HeadWriter) {
        if let contentType = self.contentType { writer.field("Content-Type: ", text: contentType) }
        if let contentLanguage = self.contentLanguage { writer.field("Content-Language: ", text: contentLanguage) }
        if self.isChunked {
            writer.bytes("Transfer-Encoding: chunked\r\n")
        } else if self.contentLength >= 0 {
            writer.bytes("Content-Length: ")
            writer.decimal(self.contentLength)
            writer.lineEnd()
        }
        if !self.date.isEmpty {
            writer.bytes("Date: ")
            writer.bytes(self.date)
            writer.lineEnd()
        }
        if let hint = self.hint, !self.isHintLast { writer.field("Keep-Alive: ", text: hint) }
        switch self.connection {
        case .none: break
        case .close: writer.bytes("Connection: close\r\n")
        case .keepAlive: writer.bytes("Connection: keep-alive\r\n")
        }
        if let hint = self.hint, self.isHintLast { writer.field("Keep-Alive: ", text: hint) }
        if self.sendsServer { writer.bytes(self.settings.serverLine) }
        writer.lineEnd()
    }
}
