/// Keeps attributes of an application that other processes have too.
///
/// Isolation: any thread; nothing is waited for.
package protocol SharedAttributes: AnyObject, Sendable {
    func value(_ name: String) -> (any Sendable)?
    /// Takes a value, unless it cannot leave this process.
    ///
    /// - Returns: whether it was taken; if not, nobody has one of that name.
    func set(_ name: String, _ value: any Sendable) -> Bool
    func remove(_ name: String)
    var names: [String] { get }
}
