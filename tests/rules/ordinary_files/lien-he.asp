<%@ Language=VBScript CodePage=65001 %>
<%
Dim connection, rows
Set connection = Server.CreateObject("ADODB.Connection")
connection.Open Application("chuoi_ket_noi")
Set rows = connection.Execute("SELECT ten FROM don_vi WHERE ma = " & CLng(Request.Form("ma")))
Do While Not rows.EOF
    Response.Write "<p>" & Server.HTMLEncode(rows("ten")) & Chr(13) & Chr(10) & "</p>"
    rows.MoveNext
Loop
Set mailer = Server.CreateObject("CDO.Message")
mailer.To = "vanthu@example.vn"
mailer.TextBody = Request.Form("noi_dung")
mailer.Send
%>
