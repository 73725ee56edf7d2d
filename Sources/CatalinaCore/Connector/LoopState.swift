import Coyote

/// What the requests of one event loop and connector share.
///
/// Isolation: the event loop.
final class LoopState {
    let mappings = MappingCache()
    private var lanes: [AccessLogLane] = []

    /// The state of a request's event loop; requests of no loop have one of their own.
    static func shared(by request: Coyote.Request) -> LoopState {
        guard let notes = request.loopNotes else { return LoopState() }
        if let state = notes.adapter as? LoopState { return state }
        let state = LoopState()
        notes.adapter = state
        return state
    }

    /// Where requests of this loop are logged for a valve, with the writer that is in force.
    func lane(of source: CurrentAccessLogWriter) -> AccessLogLane {
        for lane in self.lanes where lane.reads(source) {
            lane.refresh()
            return lane
        }
        // A valve that is gone has no writer any more.
        for lane in self.lanes { lane.refresh() }
        self.lanes.removeAll { $0.writer == nil }
        let lane = AccessLogLane(source)
        self.lanes.append(lane)
        return lane
    }
}
