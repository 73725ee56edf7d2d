/// What one connection is doing, for the status page's workers and the `RequestProcessor` beans.
///
/// Tomcat counterpart: `org.apache.coyote.RequestInfo`.
package struct RequestInfo: Sendable, Equatable {
    package var stage: Request.Stage
    /// Time since the first byte of the request.
    package var requestProcessingTime: Duration
    package var requestBytesSent: Int64
    package var requestBytesReceived: Int64
    /// Length of its body as announced; -1 without.
    package var contentLength: Int64
    /// Requests that its connection had before it.
    package var requestCount: Int
    package var remoteAddress: String
    /// The connector's port.
    package var serverPort: Int
    package var virtualHost: String
    package var line: Line

    /// What the request asks for.
    package struct Line: Sendable, Equatable {
        package var method: String
        package var path: String
        /// nil without `?`.
        package var query: String?
        package var protocolName: String
    }
}

/// Sums over every request of a protocol handler.
///
/// Tomcat counterpart: `org.apache.coyote.RequestGroupInfo`.
package struct RequestGroupInfo: Sendable, Equatable {
    package var requestCount: Int64 = 0
    package var errorCount: Int64 = 0
    package var bytesSent: Int64 = 0
    package var bytesReceived: Int64 = 0
    package var processingTime = Duration.zero
    /// Longest time of one request.
    package var maxTime = Duration.zero
    package var connectionCount = 0
    package var keepAliveCount = 0
    package var currentThreadsBusy = 0

    package init() {}
}
