/// An error that knows the names under which descriptors and operators know it.
///
/// An `<exception-type>` of an `<error-page>` matches any of the names, the most special first. Errors that do not
/// conform are known by their Swift type's name, then as `java.lang.Exception` and `java.lang.Throwable`.
public protocol NamedException: Error {
    /// Names from the most special to the most general.
    var exceptionTypes: [String] { get }
    /// What an error page shows.
    var message: String { get }
    /// The error behind this one, shown as root cause.
    var rootCause: (any Error)? { get }
}

extension NamedException {
    /// None.
    public var rootCause: (any Error)? { nil }
}

/// A servlet or filter failed.
///
/// Source: `jakarta.servlet.ServletException`.
public struct ServletError: NamedException, Sendable {
    /// What went wrong.
    public let message: String
    /// The error behind it.
    public let rootCause: (any Error)?
    /// The Jakarta class and its super classes.
    public var exceptionTypes: [String] {
        ["jakarta.servlet.ServletException", "java.lang.Exception", "java.lang.Throwable"]
    }

    /// A failure with its cause.
    public init(_ message: String, rootCause: (any Error)? = nil) {
        self.message = message
        self.rootCause = rootCause
    }
}

/// A servlet cannot serve for a while, or ever.
///
/// Requests get 503 with `Retry-After` until the time is over, or 404 if it is permanent.
/// Source: `jakarta.servlet.UnavailableException`.
public struct UnavailableError: NamedException, Sendable {
    /// What is wrong.
    public let message: String
    /// How long, in seconds; `nil` for ever.
    public let seconds: Int?
    /// The Jakarta class and its super classes.
    public var exceptionTypes: [String] {
        [
            "jakarta.servlet.UnavailableException", "jakarta.servlet.ServletException", "java.lang.Exception",
            "java.lang.Throwable",
        ]
    }

    /// Unavailable for some seconds, or for ever.
    public init(_ message: String, seconds: Int? = nil) {
        self.message = message
        self.seconds = seconds
    }
}

/// A call came at a time when it cannot be carried out.
///
/// Source: `java.lang.IllegalStateException`.
public struct IllegalStateError: NamedException, Sendable {
    /// What was wrong.
    public let message: String
    /// The Java class and its super classes.
    public var exceptionTypes: [String] {
        ["java.lang.IllegalStateException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"]
    }

    /// With what was wrong.
    public init(_ message: String) { self.message = message }
}

/// A value is not acceptable.
///
/// Source: `java.lang.IllegalArgumentException`.
public struct IllegalArgumentError: NamedException, Sendable {
    /// What was wrong.
    public let message: String
    /// The Java class and its super classes.
    public var exceptionTypes: [String] {
        [
            "java.lang.IllegalArgumentException", "java.lang.RuntimeException", "java.lang.Exception",
            "java.lang.Throwable",
        ]
    }

    /// With what was wrong.
    public init(_ message: String) { self.message = message }
}

/// Reading the request or writing the answer failed because the client left or stalled.
///
/// Source: `org.apache.catalina.connector.ClientAbortException`.
public struct ClientAbortError: NamedException, Sendable {
    /// What was noticed.
    public let message: String
    /// The Tomcat class and its super classes.
    public var exceptionTypes: [String] {
        [
            "org.apache.catalina.connector.ClientAbortException", "java.io.IOException", "java.lang.Exception",
            "java.lang.Throwable",
        ]
    }

    /// With what was noticed.
    public init(_ message: String) { self.message = message }
}
