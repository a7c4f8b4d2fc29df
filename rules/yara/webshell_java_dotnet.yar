rule webshell_jsp
{
    meta:
        id = "1df5ef0c-03f1-4c08-8fe2-36995aabaec9"
        title = "JSP webshell"
        title_vi = "Webshell viết bằng JSP"
        description = "A JSP page runs a command, or loads a class, that a request carries."
        description_vi = "Trang JSP chạy lệnh hoặc nạp lớp do yêu cầu mang tới."
        level = "critical"
        attack = "T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash, list who called it in the access log, isolate the server."
        response_vi = "Giữ tệp và mã băm, liệt kê ai đã gọi trong nhật ký truy cập, cô lập máy chủ."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Diagnosis pages of application servers"
    strings:
        $jsp = /<%(@|!|=|\s)|<jsp:/
        $exec = /getRuntime\s*\(\s*\)\s*\.\s*exec\s*\(/
        $builder = /new\s+(java\.lang\.)?ProcessBuilder\s*\(/
        $reflect = /getMethod\s*\(\s*"exec"/
        $define = /defineClass\s*\(/
        $engine = /ScriptEngineManager\s*\(/
        $cipher = /Cipher\.getInstance\s*\(\s*"AES/
        $parameter = /request\s*\.\s*get(Parameter|Header|Reader|InputStream|QueryString)\s*\(/
    condition:
        filesize < 2MB and $jsp and (
            ($parameter and any of ($exec, $builder, $reflect, $engine)) or ($define and any of ($parameter, $cipher))
        )
}

rule webshell_aspx
{
    meta:
        id = "90b63081-a48c-47ea-acd8-b69a6dfec453"
        title = "ASP or ASP.NET webshell"
        title_vi = "Webshell ASP hoặc ASP.NET"
        description = "An ASP, ASPX or ASHX page runs a command, a script or an assembly that a request carries."
        description_vi = "Trang ASP, ASPX hoặc ASHX chạy lệnh, đoạn mã hoặc thư viện do yêu cầu mang tới."
        level = "critical"
        attack = "T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash, list who called it in the access log, isolate the server."
        response_vi = "Giữ tệp và mã băm, liệt kê ai đã gọi trong nhật ký truy cập, cô lập máy chủ."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Administration pages that are meant to run programs"
    strings:
        $asp = /<%[@=\sA-Za-z]|<script[^>]{0,80}runat\s*=\s*["']?server/ nocase
        $eval = /\b(eval|execute|executeglobal)\s*\(?\s*(System\.Text\.\w{1,20}[^;]{0,60}\()?\s*Request(\.(Item|Form|QueryString|Cookies|Headers))?\s*[\[(]/ nocase
        $process = /Process(StartInfo)?\s*\(|Process\.Start\s*\(/
        $shell = /WScript\.Shell|Shell\.Application|cmd(\.exe)?\s*\/c/ nocase
        $assembly = /Assembly\.Load\s*\(/
        $invoke = /CreateInstance\s*\(|\.Invoke\s*\(/
        $decode = /FromBase64String\s*\(|CreateDecryptor\s*\(/
        $request = /Request(\.(Item|Form|QueryString|Cookies|Headers|BinaryRead|InputStream|Params|Files))?\s*[\[(.]/
        $keys = "MachineKeySection"
        $keys2 = "GetApplicationConfig"
    condition:
        filesize < 2MB and $asp and (
            $eval or ($request and $process and $shell) or ($request and $assembly and ($decode or $invoke))
            or ($keys and $keys2)
        )
}
