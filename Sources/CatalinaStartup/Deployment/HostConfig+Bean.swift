import CatalinaCore
import Modeler

extension HostConfig {
    static let beanInfo = BeanInfo<HostConfig>(
        type: "Deployer",
        attributes: HostConfig.commonBeanAttributes + [
            .value("unpackWARs", "Whether a WAR is unpacked in appBase") { $0.hostConfiguration.unpackWARs }
                .writable { (deployer: HostConfig, value: Bool) in deployer.updateHost { $0.unpackWARs = value } },
            .value("deployXML", "Whether META-INF/context.xml is read") { $0.hostConfiguration.deployXML }
                .writable { (deployer: HostConfig, value: Bool) in deployer.updateHost { $0.deployXML = value } },
            .value("copyXML", "Whether META-INF/context.xml is copied to xmlBase") { $0.hostConfiguration.copyXML }
                .writable { (deployer: HostConfig, value: Bool) in deployer.updateHost { $0.copyXML = value } },
            .text("contextClass", "Accepted; there is one context class") { $0.hostConfiguration.contextClass },
        ],
        operations: HostConfig.commonBeanOperations
    )
}
