import CatalinaCore
import CatalinaSession
import ServletAPI

/// Gives a context what surrounds it: classes, loader, session manager.
enum ContextSetup {
    /// Completes a context that a descriptor or a file name made, before it is added to its host.
    static func prepare(_ context: StandardContext, in host: StandardHost) {
        var setup = context.setup
        setup.containerClasses = Components.containerClasses
        if setup.makeManager == nil {
            setup.makeManager = { context in
                guard context.isDistributable, let cluster = context.cluster,
                    let manager = cluster.createManager(for: context)
                else { return StandardManager.withDefaults() }
                return manager
            }
        }
        if setup.makeLoader == nil {
            setup.makeLoader = { _ in WebappLoader() }
        }
        context.setup = setup
        if !context.lifecycle.listeners.contains(where: { $0 is ContextConfig }) {
            context.lifecycle.add(ContextConfig())
        }
    }
}
