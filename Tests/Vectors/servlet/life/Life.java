import jakarta.servlet.*;
import jakarta.servlet.http.*;
import java.io.IOException;

/** Says when the parts of an application begin and end, and fails where the context parameter `fail` says so. */
public class Life extends HttpServlet implements Filter {
    static void say(ServletContext context, String what, boolean isFatal) {
        System.out.println("LIFE " + context.getContextPath() + " " + what);
        if (isFatal && (" " + context.getInitParameter("fail") + " ").contains(" " + what + " ")) throw new IllegalStateException(what);
    }

    public static class Listener implements ServletContextListener {
        public void contextInitialized(ServletContextEvent e) { say(e.getServletContext(), "+" + getClass().getSimpleName(), true); }
        public void contextDestroyed(ServletContextEvent e) { say(e.getServletContext(), "-" + getClass().getSimpleName(), true); }
    }
    public static class L1 extends Listener {}
    public static class L2 extends Listener {}
    public static class L3 extends Listener {}

    private FilterConfig filter;
    public void init(FilterConfig config) { filter = config; say(config.getServletContext(), "+" + config.getFilterName(), true); }
    public void doFilter(ServletRequest q, ServletResponse p, FilterChain c) throws IOException, ServletException { c.doFilter(q, p); }
    public void init() throws ServletException { say(getServletContext(), "+" + getServletName(), true); }
    public void destroy() {
        if (filter != null) say(filter.getServletContext(), "-" + filter.getFilterName(), true);
        else say(getServletContext(), "-" + getServletName(), true);
    }
    protected void doGet(HttpServletRequest q, HttpServletResponse p) { say(getServletContext(), getServletName(), true); }
}
