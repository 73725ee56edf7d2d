/// Why the protocol handler refused a request before any container saw it.
package struct Rejection: Error, Sendable, Hashable {
    /// 400, 417, 501, 503 or 505.
    package var status: Int
    /// What the error page says; nil for a page without a message.
    package var message: String?
    /// Whether Tomcat shows the message as an exception (`IllegalArgumentException`) rather than as a plain message.
    package var isExceptionReport: Bool

    package init(status: Int, message: String? = nil, isExceptionReport: Bool = false) {
        self.status = status
        self.message = message
        self.isExceptionReport = isExceptionReport
    }

    static func badRequest(exception message: String) -> Self {
        .init(status: 400, message: message, isExceptionReport: true)
    }

    /// 400 without a message.
    static let badRequest = Self(status: 400)
}
