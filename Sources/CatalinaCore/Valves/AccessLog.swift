/// Records served requests.
///
/// Source: `org.apache.catalina.AccessLog`.
package protocol AccessLog: AnyObject, Sendable {
    /// Records one request after its answer; must neither fail nor block.
    func log(_ request: Request, _ response: Response, nanoseconds: Int64)
}
