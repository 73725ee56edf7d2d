/// Hears what becomes of one session.
///
/// Isolation: any thread; called when the session's manager has done what it had to do.
/// Source: `org.apache.catalina.SessionListener`; differs from it in: hears of the end and of new ids alone.
package protocol SessionListener: Sendable {
    /// The session has ended.
    ///
    /// `isLocal` is false of one whose end another node has told, or that is only let go here.
    func sessionEnded(_ session: any Session, in context: StandardContext, isLocal: Bool)
    /// The session has another id; `isLocal` is false if another node has said so.
    func sessionIDChanged(_ session: any Session, from old: String, in context: StandardContext, isLocal: Bool)
}
