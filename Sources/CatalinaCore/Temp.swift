import Coyote
import NIOCore
package import ServletAPI
package struct CookieProcessor: Sendable { package init() {}
  func parse(_ h: MimeHeaders, limit: Int) -> [Cookie] { [] }
  func generate(_ c: Cookie) throws -> String { c.name + "=" + c.value + "; Path=/; HttpOnly" } }
enum HTTPDate { static func milliseconds(_ s: String) -> Int64? { nil }; static func format(milliseconds: Int64) -> String { "" } }
struct RequestParameters { enum Failure: String { case postTooLarge, clientDisconnect, requestBodyIncomplete, unknown }
  var parameters = Parameters(); var failure: Failure?; init(limit: Int) {}
  mutating func add(_ s: String, charset: Charset) {}
  mutating func add(bytes: ByteBufferView, charset: Charset) {}
  mutating func append(_ n: String, _ v: String) {}
  mutating func fail(_ f: Failure) {} }
struct ContextName { let name: String; init(path: String, version: String) { name = path + (version.isEmpty ? "" : "##" + version) } }
extension Http11Protocol { var name: String { "" }; var adapter: (any Adapter)? { get { nil } set { } }; var isBound: Bool { true }; func bind() async throws {}; func start() async throws {}; func pause() async {}; func resume() async throws {}; func stop() async {}; func unbind() async {}; var connectionCount: Int { 0 } }
extension Request { package func parts() async throws -> [any Part] { throw ServletError("x") } }
extension RequestPath { package static func dispatchPath(_ raw: String, isEncoded: Bool) -> String? { raw }; static func resolveDots(_ p: String) -> String { p } }
extension FileIO { static func makeDirectories(_ p: String) throws {} }
