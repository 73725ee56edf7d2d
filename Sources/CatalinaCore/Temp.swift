import Coyote
import NIOCore
package import ServletAPI
extension Http11Protocol { convenience init(configuration: Configuration, adapter: any Adapter, group: any EventLoopGroup) { self.init(configuration: configuration) }; var name: String { "" };  var isBound: Bool { true }; func bind() async throws {}; func start() async throws {}; func pause() {}; func resume() {}; func stop() async {}; func unbind() async {}; var connectionCount: Int { 0 } }
extension Request { package func parts() async throws -> [any Part] { throw ServletError("x") } }
