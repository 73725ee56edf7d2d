import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.TreeSet;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.Session;
import org.apache.catalina.ha.session.DeltaSession;

/**
 * Shows which sessions of an application a Tomcat node holds, through the manager's bean: an application may not ask its
 * manager. The query is that application's path.
 */
public class Held extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=UTF-8");
        PrintWriter out = response.getWriter();
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName all = new ObjectName("Catalina:type=Manager,context=" + request.getQueryString() + ",*");
            for (ObjectName name : beans.queryNames(all, null)) {
                for (Session session : (Session[]) beans.invoke(name, "findSessions", null, null)) {
                    DeltaSession delta = (DeltaSession) session;
                    StringBuilder line = new StringBuilder(delta.getIdInternal());
                    line.append(delta.isPrimarySession() ? " primary" : " backup");
                    for (String key : new TreeSet<>(Collections.list(delta.getAttributeNames()))) {
                        line.append(' ').append(key).append('=').append(delta.getAttribute(key));
                    }
                    out.println(line);
                }
            }
        } catch (Exception error) {
            throw new IOException(error);
        }
    }
}
