import jakarta.servlet.*;
import jakarta.servlet.annotation.*;
import jakarta.servlet.http.*;
import java.io.IOException;
import java.util.*;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An application whose servlets do what the request's header fields say, and write down what they see.
 *
 * The program of servlet N stands in field X-N, of an asynchronous dispatch in X-N-again: steps separated by `;`, each a word and what it needs. `/trace` answers
 * with what was written down since the last time, a line an entry.
 */
@WebListener
public class Probe extends HttpServlet implements Filter, ServletRequestListener, ServletRequestAttributeListener,
    ServletContextAttributeListener, HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener {
    static final List<String> trace = new CopyOnWriteArrayList<>();
    static final String[] PARTS = {"request_uri", "context_path", "servlet_path", "path_info", "query_string", "mapping"};
    static final String[] ERRORS =
        {"status_code", "exception_type", "message", "exception", "request_uri", "servlet_name"};

    public void init(FilterConfig config) {}

    public void destroy() {}

    static void add(String entry) { trace.add(entry); }

    protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        if (getServletName().equals("Trace")) {
            for (String entry : trace) response.getOutputStream().write((entry + "\n").getBytes("ISO-8859-1"));
            trace.clear();
            return;
        }
        run(getServletName(), request, response, null);
    }

    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        if (http.getHeader("X-F") == null) {
            chain.doFilter(request, response);
            return;
        }
        run("F", http, (HttpServletResponse) response, chain);
    }

    static void run(String name, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
        boolean isAgain = request.getDispatcherType() == DispatcherType.ASYNC;
        String program = request.getHeader("X-" + name + (isAgain ? "-again" : ""));
        if (program == null) return;
        for (String step : program.split(";")) {
            step = step.trim();
            boolean isTried = step.startsWith("?");
            if (isTried) step = step.substring(1);
            try {
                step(name, step.split(" ", 3), request, response, chain);
            } catch (IOException | ServletException | RuntimeException e) {
                if (!isTried) throw e;
                add(name + " caught " + e.getClass().getName());
            }
        }
    }

    static void step(String name, String[] words, HttpServletRequest request, HttpServletResponse response,
        FilterChain chain) throws IOException, ServletException {
        String first = words.length > 1 ? words[1] : null;
        String second = words.length > 2 ? words[2] : null;
        switch (words[0]) {
            case "see": see(name, request); break;
            case "path":
                add(name + " " + request.getDispatcherType() + " " + request.getRequestURI() + " "
                    + request.getServletPath() + " " + request.getPathInfo() + " " + request.getQueryString());
                break;
            case "names": {
                List<String> names = new ArrayList<>(Collections.list(request.getAttributeNames()));
                names.removeIf(n -> !n.startsWith("jakarta.servlet.") && !n.startsWith("x."));
                Collections.sort(names);
                add(name + " names " + names);
                break;
            }
            case "state":
                add(name + " state " + response.getStatus() + " " + response.isCommitted() + " "
                    + response.getContentType() + " " + response.getCharacterEncoding() + " "
                    + response.getBufferSize() + " " + response.getLocale().toLanguageTag().equals("en"));
                break;
            case "param": add(name + " " + first + "=" + Arrays.toString(request.getParameterValues(first))); break;
            case "get": add(name + " " + first + "=" + request.getAttribute(first)); break;
            case "set": request.setAttribute(first, second); break;
            case "remove": request.removeAttribute(first); break;
            case "charset": request.setCharacterEncoding(first); break;
            case "int": add(name + " int " + request.getIntHeader(first)); break;
            case "date": add(name + " date " + request.getDateHeader(first)); break;
            case "locales": {
                List<String> tags = new ArrayList<>();
                for (Locale locale : Collections.list(request.getLocales())) tags.add(locale.toLanguageTag());
                add(name + " locales " + tags);
                break;
            }
            case "cookies": {
                List<String> texts = new ArrayList<>();
                if (request.getCookies() != null)
                    for (Cookie c : request.getCookies()) texts.add(c.getName() + "=" + c.getValue());
                add(name + " cookies " + texts);
                break;
            }
            case "cookie": cookie(name, words, response); break;
            case "write": response.getWriter().write(first == null ? "" : second == null ? first : first + " " + second); break;
            case "stream": response.getOutputStream().write(first.getBytes("ISO-8859-1")); break;
            case "flush": response.flushBuffer(); break;
            case "reset": response.reset(); break;
            case "resetBuffer": response.resetBuffer(); break;
            case "buffer": response.setBufferSize(Integer.parseInt(first)); break;
            case "status": response.setStatus(Integer.parseInt(first)); break;
            case "header": response.setHeader(first, second); break;
            case "addHeader": response.addHeader(first, second); break;
            case "type": response.setContentType(first == null ? null : first.replace("%3B", ";")); break;
            case "encoding": response.setCharacterEncoding(first); break;
            case "length": response.setContentLength(Integer.parseInt(first)); break;
            case "locale": response.setLocale(Locale.forLanguageTag(first)); break;
            case "error": if (second == null) response.sendError(Integer.parseInt(first)); else response.sendError(Integer.parseInt(first), second); break;
            case "redirect": response.sendRedirect(first); break;
            case "forward": request.getRequestDispatcher(first).forward(request, response); break;
            case "include": request.getRequestDispatcher(first).include(request, response); break;
            case "forwardNamed": request.getServletContext().getNamedDispatcher(first).forward(request, response); break;
            case "includeNamed": request.getServletContext().getNamedDispatcher(first).include(request, response); break;
            case "chain": chain.doFilter(request, response); break;
            case "async": request.startAsync().addListener(new Ears(first)); break;
            case "timeout": request.getAsyncContext().setTimeout(Long.parseLong(first)); break;
            case "complete": request.getAsyncContext().complete(); break;
            case "dispatch": if (first == null) request.getAsyncContext().dispatch(); else request.getAsyncContext().dispatch(first); break;
            case "isAsync": add(name + " async " + request.isAsyncStarted() + " " + request.isAsyncSupported()); break;
            case "session": if (request.getSession() == null) add(name + " no session"); break;
            case "noSession": add(name + " session " + (request.getSession(false) != null)); break;
            case "sset": request.getSession().setAttribute(first, second); break;
            case "sbind": request.getSession().setAttribute(first, new Bound(second)); break;
            case "sget": add(name + " " + first + "=" + request.getSession().getAttribute(first)); break;
            case "sremove": request.getSession().removeAttribute(first); break;
            case "snames": {
                List<String> names = new ArrayList<>(Collections.list(request.getSession().getAttributeNames()));
                Collections.sort(names);
                add(name + " snames " + names);
                break;
            }
            case "snew": add(name + " new " + request.getSession().isNew()); break;
            case "sinvalidate": request.getSession().invalidate(); break;
            case "sinterval": request.getSession().setMaxInactiveInterval(Integer.parseInt(first)); break;
            case "sshow": add(name + " interval " + request.getSession().getMaxInactiveInterval()); break;
            case "keep": kept = request.getSession(); break;
            case "kept": kept(name, first); break;
            case "changeId": {
                String old = request.getSession(false) == null ? null : request.getSession().getId();
                add(name + " changed " + !request.changeSessionId().equals(old));
                break;
            }
            case "sid":
                add(name + " sid " + (request.getRequestedSessionId() != null) + " "
                    + request.isRequestedSessionIdValid() + " " + request.isRequestedSessionIdFromCookie() + " "
                    + request.isRequestedSessionIdFromURL());
                break;
            case "encode": add(name + " " + response.encodeURL(first).replaceAll("[0-9A-F]{32}", "ID")); break;
            case "cset": request.getServletContext().setAttribute(first, second); break;
            case "cremove": request.getServletContext().removeAttribute(first); break;
            case "cget": add(name + " " + first + "=" + request.getServletContext().getAttribute(first)); break;
            case "dispatcher": add(name + " " + first + " " + (request.getServletContext().getRequestDispatcher(first) != null)); break;
            case "relative": add(name + " " + first + " " + (request.getRequestDispatcher(first) != null)); break;
            case "named": add(name + " " + first + " " + (request.getServletContext().getNamedDispatcher(first) != null)); break;
            case "mime": add(name + " " + first + " " + request.getServletContext().getMimeType(first)); break;
            case "paths": {
                Set<String> found = request.getServletContext().getResourcePaths(first);
                add(name + " " + first + " " + (found == null ? null : new TreeSet<>(found)));
                break;
            }
            case "resource": {
                java.io.InputStream in = request.getServletContext().getResourceAsStream(first);
                add(name + " " + first + " " + (in == null ? null : new String(in.readAllBytes()).trim()));
                break;
            }
            case "real": {
                String real = request.getServletContext().getRealPath(first);
                String root = request.getServletContext().getRealPath("/");
                add(name + " " + first + " " + (real == null ? null : real.replace(root, "ROOT/")));
                break;
            }
            case "params": {
                StringBuilder text = new StringBuilder(name + " params");
                for (Map.Entry<String, String[]> entry : new TreeMap<>(request.getParameterMap()).entrySet())
                    text.append(" ").append(entry.getKey()).append("=").append(Arrays.toString(entry.getValue()));
                add(text.toString());
                break;
            }
            case "failed":
                add(name + " failed " + request.getAttribute("org.apache.catalina.parameter_parse_failed") + " "
                    + request.getAttribute("org.apache.catalina.parameter_parse_failed_reason"));
                break;
            case "parts":
                for (Part part : request.getParts()) {
                    add(name + " part " + part.getName() + " " + part.getSubmittedFileName() + " " + part.getContentType()
                        + " " + part.getSize() + " " + new TreeSet<>(part.getHeaderNames()) + " "
                        + new String(part.getInputStream().readAllBytes(), "ISO-8859-1"));
                }
                break;
            case "part": add(name + " part " + first + " " + (request.getPart(first) != null)); break;
            case "body": add(name + " body " + new String(request.getInputStream().readAllBytes(), "ISO-8859-1").replace("\r\n", "~")); break;
            case "reader": {
                StringBuilder text = new StringBuilder();
                for (int c; (c = request.getReader().read()) >= 0;) text.append((char) c);
                add(name + " reader " + text.chars().filter(c -> c > 255).count() + " " + text);
                break;
            }
            case "encodingOf": add(name + " encoding " + request.getCharacterEncoding()); break;
            case "lengths": add(name + " lengths " + request.getContentLengthLong() + " " + request.getContentType()); break;
            case "throw": fail(first, second);
            default: throw new IllegalArgumentException("No step " + words[0]);
        }
    }

    static HttpSession kept;

    /** Uses a session that may have ended. */
    static void kept(String name, String what) {
        switch (what) {
            case "get": add(name + " " + kept.getAttribute("x")); break;
            case "set": kept.setAttribute("x", "y"); break;
            case "names": kept.getAttributeNames(); break;
            case "remove": kept.removeAttribute("x"); break;
            case "id": add(name + " id " + kept.getId().length()); break;
            case "new": add(name + " new " + kept.isNew()); break;
            case "created": kept.getCreationTime(); break;
            case "accessed": kept.getLastAccessedTime(); break;
            case "interval": add(name + " interval " + kept.getMaxInactiveInterval()); break;
            case "invalidate": kept.invalidate(); break;
            default: throw new IllegalArgumentException(what);
        }
    }

    static class Bound implements HttpSessionBindingListener {
        final String text;

        Bound(String text) { this.text = text; }

        public void valueBound(HttpSessionBindingEvent event) { add("bound " + event.getName() + "=" + text); }

        public void valueUnbound(HttpSessionBindingEvent event) { add("unbound " + event.getName() + "=" + text); }

        public String toString() { return text; }
    }

    public void sessionCreated(HttpSessionEvent event) { add("sessionCreated"); }

    public void sessionDestroyed(HttpSessionEvent event) {
        add("sessionDestroyed x=" + event.getSession().getAttribute("x"));
    }

    public void sessionIdChanged(HttpSessionEvent event, String old) {
        add("sessionIdChanged " + !event.getSession().getId().equals(old));
    }

    public void attributeAdded(HttpSessionBindingEvent event) { add("session added " + event.getName() + "=" + event.getValue()); }

    public void attributeRemoved(HttpSessionBindingEvent event) { add("session removed " + event.getName() + "=" + event.getValue()); }

    public void attributeReplaced(HttpSessionBindingEvent event) { add("session replaced " + event.getName() + "=" + event.getValue()); }

    public void attributeAdded(ServletContextAttributeEvent event) {
        if (event.getName().startsWith("x")) add("context added " + event.getName() + "=" + event.getValue());
    }

    public void attributeRemoved(ServletContextAttributeEvent event) {
        if (event.getName().startsWith("x")) add("context removed " + event.getName() + "=" + event.getValue());
    }

    public void attributeReplaced(ServletContextAttributeEvent event) {
        if (event.getName().startsWith("x")) add("context replaced " + event.getName() + "=" + event.getValue());
    }

    static void fail(String kind, String message) throws IOException, ServletException {
        switch (kind) {
            case "state": throw new IllegalStateException(message);
            case "argument": throw new IllegalArgumentException(message);
            case "servlet": throw new ServletException(message);
            case "root": throw new ServletException(message, new IllegalStateException("cause"));
            case "other": throw new ServletException(message, new IllegalArgumentException("cause"));
            case "unavailable": throw new UnavailableException(message, 60);
            case "io": throw new IOException(message);
            default: throw new RuntimeException(message);
        }
    }

    static void cookie(String name, String[] words, HttpServletResponse response) {
        Cookie cookie = new Cookie(words[1], "v");
        if (words.length > 2) {
            for (String attribute : words[2].split(" ")) {
                String[] parts = attribute.split("=", 2);
                switch (parts[0]) {
                    case "domain": cookie.setDomain(parts[1]); break;
                    case "path": cookie.setPath(parts[1]); break;
                    case "maxAge": cookie.setMaxAge(Integer.parseInt(parts[1])); break;
                    case "secure": cookie.setSecure(parts[1].equals("true")); break;
                    case "httpOnly": cookie.setHttpOnly(parts[1].equals("true")); break;
                    default: cookie.setAttribute(parts[0], parts[1].equals("null") ? null : parts[1]);
                }
            }
        }
        add(name + " cookie " + cookie.getDomain() + " " + cookie.getPath() + " " + cookie.getMaxAge() + " "
            + cookie.getSecure() + " " + cookie.isHttpOnly());
        response.addCookie(cookie);
    }

    static void see(String name, HttpServletRequest request) {
        StringBuilder text = new StringBuilder(name + " " + request.getDispatcherType() + " " + request.getRequestURI()
            + " [" + request.getContextPath() + "] [" + request.getServletPath() + "] " + request.getPathInfo() + " "
            + request.getQueryString() + " " + show(request.getHttpServletMapping()));
        for (String kind : new String[] {"forward", "include", "async"})
            for (String part : PARTS) see(text, "jakarta.servlet." + kind + "." + part, request);
        for (String part : ERRORS) see(text, "jakarta.servlet.error." + part, request);
        add(text.toString());
    }

    static void see(StringBuilder text, String name, HttpServletRequest request) {
        Object value = request.getAttribute(name);
        if (value != null) text.append(" ").append(name.substring("jakarta.servlet.".length())).append("=").append(show(value));
    }

    static String show(Object value) {
        if (value instanceof HttpServletMapping m)
            return m.getServletName() + "|" + m.getPattern() + "|" + m.getMappingMatch() + "|" + m.getMatchValue();
        if (value instanceof Class<?> c) return c.getName();
        if (value instanceof Throwable t) return t.getClass().getName() + ":" + t.getMessage();
        return String.valueOf(value);
    }

    static boolean isHeard(ServletRequest request) { return ((HttpServletRequest) request).getHeader("X-L") != null; }

    public void requestInitialized(ServletRequestEvent event) {
        HttpServletRequest request = (HttpServletRequest) event.getServletRequest();
        if (!isHeard(request)) return;
        add("+request " + request.getServletPath());
        if (request.getHeader("X-L").equals("throws")) throw new IllegalStateException("listener");
    }

    public void requestDestroyed(ServletRequestEvent event) {
        HttpServletRequest request = (HttpServletRequest) event.getServletRequest();
        if (!isHeard(request)) return;
        add("-request " + request.getServletPath());
        if (request.getHeader("X-L").equals("throwsLater")) throw new IllegalStateException("listener");
    }

    void heard(String kind, ServletRequestAttributeEvent event) {
        HttpServletRequest request = (HttpServletRequest) event.getServletRequest();
        if (isHeard(request) && event.getName().startsWith("x.")) add(kind + " " + event.getName() + "=" + event.getValue());
    }

    public void attributeAdded(ServletRequestAttributeEvent event) { heard("added", event); }

    public void attributeRemoved(ServletRequestAttributeEvent event) { heard("removed", event); }

    public void attributeReplaced(ServletRequestAttributeEvent event) { heard("replaced", event); }

    static class Ears implements AsyncListener {
        final String deed;

        Ears(String deed) { this.deed = deed; }

        void act(AsyncEvent event) {
            if (deed == null) return;
            if (deed.equals("complete")) event.getAsyncContext().complete();
            else event.getAsyncContext().dispatch(deed);
        }

        public void onComplete(AsyncEvent event) { add("onComplete"); }

        public void onTimeout(AsyncEvent event) { add("onTimeout"); act(event); }

        public void onError(AsyncEvent event) { add("onError " + event.getThrowable().getClass().getName()); act(event); }

        public void onStartAsync(AsyncEvent event) { add("onStartAsync"); }
    }
}
