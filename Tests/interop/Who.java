import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The Tomcat side of single sign-on: says who the client is, and logs it out. */
public class Who extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        response.setContentType("text/plain;charset=UTF-8");
        switch (String.valueOf(request.getParameter("op"))) {
            case "logout": request.logout(); break;
            case "invalidate": request.getSession().invalidate(); break;
            case "idle": request.getSession().setMaxInactiveInterval(1); break;
            default: break;
        }
        response.getWriter().println(request.getRemoteUser() + " " + request.getAuthType());
    }
}
