import ExamplesWebapp
import ServletAPI

/// The module's one exported symbol: the container calls it once, after loading the library.
///
/// It stands apart from the servlets, because one test bundle holds the tests of several modules and cannot hold two
/// symbols of one name.
@c(servlet_module_entry)
public func servletModuleEntry() -> UnsafeMutableRawPointer { Examples.module().retainedForHost() }
