/// How many messages of each kind went out and came in.
struct MessageCounts {
    var sent: [SessionMessage.Event: Int] = [:]
    var received: [SessionMessage.Event: Int] = [:]
    /// Sessions that another one with the same id took the place of.
    var replaced = 0
    /// State transfers that ended without state.
    var noStateTransferred = 0
    /// Messages about sessions that had ended, or that were known already.
    var ignored = 0
}
