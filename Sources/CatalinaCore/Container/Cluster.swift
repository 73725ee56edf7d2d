/// Keeps a group of session managers in step with those of other nodes.
///
/// Declared here so that a container can hold one; what it does comes from another target.
/// Source: `org.apache.catalina.Cluster`.
package protocol Cluster: AnyObject, Sendable {
    /// Called every background interval.
    func backgroundProcess() async
    /// A session manager for a distributable application.
    func createManager(for context: any Container) -> (any Manager)?
}
