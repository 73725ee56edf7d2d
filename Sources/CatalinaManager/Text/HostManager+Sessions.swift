import CatalinaCore
import Modeler
import ServletAPI

extension HostManager {
    /// How long the sessions of an application have been idle; ends those idle for `idle` minutes or more.
    ///
    /// `idle` is `nil` or a negative number ends none.
    func sessions(_ name: ContextName?, expiringAfter idle: Int? = nil) -> Lines {
        let (checked, refusal) = Self.checked(name)
        guard let name = checked else { return refusal }
        guard let context = self.host.child(named: name.name) as? StandardContext else {
            return [ManagerText.Failure.noContext(name.displayName).line]
        }
        let idle = idle ?? -1
        var histogram = SessionHistogram(timeoutMinutes: context.model.session.timeoutMinutes)
        var expired = 0
        let now = WallClock.milliseconds()
        for session in context.manager?.sessions ?? [] {
            let seconds = Int(max(0, now - session.lastAccessedTimeInternal) / 1000)
            if idle >= 0, seconds / 60 >= idle {
                session.expire()
                expired += 1
            }
            histogram.add(idleSeconds: session.maxInactiveInterval > 0 ? seconds : -1)
        }
        let last = idle >= 0 ? ["Inactive for [>\(idle)] minutes: [\(expired)] sessions were expired"] : []
        return [ManagerText.sessions(name.displayName)] + histogram.lines + last
    }
}
