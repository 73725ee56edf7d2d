/// Name and version that clients, operators and their tools see.
///
/// Tools written for Tomcat read the version out of `serverInfo` to choose their commands, so it leads with the Tomcat
/// release whose behaviour this server has.
/// Source: `org.apache.catalina.util.ServerInfo`.
package enum ServerInfo {
    /// Release of Caracal.
    package static let caracalVersion = "0.1.0"
    /// `getServerInfo`.
    package static let name = "Apache Tomcat/10.1.60 (Caracal \(ServerInfo.caracalVersion))"
    /// Four numbers as Tomcat's `version.sh` prints them.
    package static let number = "10.1.60.0"
    /// When the behaviour was last brought in step with Tomcat's.
    package static let built = "Nov 21 2026 00:00:00 UTC"
}
