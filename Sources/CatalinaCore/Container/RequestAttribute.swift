/// Names of request attributes that the specification defines.
package enum RequestAttribute {
    package static let exception = "jakarta.servlet.error.exception"
    package static let exceptionType = "jakarta.servlet.error.exception_type"
    package static let message = "jakarta.servlet.error.message"
    package static let statusCode = "jakarta.servlet.error.status_code"
    package static let errorRequestURI = "jakarta.servlet.error.request_uri"
    package static let servletName = "jakarta.servlet.error.servlet_name"
    /// Set by a servlet that cannot run the error page it was asked for.
    static let pageUnavailable = "org.apache.catalina.error_page_unavailable"
}
