import CatalinaCore
import CatalinaSession
import ServletAPI

/// Gives a context what surrounds it: folders, classes, loader, session manager.
enum ContextSetup {
    /// Completes a context that a descriptor or a file name made, before it is added to its host.
    static func prepare(_ context: StandardContext, in host: StandardHost) {
        var setup = context.setup
        let configuration = context.configuration
        let name = ContextName(path: context.path, version: context.webappVersion)
        let appBase = Places.resolve(host.configuration.appBase)
        setup.documentBase = Places.resolve(configuration.docBase ?? name.baseName, in: appBase)
        setup.workDirectory = self.workDirectory(of: context, named: name.baseName, in: host)
        setup.containerClasses = Components.containerClasses
        if setup.makeManager == nil {
            setup.makeManager = { _ in StandardManager.withDefaults() }
        }
        if setup.makeLoader == nil {
            setup.makeLoader = { context in
                ModuleLoader(documentBase: context.setup.documentBase, workDirectory: context.setup.workDirectory)
            }
        }
        context.setup = setup
        if !context.lifecycle.listeners.contains(where: { $0 is ContextConfig }) {
            context.lifecycle.add(ContextConfig())
        }
    }

    private static func workDirectory(
        of context: StandardContext,
        named baseName: String,
        in host: StandardHost
    ) -> String {
        if let own = context.configuration.workDir { return Places.resolve(own) }
        let base = host.configuration.workDir ?? "work/\(host.engine?.name ?? "Catalina")/\(host.name)"
        return Places.resolve(base) + "/" + baseName
    }
}
