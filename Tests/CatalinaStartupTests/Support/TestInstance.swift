import Glibc
import Modeler
import TestSupport

/// The CATALINA_BASE of this process: a folder without any configuration, the same for every test.
enum TestInstance {
    static let base: FileTree = {
        do {
            let tree = try FileTree("base")
            SystemProperties.shared["catalina.home"] = tree.path
            SystemProperties.shared["catalina.base"] = tree.path
            SystemProperties.shared["java.io.tmpdir"] = try tree.makeDirectory("temp")
            // What lives as long as the process is not released at its end.
            atexit { TestInstance.base.discard() }
            return tree
        } catch {
            preconditionFailure("\(error)")
        }
    }()
}
