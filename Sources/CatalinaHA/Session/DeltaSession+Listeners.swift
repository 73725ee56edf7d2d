package import CatalinaCore
import JavaSerialization
import Synchronization

/// Who is told what becomes of one session, here and, if it travels, on every node.
extension DeltaSession {
    package func add(_ listener: any SessionListener) {
        let java = (listener as? SingleSignOnListener).flatMap { $0.isReplicated ? $0.java : nil }
        self.protected.withLock { protected in
            guard let java else {
                protected.listeners.append(listener)
                return
            }
            protected.foreign.listeners.append(java)
            protected.record(.init(.listener, "__SET__LISTENER__", java))
        }
    }

    /// Those of this node, and those that came from others.
    private var listeners: [any SessionListener] {
        let (local, foreign) = self.protected.withLock { ($0.listeners, $0.foreign.listeners) }
        guard !foreign.isEmpty else { return local }
        // A listener that two nodes have added is one.
        var signOns: [SingleSignOnListener] = []
        for listener in foreign.compactMap({ SingleSignOnListener($0) }) where !signOns.contains(listener) {
            signOns.append(listener)
        }
        return local + signOns
    }

    /// Tells them that the session has ended.
    func tellEnd(isLocal: Bool) {
        guard let context = self.support.context else { return }
        for listener in self.listeners { listener.sessionEnded(self, in: context, isLocal: isLocal) }
    }

    /// Tells them that it has another id.
    func tellID(from old: String, isLocal: Bool) {
        guard let context = self.support.context else { return }
        for listener in self.listeners { listener.sessionIDChanged(self, from: old, in: context, isLocal: isLocal) }
    }
}
