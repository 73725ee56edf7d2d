/// How much a `multipart/form-data` body may hold; a negative number is no limit.
package struct MultipartLimits: Sendable, Hashable {
    /// `maxPartCount` of the connector.
    package var partCount = 50
    /// `maxPartHeaderSize` of the connector, in octets.
    package var partHeaderSize = 512
    /// `max-file-size` of the servlet, in octets; plain fields count as files.
    package var fileSize: Int64 = -1
    /// `max-request-size` of the servlet, in octets.
    package var requestSize: Int64 = -1

    package init() {}
}
