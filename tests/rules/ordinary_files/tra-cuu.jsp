<%@ page contentType="text/html; charset=UTF-8" import="java.sql.*, java.util.*" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%
    String code = request.getParameter("ma");
    String sent = request.getHeader("X-Requested-With");
    List<String> found = new ArrayList<>();
    try (PreparedStatement s = connection.prepareStatement("SELECT ten FROM ho_so WHERE ma = ?")) {
        s.setString(1, code);
        ResultSet rows = s.executeQuery();
        while (rows.next()) { found.add(rows.getString(1)); }
    }
    java.io.FileWriter log = new java.io.FileWriter(application.getRealPath("/WEB-INF/log/tra-cuu.log"), true);
    log.write(new Date() + " " + found.size() + "\n");
    log.close();
    session.setAttribute("ma", code);
    String title = "Tra c\u1ee9u h\u1ed3 s\u01a1";
%>
<html><head><title><%= title %></title></head>
<body><c:forEach items="<%= found %>" var="name"><p><c:out value="${name}"/></p></c:forEach></body></html>
