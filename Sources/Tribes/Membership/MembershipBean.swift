package import Modeler

/// A membership service that the management shows.
package protocol ShownMembershipService: MembershipService, ConfigurableComponent {}

extension McastService: ShownMembershipService {}
extension StaticMembershipService: ShownMembershipService {}
extension CloudMembershipService: ShownMembershipService {}

extension ShownMembershipService {
    func registeredBean(as name: ObjectName, in channel: GroupChannel) -> RegisteredBean {
        RegisteredBean(MembershipBean(service: self, channel: channel), as: name)
    }
}

/// What is shown of a membership service: its attributes, and the members that it found.
struct MembershipBean<Service: ShownMembershipService>: ManagedBean {
    let service: Service
    /// The channel keeps a copy of the members, since the service may be asked on its loop alone.
    let channel: GroupChannel

    static var beanInfo: BeanInfo<MembershipBean> {
        BeanInfo(
            type: "Membership",
            className: Service.descriptor.className,
            attributes: Service.descriptor.javaAttributes { (bean: MembershipBean) in bean.service } + [
                .list("MembersByName", "The members that were found") { $0.names },
                .text("LocalMemberName", "This node") { $0.channel.localMember?.name },
                .list("Properties", "The attributes as name=value") { $0.properties },
            ],
            operations: [
                ManagedOperation("hasMembers", "Whether a member was found") { bean, _ in !bean.names.isEmpty },
                ManagedOperation("findMemberByName", takes: ["name"], "The member of this name") { bean, arguments in
                    bean.names.first { $0 == arguments[0] }
                },
            ]
        )
    }

    private var names: [String] { self.channel.foundMembers.map(\.name) }

    private var properties: [String] {
        Service.descriptor.attributes.map { "\($0.info.name)=\($0.read(self.service.configuration).text)" }
    }
}
