import Glibc
import Logging
package import Modeler
package import ServletAPI
import Synchronization

/// Opens the modules of one application: the shared libraries in its `WEB-INF/lib`.
///
/// Each load copies the libraries into a folder of its own below the work directory and opens the copies, so that
/// the originals may be replaced at any time and two versions of a module live side by side; what was opened is
/// never closed, because Swift's metadata cannot be unloaded.
/// Rules: a file `*.so` that exports ``entrySymbol`` is a module. One that does not is allowed if a module, or an
/// allowed library, names it as needed (`DT_NEEDED`); it is then opened first. `libServletAPI.so` is ignored, the
/// server has its own. The dynamic linker knows a needed library by its name alone: two applications that bring
/// different libraries of one name both get the first, so libraries are better linked into the module.
/// Isolation: any thread; ``load(documentBase:workDirectory:)`` blocks.
/// Tomcat counterpart: `org.apache.catalina.loader.WebappLoader`.
package final class WebappLoader: Loader, ConfigurableComponent {
    /// Attributes of `<Loader>`: how modules are opened has no alternatives, so that none of them does anything.
    package struct Configuration: Sendable {
        /// Accepted; modules keep their libraries to themselves.
        package var delegate = false
        /// Accepted; the Context's attribute counts.
        package var reloadable = false
        /// Accepted; there is one loader.
        package var loaderClass: String?

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<WebappLoader>(
        className: "org.apache.catalina.loader.WebappLoader",
        kind: .loader,
        "Opens the application's modules",
        defaults: Configuration(),
        attributes: [
            Attribute("delegate", \.delegate, "Accepted; modules keep their libraries to themselves"),
            Attribute("reloadable", \.reloadable, "Accepted; the Context's attribute counts"),
            Attribute("loaderClass", \.loaderClass, "Accepted; there is one loader"),
        ]
    )

    /// The C function that a module exports.
    package static let entrySymbol = "servlet_module_entry"
    /// The version of ServletAPI that modules must have been built for.
    package static var apiVersion: Int { ServletModule.apiVersion }

    private static let ignored = "libServletAPI.so"
    private static let loads = Atomic(0)

    private struct Protected {
        /// The folder of the libraries that were opened last.
        var libraries: String?
        var modules: [ServletModule] = []
        var snapshot: [String: FileStatus] = [:]
        var imageFolder: String?
    }

    package let configuration: Configuration
    private let protected = Mutex(Protected())
    private let logger = Logger(label: WebappLoader.descriptor.className)

    package init(configuration: Configuration = Configuration()) { self.configuration = configuration }

    package var moduleNames: [String] { self.modules.map(\.name) }

    package var imageFolder: String? { self.protected.withLock { $0.imageFolder } }

    private var modules: [ServletModule] { self.protected.withLock { $0.modules } }

    /// The names of all classes that the modules offer.
    package var classNames: (servlets: [String], filters: [String], listeners: [String]) {
        let modules = self.modules
        return (
            modules.flatMap(\.servlets.keys), modules.flatMap(\.filters.keys), modules.flatMap(\.listeners.keys)
        )
    }

    package func servlet(_ className: String) -> (@Sendable () throws -> any Servlet)? {
        self.modules.lazy.compactMap { $0.servlets[className] }.first
    }

    package func filter(_ className: String) -> (@Sendable () throws -> any Filter)? {
        self.modules.lazy.compactMap { $0.filters[className] }.first
    }

    package func listener(_ className: String) -> (@Sendable () throws -> any EventListener)? {
        self.modules.lazy.compactMap { $0.listeners[className] }.first
    }

    /// Whether a library was added, removed or changed since the modules were opened, and none was written after a
    /// moment.
    package func isModified(settledBefore limit: Int64) -> Bool {
        guard let libraries = self.protected.withLock({ $0.libraries }) else { return false }
        let now = Self.snapshot(of: libraries)
        guard self.protected.withLock({ $0.snapshot != now }) else { return false }
        return now.values.allSatisfy { $0.lastModified < limit }
    }

    /// Opens every module.
    ///
    /// - Throws: ``ModuleError`` with what is wrong with each library; none of its code has run unless all libraries
    ///   could be opened.
    package func load(documentBase: String, workDirectory: String) throws {
        let libraries = documentBase + "/WEB-INF/lib"
        let snapshot = Self.snapshot(of: libraries)
        self.protected.withLock { $0 = Protected(libraries: libraries, snapshot: snapshot) }
        let copies = workDirectory + "/modules"
        self.removeOldCopies(in: copies)
        let names = snapshot.keys.sorted()
        guard !names.isEmpty else { return }
        let plan = try self.plan(names, in: libraries)
        let folder = try self.copy(names, from: libraries, to: copies)
        let modules = try self.open(plan, in: folder)
        self.protected.withLock { protected in
            protected.modules = modules
            protected.imageFolder = folder
        }
    }

    private static func snapshot(of libraries: String) -> [String: FileStatus] {
        var snapshot: [String: FileStatus] = [:]
        for name in FileIO.names(in: libraries) ?? [] where name.hasSuffix(".so") && name != self.ignored {
            snapshot[name] = FileStatus(libraries + "/" + name)
        }
        return snapshot
    }

    // MARK: Plan

    /// The order in which libraries are opened, and which of them are modules.
    struct Plan: Equatable {
        var dependencies: [String] = []
        var modules: [String] = []
    }

    private func plan(_ names: [String], in libraries: String) throws -> Plan {
        var facts: [String: SharedLibraryFacts] = [:]
        var problems: [ModuleError.Problem] = []
        for name in names {
            do {
                let prefixes = [Self.entrySymbol, ServletModule.stampPrefix]
                facts[name] = try FileIO.withMappedFile(libraries + "/" + name) { bytes in
                    SharedLibraryFacts(bytes, symbolsWithPrefix: prefixes)
                }
                if facts[name] == nil { problems.append(.init(library: name, reason: .notALibrary)) }
            } catch {
                problems.append(.init(library: name, reason: .unreadable(String(describing: error))))
            }
        }
        guard problems.isEmpty else { throw ModuleError(problems: problems) }
        return try Self.plan(facts)
    }

    /// Sorts libraries into modules and what they need.
    ///
    /// - Throws: ``ModuleError`` for those that are neither, or built for another version of ServletAPI.
    static func plan(_ facts: [String: SharedLibraryFacts]) throws(ModuleError) -> Plan {
        var plan = Plan()
        var problems: [ModuleError.Problem] = []
        for (name, library) in facts.sorted(by: { $0.key < $1.key }) {
            if library.isCutShort {
                let reason = ModuleError.Reason.cutShort(announced: library.announcedLength, found: library.length)
                problems.append(.init(library: name, reason: reason))
            }
            if let version = self.otherVersion(library) {
                problems.append(.init(library: name, reason: .otherVersion(version)))
            }
            if library.defined.contains(self.entrySymbol) { plan.modules.append(name) }
        }
        var byName: [String: String] = [:]
        for (name, library) in facts {
            byName[name] = name
            if let soname = library.soname { byName[soname] = name }
        }
        plan.dependencies = self.needed(by: plan.modules, facts, byName)
        let known = Set(plan.modules + plan.dependencies)
        for name in facts.keys.sorted() where !known.contains(name) && facts[name]?.isCutShort == false {
            problems.append(.init(library: name, reason: .noEntry))
        }
        guard problems.isEmpty else { throw ModuleError(problems: problems) }
        return plan
    }

    /// The version of ServletAPI that a library expects, if it is another than the server's.
    private static func otherVersion(_ library: SharedLibraryFacts) -> Int? {
        library.undefined.lazy.filter { $0.hasPrefix(ServletModule.stampPrefix) }
            .compactMap { Int($0.dropFirst(ServletModule.stampPrefix.count)) }
            .first { $0 != self.apiVersion }
    }

    /// The libraries that others need, each behind those it needs itself.
    private static func needed(
        by modules: [String],
        _ facts: [String: SharedLibraryFacts],
        _ byName: [String: String]
    ) -> [String] {
        var order: [String] = []
        var seen = Set(modules)
        func visit(_ library: String) {
            for needed in facts[library]?.needed.compactMap({ byName[$0] }) ?? [] where seen.insert(needed).inserted {
                visit(needed)
                order.append(needed)
            }
        }
        for module in modules { visit(module) }
        return order
    }

    // MARK: Copies

    /// Copies the libraries into a new folder and returns its path.
    private func copy(_ names: [String], from libraries: String, to copies: String) throws -> String {
        let number = Self.loads.add(1, ordering: .relaxed).newValue
        let folder = "\(copies)/\(ProcessFacts.processID)-\(number)"
        do throws(FileError) {
            try FileIO.makeDirectories(folder)
            for name in names { try FileIO.copy(libraries + "/" + name, to: folder + "/" + name) }
        } catch {
            throw ModuleError(problems: [.init(library: error.path, reason: .unreadable(error.description))])
        }
        return folder
    }

    /// Removes what earlier processes have left; copies of this one may be open.
    private func removeOldCopies(in copies: String) {
        for folder in FileIO.names(in: copies) ?? [] where !folder.hasPrefix("\(ProcessFacts.processID)-") {
            do {
                try FileIO.removeTree("\(copies)/\(folder)")
            } catch {
                let metadata: Logger.Metadata = ["error": "\(error)"]
                self.logger.warning(
                    "Copies of modules that an earlier process left could not be removed",
                    metadata: metadata
                )
            }
        }
    }

    // MARK: Opening

    private func open(_ plan: Plan, in folder: String) throws -> [ServletModule] {
        var problems: [ModuleError.Problem] = []
        var handles: [(library: String, handle: UnsafeMutableRawPointer)] = []
        for name in plan.dependencies + plan.modules {
            if let handle = dlopen("\(folder)/\(name)", RTLD_NOW | RTLD_LOCAL) {
                if plan.modules.contains(name) { handles.append((library: name, handle: handle)) }
            } else {
                let text = dlerror().map { String(cString: $0) } ?? "unknown error"
                problems.append(.init(library: name, reason: .refused(text)))
            }
        }
        guard problems.isEmpty else { throw ModuleError(problems: problems) }
        return try handles.map { library, handle in
            guard let symbol = dlsym(handle, Self.entrySymbol) else {
                throw ModuleError(problems: [.init(library: library, reason: .noEntry)])
            }
            // SAFETY: the symbol's name is a contract; its one meaning is this C signature.
            let entry = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafeMutableRawPointer?).self)
            guard let module = entry() else {
                throw ModuleError(problems: [.init(library: library, reason: .noModule)])
            }
            return ServletModule.adopted(module)
        }
    }
}
