import CatalinaStartup
import Glibc

exit(await Catalina.run(Array(CommandLine.arguments.dropFirst())))
