import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.TreeSet;

/** The Tomcat side of attributes that an application has on all nodes: sets, removes and shows them. */
public class Attributes extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=UTF-8");
        ServletContext context = getServletContext();
        String name = request.getParameter("name");
        switch (String.valueOf(request.getParameter("op"))) {
            case "set": context.setAttribute(name, request.getParameter("value")); break;
            case "number": context.setAttribute(name, Integer.valueOf(request.getParameter("value"))); break;
            case "list": context.setAttribute(name, new java.util.LinkedList<>(Arrays.asList("p", "q"))); break;
            case "basket": context.setAttribute(name, new Sessions.Basket("joe")); break;
            case "remove": context.removeAttribute(name); break;
            default: break;
        }
        for (String key : new TreeSet<>(Collections.list(context.getAttributeNames()))) {
            if (key.contains(".")) continue;
            Object value = context.getAttribute(key);
            response.getWriter().println(key + ": " + value.getClass().getName() + " " + value);
        }
    }
}
