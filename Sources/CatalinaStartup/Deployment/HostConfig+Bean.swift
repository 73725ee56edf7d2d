import CatalinaCore
import Modeler

extension HostConfig {
    static let beanInfo = BeanInfo<HostConfig>(
        type: "Deployer",
        attributes: HostConfig.commonBeanAttributes + [
            .value("unpackWARs", "Whether a WAR is unpacked in appBase") { $0.hostConfiguration.unpackWARs },
            .value("deployXML", "Whether META-INF/context.xml is read") { $0.hostConfiguration.deployXML },
            .value("copyXML", "Whether META-INF/context.xml is copied to xmlBase") { $0.hostConfiguration.copyXML },
            .text("contextClass", "Accepted; there is one context class") { $0.hostConfiguration.contextClass },
        ],
        operations: HostConfig.commonBeanOperations
    )
}
