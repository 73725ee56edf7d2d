import Logging
package import Modeler
package import NIOCore
import Synchronization

/// Names one member of a quiet group its coordinator, without any message.
///
/// When no member came or left for two and a half seconds, the view becomes all members in
/// ``AbsoluteOrder``, and its first one is the coordinator.
/// Isolation: channel loop; the view any thread.
/// Tomcat counterpart: `org.apache.catalina.tribes.group.interceptors.SimpleCoordinator`.
package final class SimpleCoordinator: ConfiguredInterceptor {
    package struct Configuration: InterceptorConfiguration {
        /// Messages with one of these options pass through it; without any, all do.
        package var optionFlag: SendOptions = []

        package init() {}
    }

    package static let descriptor = ComponentDescriptor<SimpleCoordinator>(
        className: "org.apache.catalina.tribes.group.interceptors.SimpleCoordinator",
        kind: .interceptor,
        "Names one member the coordinator of a quiet group",
        defaults: Configuration(),
        attributes: [.optionFlag]
    )

    /// How long the members must stay the same.
    package static let quietTime = TimeAmount.milliseconds(2500)

    package let settings: InterceptorSettings<Configuration>
    private let current = Mutex<(view: [Member], local: Member?)>(([], nil))
    private let timer = LoopConfined<Scheduled<Void>?>(nil)

    package init(configuration: Configuration) {
        self.settings = InterceptorSettings(configuration)
    }

    /// The members of the view in their order, this node included; empty before the first view.
    package var view: [Member] { self.current.withLock { $0.view } }
    package var coordinator: Member? { self.view.first }
    package var isCoordinator: Bool {
        self.current.withLock { $0.local != nil && $0.view.first == $0.local }
    }

    package func start(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        context.start(levels).map { self.waitForQuiet(context) }
    }

    package func stop(_ levels: StartLevels, context: InterceptorContext) -> EventLoopFuture<Void> {
        self.timer[context]?.cancel()
        self.timer[context] = nil
        self.current.withLock { $0 = ([], nil) }
        return context.stop(levels)
    }

    package func memberAdded(_ member: Member, context: InterceptorContext) {
        context.fireMemberAdded(member)
        self.waitForQuiet(context)
    }

    package func memberDisappeared(_ member: Member, context: InterceptorContext) {
        context.fireMemberDisappeared(member)
        self.waitForQuiet(context)
    }

    private func waitForQuiet(_ context: InterceptorContext) {
        self.timer[context]?.cancel()
        self.timer[context] = context.loop.schedule(after: Self.quietTime) { self.install(context) }
    }

    private func install(_ context: InterceptorContext) {
        self.timer[context] = nil
        guard let local = context.localMember else { return }
        let view = AbsoluteOrder.sorted(context.members + [local])
        self.current.withLock { $0 = (view, local) }
        context.logger("group.interceptors.SimpleCoordinator").debug(
            "View changed",
            metadata: ["members": "\(view.map(\.name))"]
        )
    }
}
