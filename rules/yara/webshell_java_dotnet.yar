rule webshell_jsp
{
    meta:
        id = "1df5ef0c-03f1-4c08-8fe2-36995aabaec9"
        title = "JSP webshell"
        title_vi = "Webshell viết bằng JSP"
        description = "A JSP page runs a command, or loads a class, that a request carries."
        description_vi = "Trang JSP chạy lệnh hoặc nạp lớp do yêu cầu mang tới."
        level = "critical"
        level_reason = "Whoever knows the address of this page runs commands with the rights of the application server."
        level_reason_vi = "Ai biết địa chỉ trang này đều chạy được lệnh với quyền của máy chủ ứng dụng."
        attack = "T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times. List who called it in the access log, and what that address did before. Isolate the server, and look for other files and accounts of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp và tài khoản khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Diagnosis pages of application servers"
    strings:
        $jsp = /<%[@!=\s\w]|<jsp:/
        $exec = /getRuntime\s*\(\s*\)\s*\.\s*exec\s*\(/
        $builder = /new\s+(java\.lang\.)?ProcessBuilder\s*\(/
        $reflect = /getMethod\s*\(\s*"exec"/
        $define = /defineClass\s*\(/
        $engine = /ScriptEngineManager\s*\(|ELProcessor\s*\(|SpelExpressionParser\s*\(/
        $low = /java\.lang\.(ProcessImpl|UNIXProcess)/
        $cipher = /Cipher\.getInstance\s*\(\s*"AES/
        $parameter = /request\s*\.\s*get(Parameter|Header|Reader|InputStream|QueryString)\s*\(/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 2MB and $jsp and (
                ($parameter and any of ($exec, $builder, $reflect, $engine, $low)) or ($define and any of ($parameter, $cipher))
            )
        )
}

rule webshell_jsp_writes_file
{
    meta:
        id = "cc0ffae2-8e7e-43a8-b8ed-fd8aebae72a1"
        title = "JSP page that writes files for whoever asks"
        title_vi = "Trang JSP ghi tệp theo yêu cầu bất kỳ"
        description = "A JSP page writes what a request carries to a path that the request names: the first step of many intrusions into portals."
        description_vi = "Trang JSP ghi nội dung trong yêu cầu vào đường dẫn do yêu cầu nêu: bước đầu của nhiều vụ xâm nhập cổng thông tin."
        level = "critical"
        level_reason = "Any file can be put onto the server through this page."
        level_reason_vi = "Qua trang này có thể đặt bất kỳ tệp nào lên máy chủ."
        attack = "T1505.003, T1105"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times. List who called it in the access log, and what that address did before. Isolate the server, and look for other files and accounts of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp và tài khoản khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "File managers written as one JSP page"
    strings:
        $jsp = /<%(@|!|=|\s)|<jsp:/
        $direct = /new\s+(java\.io\.)?(FileOutputStream|FileWriter|RandomAccessFile|PrintWriter)\s*\([^;]{0,120}request\s*\.\s*get(Parameter|Header)\s*\(/
        $direct2 = /Files\s*\.\s*(write|copy|newOutputStream|writeString)\s*\([^;]{0,160}request\s*\.\s*get(Parameter|Header)\s*\(/
        $take = /String\s+\w{1,20}\s*=\s*request\s*\.\s*get(Parameter|Header)\s*\(/
        $open = /new\s+(java\.io\.)?(FileOutputStream|FileWriter|RandomAccessFile)\s*\(\s*(\w{1,20}|application\s*\.\s*getRealPath\s*\([^;]{1,60})/
        $write = /\.write\s*\(\s*\w{0,20}(\.getBytes|\.decode|request\s*\.)/
        $own = /session\s*\.\s*getAttribute|isUserInRole|<%@\s*include|<%@\s*taglib|<c:/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 200KB and $jsp and (any of ($direct, $direct2) or ($take and $open and $write and not $own))
        )
}

rule webshell_jsp_unicode
{
    meta:
        id = "47b98df1-e052-4fc6-b0e3-69639a3418f2"
        title = "JSP page whose code is written in Unicode escapes"
        title_vi = "Trang JSP viết mã bằng ký tự thoát Unicode"
        description = "A JSP page writes ordinary letters as \\u0052 and the like over and over, which Java reads as code and filters do not."
        description_vi = "Trang JSP viết các chữ cái thông thường dưới dạng \\u0052 nhiều lần; Java hiểu là mã còn bộ lọc thì không."
        level = "high"
        level_reason = "The only use of this is to hide words from filters."
        level_reason_vi = "Cách viết này chỉ dùng để giấu từ khóa khỏi bộ lọc."
        attack = "T1505.003, T1027"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times. List who called it in the access log, and what that address did before. Isolate the server, and look for other files and accounts of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp và tài khoản khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Pages converted with native2ascii, which leaves plain letters alone"
    strings:
        $jsp = /<%(@|!|=|\s)|<jsp:/
        $letters = /(\\u{1,4}00(4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])){4}/ nocase
        $entities = /(&#(x[46][1-9a-f]|x[57][0-9a]|6[5-9]|[78]\d|9[07-9]|1[01]\d);){4}/ nocase
        $scriptlet = "jsp:scriptlet"
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 1MB and $jsp and (#letters > 3 or ($scriptlet and #entities > 3))
        )
}

rule java_memory_webshell
{
    meta:
        id = "58f27115-6015-45e5-b124-fbc707948a85"
        title = "Java code that hooks a webshell into a running server"
        title_vi = "Mã Java cài webshell vào máy chủ đang chạy"
        description = "A page or a class adds a filter, servlet, listener, valve or interceptor to the running application server and runs what requests carry: it lives in memory and leaves no page."
        description_vi = "Trang hoặc lớp Java thêm filter, servlet, listener, valve hay interceptor vào máy chủ ứng dụng đang chạy và thực thi nội dung yêu cầu: tồn tại trong bộ nhớ, không để lại trang nào."
        level = "critical"
        level_reason = "The server obeys the intruder from the moment that this is loaded."
        level_reason_vi = "Máy chủ tuân theo kẻ xâm nhập ngay khi mã này được nạp."
        attack = "T1505.003, T1620"
        layer = 2
        tier = "application"
        response = "Take an image of the memory before anything is restarted: what was loaded lives only there. Keep the file with its hash. Isolate the server, close the weakness it came through, and change the keys and passwords that the application holds."
        response_vi = "Sao chép bộ nhớ trước khi khởi động lại bất cứ thứ gì: thành phần đã nạp chỉ nằm ở đó. Giữ tệp cùng mã băm. Cô lập máy chủ, vá điểm yếu bị lợi dụng, đổi khóa và mật khẩu mà ứng dụng giữ."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Agents that measure the performance of applications"
    strings:
        $jsp = /<%(@|!|=|\s)|<jsp:/
        $hook1 = "StandardContext"
        $hook2 = "addFilterMapBefore"
        $hook3 = "ApplicationFilterConfig"
        $hook4 = "addApplicationEventListener"
        $hook5 = "setApplicationEventListeners"
        $hook6 = "addServletMappingDecoded"
        $hook7 = "RequestMappingHandlerMapping"
        $hook8 = "registerMapping"
        $hook9 = "getPipeline"
        $hook10 = "addValve"
        $hook11 = "filterConfigs"
        $hook12 = "WebAppServletContext"
        $do1 = "ProcessBuilder"
        $do2 = /getRuntime/
        $do3 = "defineClass"
        $do4 = "ScriptEngineManager"
        $in1 = "getParameter"
        $in2 = "getHeader"
        $in3 = "getReader"
        $in4 = "getInputStream"
    condition:
        filesize < 500KB and ($jsp or uint32be(0) == 0xCAFEBABE) and 2 of ($hook*) and any of ($do*) and any of ($in*)
}

rule java_deserialization_payload
{
    meta:
        id = "210f9bd1-3b61-4b8c-8901-384a322d0134"
        title = "Serialised Java object that runs code when it is read"
        title_vi = "Đối tượng Java tuần tự hóa chạy mã khi được đọc"
        description = "A file holds a serialised Java object built of the classes that run code while they are read back (collections, TemplatesImpl, JNDI references)."
        description_vi = "Tệp chứa đối tượng Java tuần tự hóa ghép từ các lớp chạy mã khi được đọc lại (collections, TemplatesImpl, tham chiếu JNDI)."
        level = "high"
        level_reason = "Such an object has no other use than to break into an application."
        level_reason_vi = "Đối tượng như vậy không có công dụng nào khác ngoài đột nhập ứng dụng."
        attack = "T1190, T1203"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash, and find out through which application it came. Search the logs of that application for errors while reading objects at that time. Isolate the server if they are found, and update the application."
        response_vi = "Giữ tệp cùng mã băm, tìm xem tệp vào qua ứng dụng nào. Tìm trong nhật ký ứng dụng lỗi khi đọc đối tượng vào thời điểm đó. Nếu có, cô lập máy chủ và cập nhật ứng dụng."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1190/"
        false_positives = "Test data of security tools"
    strings:
        $raw = { AC ED 00 05 }
        $coded = /rO0AB[A-Za-z0-9+\/]{80,}/
        $gadget1 = "InvokerTransformer"
        $gadget2 = "ChainedTransformer"
        $gadget3 = "TemplatesImpl"
        $gadget4 = "BadAttributeValueExpException"
        $gadget5 = "TransformingComparator"
        $gadget6 = "AnnotationInvocationHandler"
        $gadget7 = "JdbcRowSetImpl"
        $gadget8 = "LazyMap"
        $gadget9 = "TiedMapEntry"
        $gadget10 = "BeanComparator"
        $coded1 = "SW52b2tlclRyYW5zZm9ybWVy"
        $coded2 = "ludm9rZXJUcmFuc2Zvcm1lc"
        $coded3 = "JbnZva2VyVHJhbnNmb3JtZX"
        $coded4 = "VGVtcGxhdGVzSW1wb"
        $coded5 = "RlbXBsYXRlc0ltcG"
        $coded6 = "UZW1wbGF0ZXNJbXBs"
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 5MB and (($raw in (0..1024) and 2 of ($gadget*)) or ($coded and any of ($coded1, $coded2, $coded3, $coded4, $coded5, $coded6)))
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
        level_reason = "Whoever knows the address of this page runs commands with the rights of the web server."
        level_reason_vi = "Ai biết địa chỉ trang này đều chạy được lệnh với quyền của máy chủ web."
        attack = "T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times. List who called it in the access log, and what that address did before. Isolate the server, and look for other files and accounts of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp và tài khoản khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Administration pages that are meant to run programs"
    strings:
        $asp = /<%[@=\sA-Za-z]|<script[^>]{0,80}runat\s*=\s*["']?server/ nocase
        $eval = /\b(eval|execute|executeglobal)\s*\(?\s*(System\.Text\.\w{1,20}[^;]{0,60}\()?\s*Request(\.(Item|Form|QueryString|Cookies|Headers))?\s*[\[(]/ nocase
        $joined = /\b(eval|execute|executeglobal)\s*\(?\s*\w{1,20}\s*&\s*["']\s*\(?\s*request\s*\(/ nocase
        $process = /Process(StartInfo)?\s*\(|Process\.Start\s*\(/
        $shell = /WScript\.Shell|Shell\.Application|cmd(\.exe)?\s*\/c|["'](cmd|powershell)(\.exe)?["']/ nocase
        $object = /CreateObject\s*\(\s*["'](WScript\.Shell|Shell\.Application)["']/ nocase
        $start = /\.(Exec|Run|ShellExecute)[\s(]/ nocase
        $arguments = /Arguments\s*=\s*["']\/[ck]\s?["']\s*[+&]/ nocase
        $assembly = /Assembly\.Load\s*\(/
        $invoke = /CreateInstance\s*\(|\.Invoke\s*\(/
        $decode = /FromBase64String\s*\(|CreateDecryptor\s*\(/
        $request = /Request(\.(Item|Form|QueryString|Cookies|Headers|BinaryRead|InputStream|Params|Files))?\s*[\[(.]/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 2MB and $asp and (
                $eval or $joined or ($request and $process and $shell) or ($request and $object and $start) or ($process and $arguments) or ($request and $assembly and ($decode or $invoke))
            )
        )
}

rule aspx_machine_key_thief
{
    meta:
        id = "f2e81921-1832-48f8-93a8-a12912820b4a"
        title = "ASP.NET page that shows the keys of the site"
        title_vi = "Trang ASP.NET làm lộ khóa của trang web"
        description = "A page reads the machine keys of the site by reflection. With them an intruder signs requests that run code for months after the server is patched, as on SharePoint in 2025."
        description_vi = "Trang đọc khóa máy (machine key) của trang web bằng reflection. Có khóa, kẻ xâm nhập ký được yêu cầu chạy mã suốt nhiều tháng dù máy chủ đã vá, như với SharePoint năm 2025."
        level = "critical"
        level_reason = "The keys are to be taken as stolen, and patching does not take them back."
        level_reason_vi = "Phải coi khóa đã bị đánh cắp, và việc vá không thu hồi được khóa."
        attack = "T1505.003, T1552.001"
        layer = 2
        tier = "application"
        response = "Isolate the server and keep the page with its hash. Change the machine keys of every server of the farm and restart IIS. Update SharePoint, and search the access log for calls to the page."
        response_vi = "Cô lập máy chủ, giữ trang cùng mã băm. Đổi machine key trên mọi máy chủ của cụm rồi khởi động lại IIS. Cập nhật SharePoint và tìm các lời gọi tới trang trong nhật ký truy cập."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2025-53770"
        false_positives = "None known"
    strings:
        $asp = /<%[@=\sA-Za-z]|<script[^>]{0,80}runat\s*=\s*["']?server/ nocase
        $keys1 = "MachineKeySection"
        $keys2 = "machineKey" nocase
        $read1 = "GetApplicationConfig"
        $read2 = "ValidationKey"
        $read3 = "DecryptionKey"
        $write = /Response\s*\.\s*Write/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 100KB and $asp and any of ($keys*) and $write and ($read1 or all of ($read2, $read3))
        )
}

rule webshell_exchange_virtual_directory
{
    meta:
        id = "75fbc908-d628-4003-8699-6a159cda2bf4"
        title = "Script in an exported virtual directory of Exchange"
        title_vi = "Mã trong cấu hình thư mục ảo Exchange xuất ra tệp"
        description = "A file with the settings of an Exchange virtual directory holds a server-side script in its address: so webshells are written through the weaknesses of 2021."
        description_vi = "Tệp chứa thiết lập thư mục ảo Exchange có đoạn mã phía máy chủ nằm trong địa chỉ: cách ghi webshell qua các điểm yếu năm 2021."
        level = "critical"
        level_reason = "No setting of Exchange holds a script; somebody wrote a webshell."
        level_reason_vi = "Không thiết lập nào của Exchange chứa mã; đã có người ghi webshell."
        attack = "T1505.003, T1190"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times. List who called it in the access log, and what that address did before. Isolate the server, and look for other files and accounts of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp và tài khoản khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2021-27065"
        false_positives = "None known"
    strings:
        $url = /(External|Internal)Url\s*:\s*https?:\/\/[^\n]{0,80}<script/ nocase
        $script = /<script[^>]{0,80}runat\s*=\s*\\?["']?server/ nocase
        $directory1 = "OAB (Default Web Site)" nocase
        $directory2 = "OABVirtualDirectory" nocase
        $directory3 = "ExchangeVersion" nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 200KB and $script and ($url or any of ($directory*))
        )
}

rule asp_encoded_script
{
    meta:
        id = "bb61cd85-e2ec-47f7-a6c8-89752fa5ceb6"
        title = "ASP page that hides its script"
        title_vi = "Trang ASP che giấu đoạn mã"
        description = "A classic ASP page is encoded, or puts its code together from numbers, and then executes it."
        description_vi = "Trang ASP cổ điển bị mã hóa hoặc ghép mã từ các con số rồi thực thi."
        level = "high"
        level_reason = "Encoding was sold as protection twenty years ago; in a page of today it hides a webshell."
        level_reason_vi = "Mã hóa kiểu này từng được bán để bảo vệ hai mươi năm trước; trong trang hiện nay nó che webshell."
        attack = "T1505.003, T1027"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times. List who called it in the access log, and what that address did before. Isolate the server, and look for other files and accounts of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp và tài khoản khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Very old commercial ASP products"
    strings:
        $asp = /<%[@=\sA-Za-z]|<script[^>]{0,80}runat\s*=\s*["']?server/ nocase
        $language = /<%@?\s{0,4}language\s*=\s*["']?(vbscript|jscript)\.encode/ nocase
        $block = /#@~\^[A-Za-z0-9+\/]{6}==/
        $run = /\b(execute|executeglobal|eval)\s*\(?\s*\w{1,40}/ nocase
        $numbers = /(chrw?\s*\(\s*(&h)?[0-9a-f]{2,4}\s*\)\s*&\s*){6}/ nocase
        $reverse = /strreverse\s*\(/ nocase
        $split = /for\s+each\s+\w{1,20}\s+in\s+split\s*\([^)]{20,}/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 1MB and $asp and (
                ($language and $block) or ($run and $numbers) or ($run and $reverse and $split)
            )
        )
}

rule web_config_runs_code
{
    meta:
        id = "d3665a08-e67e-4e35-a446-b59833ecf046"
        title = "web.config that runs code or makes pictures run"
        title_vi = "web.config chạy mã hoặc cho hình ảnh chạy như chương trình"
        description = "A web.config holds a server-side script, or lets IIS run files with the suffix of pictures, texts or of itself."
        description_vi = "Tệp web.config chứa mã phía máy chủ, hoặc cho IIS chạy tệp có đuôi hình ảnh, văn bản hay chính nó."
        level = "high"
        level_reason = "This turns a harmless upload into a program, and no application asks for it."
        level_reason_vi = "Cách này biến tệp tải lên vô hại thành chương trình, và không ứng dụng nào cần đến."
        attack = "T1505.004, T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times. List who called it in the access log, and what that address did before. Isolate the server, and look for other files and accounts of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp và tài khoản khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/004/"
        false_positives = "None known"
    strings:
        $config = "<configuration" nocase
        $handler = /<add\s[^>]{0,200}path\s*=\s*["'](\*\.(config|jpe?g|png|gif|bmp|txt|pdf|docx?|xlsx?|css|ico)|web\.config)["'][^>]{0,300}(isapi|asp\.dll|php|cgi|scriptProcessor|PageHandlerFactory|SimpleHandlerFactory)/ nocase
        $provider = /<add\s[^>]{0,100}extension\s*=\s*["']\.(config|jpe?g|png|gif|txt|pdf)["'][^>]{0,200}System\.Web\.Compilation\.PageBuildProvider/ nocase
        $page = /<%[@=\s]/
        $code = /\b(Request\s?[.(\[]|CreateObject\s?\(|Process\.Start|ProcessStartInfo|Execute\s?\(|eval\s?\()/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 200KB and $config and (any of ($handler, $provider) or ($page and $code))
        )
}

rule iis_module_backdoor
{
    meta:
        id = "fd94c896-58b6-48ae-a693-876d05d050e6"
        title = "IIS module that runs commands from requests"
        title_vi = "Mô-đun IIS chạy lệnh từ yêu cầu"
        description = "A library that IIS loads into every request reads headers or cookies of requests and runs commands: a webshell without a page."
        description_vi = "Thư viện được IIS nạp vào mọi yêu cầu, đọc header hoặc cookie rồi chạy lệnh: webshell không cần trang."
        level = "critical"
        level_reason = "It sees every request, every password and every answer of the server."
        level_reason_vi = "Nó thấy mọi yêu cầu, mọi mật khẩu và mọi phản hồi của máy chủ."
        attack = "T1505.004"
        layer = 2
        tier = "application"
        response = "Take an image of the memory before anything is restarted: what was loaded lives only there. Keep the file with its hash. Isolate the server, close the weakness it came through, and change the keys and passwords that the application holds."
        response_vi = "Sao chép bộ nhớ trước khi khởi động lại bất cứ thứ gì: thành phần đã nạp chỉ nằm ở đó. Giữ tệp cùng mã băm. Cô lập máy chủ, vá điểm yếu bị lợi dụng, đổi khóa và mật khẩu mà ứng dụng giữ."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/004/"
        false_positives = "Modules that start programs on purpose, such as gateways to CGI"
    strings:
        $native1 = "RegisterModule"
        $native2 = "CHttpModule"
        $managed1 = "IHttpModule"
        $managed2 = "add_BeginRequest"
        $managed3 = "add_PreSendRequestContent"
        $run1 = "cmd.exe" ascii wide nocase
        $run2 = "powershell" ascii wide nocase
        $run3 = "CreateProcess"
        $run4 = "ProcessStartInfo"
        $in1 = "get_Headers"
        $in2 = "get_Cookies"
        $in3 = "GetHeader"
        $in4 = "IHttpContext"
        $in5 = "FromBase64String"
    condition:
        uint16(0) == 0x5A4D and filesize < 5MB and any of ($run1, $run2) and any of ($run3, $run4)
        and (all of ($native*) or ($managed1 and any of ($managed2, $managed3))) and any of ($in*)
}

rule webshell_script_other
{
    meta:
        id = "7d0e4b0a-53a1-4f7c-9b77-0c1d62f5a9be"
        title = "Webshell in Python, Perl or Node.js"
        title_vi = "Webshell viết bằng Python, Perl hoặc Node.js"
        description = "A short script takes a value from a web request and runs it as a command of the system."
        description_vi = "Một tập lệnh ngắn lấy giá trị từ yêu cầu web và chạy như lệnh hệ thống."
        level = "high"
        level_reason = "Whoever knows its address runs commands on the server; some examples and test servers do so, too."
        level_reason_vi = "Ai biết địa chỉ đều chạy được lệnh trên máy chủ; một số ví dụ và máy thử nghiệm cũng làm vậy."
        attack = "T1505.003, T1059"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and ask who put it there. List who called it in the access log. If nobody answers for it, isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, hỏi ai đã đặt tệp. Liệt kê ai đã gọi tệp trong nhật ký truy cập. Nếu không ai chịu trách nhiệm, cô lập máy chủ và tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Examples, exercises about security, small tools of developers"
    strings:
        $python = /(os\.(popen|system)|subprocess\.(check_output|run|Popen|call|getoutput)|commands\.getoutput)\s*\(\s*[^\n#]{0,40}(request\.(args|form|values|json|GET|POST|query)|\.(getvalue|getfirst)\s*\(|QUERY_STRING)/
        $perl1 = /\$(\w{1,20})\s*=\s*(\$\w{1,20}->)?param\s*\(/
        $shell1 = /(print|return)\s*`\s*\$\w{1,20}(\s+2>&1)?\s*`/
        $shell2 = /\b(system|exec)\s*\(?\s*\$(cmd|c|command)\b/
        $shell3 = "= `$"
        $shell4 = "=`$"
        $shell5 = "(`$"
        $shell6 = "; `$"
        $node1 = /require\s*\(\s*["'](node:)?child_process["']\s*\)/
        $node2 = /\.(exec|execSync|spawn|spawnSync)\s*\(\s*[^\n;]{0,80}(searchParams\.get|req(uest)?\.(query|body|params|headers)|\.parse\s*\(\s*\w{1,20}\.url)/
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and filesize < 40KB and ($python or ($perl1 and any of ($shell*)) or all of ($node*))
}
