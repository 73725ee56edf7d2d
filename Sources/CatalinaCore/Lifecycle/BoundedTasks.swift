import Glibc

/// Does the same with several things, a few at a time.
package enum BoundedTasks {
    /// Calls `body` for each element and returns when all calls have returned.
    ///
    /// With a limit of 1 the calls are made one after another, in order, in the caller's task. The limit is given as
    /// `startStopThreads` is configured; see ``effective(_:cores:)``.
    package static func forEach<Element: Sendable>(
        _ elements: [Element],
        atMost limit: Int,
        _ body: @escaping @Sendable (Element) async -> Void
    ) async {
        let limit = self.effective(limit, cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        guard limit > 1, elements.count > 1 else {
            for element in elements { await body(element) }
            return
        }
        await withTaskGroup(of: Void.self) { group in
            for (index, element) in elements.enumerated() {
                if index >= limit { await group.next() }
                group.addTask { await body(element) }
            }
        }
    }

    /// How many threads an attribute stands for: itself, or so many less than there are cores; at least one.
    package static func effective(_ configured: Int, cores: Int) -> Int {
        max(1, configured > 0 ? configured : cores + configured)
    }
}
