<%@ Page Language="C#" AutoEventWireup="true" CodeBehind="BaoCao.aspx.cs" Inherits="Portal.BaoCao" %>
<%@ Import Namespace="System.IO" %>
<script runat="server">
    protected void Page_Load(object sender, EventArgs e)
    {
        string code = Request.QueryString["ma"];
        byte[] picture = Convert.FromBase64String(Session["anh"] as string ?? "");
        if (FileUpload1.HasFile && Path.GetExtension(FileUpload1.FileName).ToLower() == ".pdf")
        {
            FileUpload1.SaveAs(Path.Combine(@"D:\HoSo", Guid.NewGuid() + ".pdf"));
        }
        Type type = typeof(ReportFactory);
        object report = Activator.CreateInstance(type);
        Response.Write(Server.HtmlEncode(code));
        Response.Redirect("https://baocao.example.vn/xem?ma=" + Server.UrlEncode(code));
    }
</script>
<html><body><form runat="server"><asp:FileUpload ID="FileUpload1" runat="server" /><asp:Button runat="server" Text="Gửi" /></form></body></html>
