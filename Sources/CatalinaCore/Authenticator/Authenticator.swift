/// Decides who a client is before a protected resource is served.
///
/// Source: `org.apache.catalina.Authenticator`.
package protocol Authenticator: AnyObject, Sendable {
    /// `BASIC`, `FORM`, …
    var method: String { get }
    /// Authenticates the client; if that is not possible yet, the answer says what to do and the result is `false`.
    func authenticate(_ request: Request, _ response: Response) async throws -> Bool
    /// Makes the user of a name and password the request's.
    ///
    /// - Throws: `ServletError` if the password is wrong.
    func login(_ username: String, _ password: String, _ request: Request) async throws
    /// Makes the request, and its session, nobody's.
    func logout(_ request: Request) async throws
}
