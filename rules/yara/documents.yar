rule office_macro_runs_program
{
    meta:
        id = "d7c10d50-3c92-4bf0-990f-031b0e640f1b"
        title = "Office document whose macro starts a program by itself"
        title_vi = "Tài liệu Office có macro tự khởi chạy chương trình"
        description = "A document holds a macro that runs when it is opened and starts programs, scripts or downloads."
        description_vi = "Tài liệu chứa macro tự chạy khi mở và khởi động chương trình, đoạn mã hoặc tải tệp về."
        level = "high"
        level_reason = "A macro that does both is how most malicious documents begin; forms of an office rarely do."
        level_reason_vi = "Macro làm cả hai việc là khởi đầu của đa số tài liệu độc hại; biểu mẫu văn phòng hiếm khi như vậy."
        attack = "T1566.001, T1204.002, T1059.005"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        false_positives = "Forms of an office whose macros start programs"
    strings:
        $auto1 = /Auto_?(Open|Close|Exec|Exit)/ nocase
        $auto2 = /Document_?(Open|Close|New|BeforeClose)/ nocase
        $auto3 = /Workbook_?(Open|Activate|BeforeClose)/ nocase
        $auto4 = "UserForm_Initialize" nocase
        $vba1 = "Attribut"
        $vba2 = "VBAProject" ascii wide nocase
        $vba3 = "VBE7.DLL" ascii wide nocase
        $vba4 = "ThisDocument"
        $vba5 = "ThisWorkbook"
        $do1 = /WScript\.?Shell/ ascii wide nocase
        $do2 = /Shell\.?Application/ ascii wide nocase
        $do3 = "powershell" ascii wide nocase
        $do4 = "URLDownloadToFile" ascii wide nocase
        $do5 = /MSXML2\.?(Server)?XMLHTTP/ ascii wide nocase
        $do6 = "ADODB.Stream" ascii wide nocase
        $do7 = "cmd.exe /c" ascii wide nocase
        $do8 = "mshta" ascii wide nocase
        $do9 = "Win32_Process" ascii wide nocase
        $do10 = "CreateThread" ascii wide nocase
        $do11 = "VirtualAlloc" ascii wide nocase
        $do12 = "certutil" ascii wide nocase
        $do13 = "rundll32" ascii wide nocase
        $do14 = "ShellExecute" ascii wide nocase
        $do15 = "regsvr32" ascii wide nocase
    condition:
        uint32be(0) == 0xD0CF11E0 and filesize < 30MB and any of ($vba*) and any of ($auto*)
        and (any of ($do4, $do7, $do8, $do9, $do10, $do11, $do12, $do15) or 2 of ($do*))
}

rule office_old_macro_sheet
{
    meta:
        id = "96be5842-f2d9-4973-9334-3209286c7767"
        title = "Workbook with an old macro sheet that starts programs"
        title_vi = "Sổ tính có trang macro kiểu cũ khởi chạy chương trình"
        description = "A workbook holds an Excel 4 macro sheet with the functions that call programs and libraries: a technique of thirty years ago that scanners overlook."
        description_vi = "Sổ tính có trang macro Excel 4 với các hàm gọi chương trình và thư viện: kỹ thuật ba mươi năm trước mà bộ quét hay bỏ qua."
        level = "high"
        level_reason = "Nobody writes such sheets any more but for attacks."
        level_reason_vi = "Ngày nay không ai viết trang như vậy trừ để tấn công."
        attack = "T1566.001, T1204.002, T1059"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        false_positives = "Workbooks from before 1997"
    strings:
        $sheet1 = "xl/macrosheets/"
        $sheet2 = "<xm:macrosheet" nocase
        $sheet3 = "Excel 4.0" ascii wide nocase
        $sheet4 = "_xlnm.Auto_Open" ascii wide nocase
        $sheet5 = "Auto_Open" ascii wide nocase
        $do1 = /=?\bEXEC\s?\(/ nocase
        $do2 = /\bCALL\s?\(\s?["']?(urlmon|kernel32|shell32)/ nocase
        $do3 = "URLDownloadToFile" ascii wide nocase
        $do4 = /\bREGISTER\s?\(/ nocase
        $do5 = /FORMULA(\.FILL)?\s?\(\s?CHAR\s?\(/ nocase
        $do6 = "regsvr32" ascii wide nocase
        $do7 = "ShellExecuteA" ascii wide
        $ole = "Workbook" wide
    condition:
        filesize < 20MB and any of ($do*) and (
            ($sheet2 and any of ($do1, $do2, $do4, $do5)) or (uint32be(0) == 0xD0CF11E0 and $ole and any of ($sheet3, $sheet4, $sheet5) and 2 of ($do*))
            or ($sheet1 and 2 of ($do*))
        )
}

rule office_fetches_from_network
{
    meta:
        id = "5440eaa1-a1a8-4a5b-8370-22b6cc6d6429"
        title = "Office document that fetches a template from the network"
        title_vi = "Tài liệu Office tải mẫu hoặc đối tượng từ mạng"
        description = "A document names a template, frame or object on another host that is fetched when it is opened: so macros and exploits come in later (also CVE-2021-40444, CVE-2022-30190)."
        description_vi = "Tài liệu trỏ tới mẫu, khung hoặc đối tượng trên máy khác và tải khi mở: macro và mã khai thác đến sau theo cách này (cả CVE-2021-40444, CVE-2022-30190)."
        level = "high"
        level_reason = "Offices keep their templates in folders, not on the internet."
        level_reason_vi = "Văn phòng giữ mẫu trong thư mục, không phải trên Internet."
        attack = "T1221, T1566.001"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1221/"
        false_positives = "Templates on a SharePoint of one's own"
    strings:
        $relationships = "<Relationship" nocase
        $external = /TargetMode\s?=\s?"External"/ nocase
        $type = /relationships\/(attachedTemplate|oleObject|frame|subDocument|externalLinkPath)"/ nocase
        $target1 = /Target\s?=\s?"(https?|ftp|file|mhtml|ldap):[^"]{4,400}"/ nocase
        $target2 = /Target\s?=\s?"(\\\\|\/\/)[0-9a-z.\-]{4,80}/ nocase
        $exploit1 = /Target\s?=\s?"mhtml:https?:/ nocase
        $exploit2 = "!x-usc:" nocase
        $exploit3 = /Target\s?=\s?"https?:[^"]{4,300}!"/ nocase
        $template = /relationships\/attachedTemplate"/ nocase
        $local = /Target\s?=\s?"file:\/\/\/[a-z]:/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and (
            filesize < 1MB and $relationships and $external and (
                any of ($exploit*) or ($type and any of ($target*) and not $local and not #type > 20)
                or ($template and $target1 and not $local)
            )
        )
}

rule document_starts_command
{
    meta:
        id = "0c6dcdf2-05dc-405f-b209-2f2b9a8908ca"
        title = "Document or table that starts a command through DDE"
        title_vi = "Tài liệu hoặc bảng tính chạy lệnh qua DDE"
        description = "A field of a document or a cell of a table asks Windows to start a command: DDE, a formula in a CSV file, or the support tool of Windows (ms-msdt)."
        description_vi = "Trường trong tài liệu hoặc ô của bảng yêu cầu Windows chạy lệnh: DDE, công thức trong tệp CSV, hoặc công cụ hỗ trợ của Windows (ms-msdt)."
        level = "high"
        level_reason = "A document has no reason to start a command."
        level_reason_vi = "Tài liệu không có lý do gì để chạy lệnh."
        attack = "T1559.002, T1203, T1204.002"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1559/002/"
        false_positives = "Texts that explain this technique"
    strings:
        $dde1 = /\bDDE(AUTO)?\s{1,4}(&quot;|"|\\)?[^<>\n]{0,40}(cmd|powershell|mshta|wscript|cscript|rundll32|regsvr32|msexcel\\)[^<>\n]{0,20}/ nocase
        $dde2 = /ddeService\s?=\s?"(cmd|powershell|mshta|rundll32)"/ nocase
        $cell = /(^|[\n,;\t"])[=+\-@][^\n,;|]{0,24}\b(cmd|powershell|mshta|rundll32|regsvr32|msexcel|certutil)(\.exe)?["']?\|['"]?[^\n|]{0,160}!['"]?(A|_)/ nocase
        $msdt1 = /ms-msdt:\/?(id|-id|\\u002f)/ nocase
        $msdt2 = /IT_(BrowseForFile|RebrowseForFile|LaunchMethod)/ nocase
    condition:
        filesize < 5MB and uint32be(0) != 0x7F454C46 and ($dde2 or ($dde1 and (uint32be(0) == 0xD0CF11E0 or uint32be(0) == 0x7B5C7274 or uint32be(0) == 0x3C3F786D)) or $cell or ($msdt1 and $msdt2))
}

rule rtf_equation_exploit
{
    meta:
        id = "8c9a3c03-625b-45ed-af22-af69ed864c2f"
        title = "RTF document that abuses the equation editor"
        title_vi = "Tài liệu RTF lợi dụng bộ soạn công thức"
        description = "An RTF document holds an object for the old equation editor of Office (CVE-2017-11882, CVE-2018-0802), as builders used against state bodies of the region make them."
        description_vi = "Tài liệu RTF chứa đối tượng cho bộ soạn công thức cũ của Office (CVE-2017-11882, CVE-2018-0802), như các bộ công cụ từng dùng nhằm vào cơ quan nhà nước trong khu vực."
        level = "high"
        level_reason = "It runs a program without a question on an Office that was not updated."
        level_reason_vi = "Trên Office chưa cập nhật, nó chạy chương trình mà không hỏi."
        attack = "T1203, T1566.001"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-11882"
        false_positives = "Documents with real equations from before 2018"
    strings:
        $object = /\\obj(data|class|emb|update|autlink|html)/ nocase
        $name1 = /4571756174696f6e2e3/ nocase
        $name2 = /\\objclass\s{1,4}Equation\.3/ nocase
        $class = /02ce020000000000c000000000000046/ nocase
        $update = "\\objupdate" nocase
        $native = /4f006c00650031003000[4n]/ nocase
        $native2 = "4f006c006500310030004e00610074006900760065" nocase
        $package = /5061636b61676500/ nocase
        $drop = /(5c382e7400|5c0038002e0074)/ nocase
        $broken = /\\objdata[^}]{0,200}\\(bin|\*|')[^}]{0,60}/
    condition:
        uint32be(0) == 0x7B5C7274 and filesize < 20MB and $object and (
            (any of ($name*, $class) and any of ($update, $native2, $package, $broken)) or $drop or ($class and $native) or #name1 > 1
        )
}

rule rtf_object_fetches_or_drops
{
    meta:
        id = "2325b67b-82c1-4391-b8f8-69c1daa5c372"
        title = "RTF document whose object fetches or drops a program"
        title_vi = "Tài liệu RTF có đối tượng tải hoặc thả chương trình"
        description = "An object in an RTF document is a link that is fetched when opened (CVE-2017-0199), or a package with a script or program in it."
        description_vi = "Đối tượng trong tài liệu RTF là liên kết được tải khi mở (CVE-2017-0199), hoặc gói chứa đoạn mã hay chương trình."
        level = "high"
        level_reason = "Documents of an office hold pictures and tables, not programs."
        level_reason_vi = "Tài liệu văn phòng chứa hình và bảng, không chứa chương trình."
        attack = "T1203, T1204.002, T1566.001"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-0199"
        false_positives = "Documents with linked tables from a file server"
    strings:
        $object = /\\obj(data|autlink|html|link|update)/ nocase
        $link = /4f4c45324c696e6b/ nocase
        $update = /\\objupdate\b/ nocase
        $moniker = /e0c9ea79f9bace118c8200aa004ba90b/ nocase
        $http = /6800740074007000(7300)?3a00/ nocase
        $http2 = /68747470(73)?3a2f2f/ nocase
        $package = /5061636b6167(65)?/ nocase
        $program1 = /2e(65|45)(78|58)(65|45)00/ nocase
        $program2 = /2e(767[bB]s|6a73|7673[fF]|687461|626174|707331|736374|6c6e6b|766273|777366)00/ nocase
        $program3 = /4d5a(90|80|00)00(03|02|01)0000/ nocase
    condition:
        uint32be(0) == 0x7B5C7274 and filesize < 20MB and $object and (
            ($moniker and any of ($http, $http2, $link)) or ($link and ($update or any of ($http, $http2))) or ($package and any of ($program*)) or $program3
        )
}

rule lnk_starts_script
{
    meta:
        id = "0f9ede1c-51db-4513-b9cc-71bf01b50b0f"
        title = "Shortcut that starts a script or fetches a program"
        title_vi = "Lối tắt khởi chạy đoạn mã hoặc tải chương trình"
        description = "A Windows shortcut (.lnk) runs PowerShell, mshta or the like with code, an address or hidden windows in its arguments."
        description_vi = "Lối tắt Windows (.lnk) chạy PowerShell, mshta hoặc tương tự với mã, địa chỉ hay cửa sổ ẩn trong tham số."
        level = "high"
        level_reason = "Shortcuts that come by mail or in archives are opened as if they were documents."
        level_reason_vi = "Lối tắt đến qua thư hoặc tệp nén được mở như thể là tài liệu."
        attack = "T1204.002, T1059.001, T1566.001"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        false_positives = "Shortcuts of administrators to their scripts"
    strings:
        $program1 = /powershell(\.exe)?/ ascii wide nocase
        $program2 = "mshta" ascii wide nocase
        $program3 = "cmd.exe" ascii wide nocase
        $program4 = /(w|c)script\.exe/ ascii wide nocase
        $program5 = "rundll32" ascii wide nocase
        $program6 = "forfiles" ascii wide nocase
        $program7 = "conhost" ascii wide nocase
        $program8 = "curl.exe" ascii wide nocase
        $program9 = "ftp.exe" ascii wide nocase
        $argument1 = /-w(in(dowstyle)?)?\s+(h(idden)?|1|min)/ ascii wide nocase
        $argument2 = /-e(nc|c|ncodedcommand)?\s+[A-Za-z0-9+\/=]{40}/ ascii wide nocase
        $argument3 = /\b(iex|invoke-expression|invoke-webrequest|iwr|irm|downloadstring|downloadfile)\b/ ascii wide nocase
        $argument4 = /(vbscript|javascript):/ ascii wide nocase
        $argument5 = /https?:\/\// ascii wide nocase
        $argument6 = /%(temp|tmp|appdata|public|programdata)%/ ascii wide nocase
        $argument7 = /\/c\s?(start|copy|findstr|certutil|bitsadmin|echo|for|call|expand)/ ascii wide nocase
        $argument8 = /-ex?(ecutionpolicy)?\s+bypass/ ascii wide nocase
        $argument9 = /\\\\[a-z0-9.\-]{4,60}@(SSL|80|443|8080)?\\?/ ascii wide nocase
        $argument10 = "FromBase64String" ascii wide nocase
        $argument11 = /[&|]{1,2}\s?start\s/ ascii wide nocase
    condition:
        uint32(0) == 0x4C and uint32(4) == 0x00021401 and filesize < 20MB and any of ($program*) and 2 of ($argument*)
}

rule lnk_hides_arguments
{
    meta:
        id = "d4c2c3f0-533f-4ec9-b9ea-28755e346954"
        title = "Shortcut that hides its command behind blanks"
        title_vi = "Lối tắt giấu lệnh sau khoảng trắng"
        description = "A shortcut puts a long run of blanks, tabs or line ends before its arguments, so that the properties window shows nothing (ZDI-CAN-25373)."
        description_vi = "Lối tắt đặt chuỗi dài khoảng trắng, tab hoặc xuống dòng trước tham số để cửa sổ thuộc tính không hiện gì (ZDI-CAN-25373)."
        level = "high"
        level_reason = "The only use of this is that nobody sees the command."
        level_reason_vi = "Cách này chỉ nhằm để không ai thấy lệnh."
        attack = "T1027, T1204.002, T1036"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1027/"
        false_positives = "None known"
    strings:
        $blank = { 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 20 00 }
        $tab = { 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 09 00 }
        $line = { 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 0A 00 }
        $line2 = { 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 0D 00 0A 00 }
        $vertical = { 0B 00 0B 00 0B 00 0B 00 0B 00 0B 00 0B 00 0B 00 0B 00 0B 00 0B 00 0B 00 }
    condition:
        uint32(0) == 0x4C and uint32(4) == 0x00021401 and filesize < 20MB and (uint8(20) & 0x20 != 0) and any of them
}

rule hta_runs_program
{
    meta:
        id = "d9687795-d0e1-49a6-b53c-e05e9b953523"
        title = "HTML application that runs a program"
        title_vi = "Ứng dụng HTML (HTA) chạy chương trình"
        description = "An HTA file or a page made for mshta starts programs, or hides its window while it does so."
        description_vi = "Tệp HTA hoặc trang viết cho mshta khởi chạy chương trình, hoặc ẩn cửa sổ khi làm vậy."
        level = "high"
        level_reason = "Such files come with mails and false installers; offices do not need them."
        level_reason_vi = "Loại tệp này đến cùng thư và bộ cài giả; văn phòng không cần đến."
        attack = "T1218.005, T1059.005, T1204.002"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1218/005/"
        false_positives = "Old tools of administrators written as HTA"
    strings:
        $hta = /<hta:application/ nocase
        $script = /<script[^>]{0,60}(vbscript|jscript|javascript)/ nocase
        $active = /(CreateObject|GetObject|new\s+ActiveXObject)\s*\(/ nocase
        $run1 = /(WScript\.Shell|Shell\.Application|winmgmts:)/ nocase
        $run2 = /\.\s?(Run|Exec|ShellExecute|Create)\s*\(?\s*["'\w]/ nocase
        $hide1 = /window\.(resizeTo|moveTo)\s*\(?\s*-?\d/ nocase
        $hide2 = /WINDOWSTATE\s*=\s*["']?minimize|SHOWINTASKBAR\s*=\s*["']?no/ nocase
        $load1 = /powershell|cmd(\.exe)?\s+\/c|mshta|certutil|bitsadmin|rundll32|regsvr32/ nocase
        $load2 = /MSXML2\.|Microsoft\.XMLHTTP|WinHttp|ADODB\.Stream/ nocase
        $close = /(self|window)\.close\s*\(?/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and (
            filesize < 5MB and $active and $run1 and (
                ($hta and $run2 and any of ($load*, $hide*)) or ($script and any of ($hide*) and any of ($load*)) or ($script and $close and all of ($run*) and any of ($load*))
            )
        )
}

rule pdf_starts_program
{
    meta:
        id = "7c8792fc-c5f8-40e2-8513-69484ba2b663"
        title = "PDF that starts a program or drops one"
        title_vi = "PDF khởi chạy hoặc thả chương trình"
        description = "A PDF has a launch action for a program, or a script that writes an attached program out and opens it."
        description_vi = "Tệp PDF có hành động khởi chạy chương trình, hoặc mã ghi chương trình đính kèm ra đĩa rồi mở."
        level = "high"
        level_reason = "No form needs this, and readers ask before they do it."
        level_reason_vi = "Không biểu mẫu nào cần điều này, và trình đọc phải hỏi trước khi làm."
        attack = "T1204.002, T1566.001, T1203"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1204/002/"
        false_positives = "Old presentations on CDs"
    strings:
        $launch = /\/S\s{0,4}\/Launch\b/
        $program1 = /\/(F|P|Win)\s{0,4}(<<)?\s{0,4}[^>]{0,80}\((cmd|powershell|mshta|[^)]{0,60}\.(exe|bat|vbs|js|hta|ps1|lnk|scr))/ nocase
        $script = /\/(JavaScript|JS)\b/
        $drop1 = "exportDataObject" nocase
        $drop2 = /nLaunch\s{0,4}:\s{0,4}[12]/
        $drop3 = /\/EmbeddedFile\b/
        $drop4 = /\((F|UF)?[^)]{0,60}\.(exe|scr|js|vbs|hta|docm|xlsm|lnk|iso|img|wsf|settingcontent-ms)\)/ nocase
        $exploit1 = /unescape\s*\(\s*["'](%u[0-9a-f]{4}){4}/ nocase
        $exploit2 = /(util\.printf|Collab\.(collectEmailInfo|getIcon)|media\.newPlayer|getAnnots|spell\.customDictionaryOpen)/
        $exploit3 = /(\\x[0-9a-f]{2}){16}/ nocase
        $eval = /\beval\s*\(/
        $auto = /\/(OpenAction|AA)\b/
    condition:
        uint32be(0) == 0x25504446 and filesize < 30MB and (
            ($launch and $program1) or ($script and $drop1 and $drop2) or ($script and $exploit1 and any of ($exploit2, $eval))
            or ($auto and $script and $drop3 and $drop4 and $drop1) or ($script and $exploit2 and $exploit3 and $eval)
        )
}

rule onenote_carries_program
{
    meta:
        id = "221b5047-1a31-4f45-8d95-67e40a20ec06"
        title = "OneNote page that carries a script or program"
        title_vi = "Trang OneNote chứa đoạn mã hoặc chương trình"
        description = "A OneNote file has an attached script, program or shortcut, mostly below a picture that asks to be double-clicked."
        description_vi = "Tệp OneNote đính kèm đoạn mã, chương trình hoặc lối tắt, thường nằm dưới hình mời bấm đúp."
        level = "high"
        level_reason = "Notes of an office carry documents, not scripts."
        level_reason_vi = "Ghi chú văn phòng kèm tài liệu, không kèm đoạn mã."
        attack = "T1566.001, T1204.002"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        false_positives = "Notes of administrators who keep scripts in OneNote"
    strings:
        $object = { E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC }
        $program = "This program cannot be run in DOS mode"
        $script1 = /<(hta:application|script)/ nocase
        $script2 = "@echo off" nocase
        $script3 = "WScript.Shell" ascii wide nocase
        $script4 = /powershell(\.exe)?\s/ ascii wide nocase
        $script5 = "CreateObject(" ascii wide nocase
        $name = /\.(hta|bat|cmd|vbs|js|jse|wsf|ps1|lnk|exe|scr|chm)\x00\x00?/ wide nocase
        $name2 = /[\w\- ]{1,40}\.(hta|bat|cmd|vbs|jse?|wsf|ps1|lnk|exe|scr|chm)/ wide nocase
        $link = { 4C 00 00 00 01 14 02 00 00 00 00 00 C0 00 00 00 }
    condition:
        uint32be(0) == 0xE4525C7B and filesize < 50MB and $object and ($program or $link or any of ($script*) or ($name and $name2))
}

rule disk_image_with_shortcut
{
    meta:
        id = "7e0aaebb-d6fb-403d-b30c-a2a71659a173"
        title = "Disk image with a shortcut and a hidden program"
        title_vi = "Ảnh đĩa chứa lối tắt và chương trình ẩn"
        description = "A small ISO or IMG image holds a shortcut or script beside a library or program. Files within images are opened without the warning that downloads get."
        description_vi = "Ảnh đĩa ISO hoặc IMG nhỏ chứa lối tắt hoặc đoạn mã cạnh thư viện hay chương trình. Tệp trong ảnh đĩa được mở mà không có cảnh báo dành cho tệp tải về."
        level = "high"
        level_reason = "Software comes on large images with an installer, not so."
        level_reason_vi = "Phần mềm thật nằm trên ảnh đĩa lớn có bộ cài, không như vậy."
        attack = "T1553.005, T1204.002, T1574.001"
        layer = 2
        tier = "endpoint"
        response = "Do not open the file again. Keep it with its hash and the mail it came with. Ask who opened it, and isolate those hosts. Search the mail server for the same attachment and remove it from all mailboxes."
        response_vi = "Không mở lại tệp. Giữ tệp cùng mã băm và thư kèm theo. Hỏi ai đã mở và cách ly các máy đó. Tìm tệp đính kèm tương tự trên máy chủ thư và gỡ khỏi mọi hộp thư."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1553/005/"
        false_positives = "Small images that administrators make for virtual machines"
    strings:
        $volume = { 01 43 44 30 30 31 01 00 }
        $start1 = /[\w\- ]{1,60}\.(lnk|vbs|js|hta|wsf|bat|cmd|ps1)(;1|\x00)/ nocase
        $start2 = /\x00[\w\- ]{1,60}\.(lnk|vbs|js|hta|wsf|bat|cmd|ps1)\x00?/ wide nocase
        $start3 = { 4C 00 00 00 01 14 02 00 00 00 00 00 C0 00 00 00 }
        $load = "This program cannot be run in DOS mode"
        $name = /[\w\- ]{1,60}\.(dll|exe|cpl|ocx|dat)(;1|\x00)/ nocase
        $name2 = /[\w\-]{1,40}\.(dll|exe|cpl|ocx)/ wide nocase
        $boot1 = "EL TORITO SPECIFICATION"
        $boot2 = "isolinux" nocase
        $boot3 = "autorun.inf" nocase
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and (
            filesize < 30MB and $volume in (0..40000) and not any of ($boot*) and (
                ($start3 and any of ($load, $name, $name2)) or (any of ($start1, $start2) and $load)
            )
        )
}

rule shortcut_leaks_login
{
    meta:
        id = "e92d9200-21a9-49a8-a939-c092351821fb"
        title = "File that makes Windows log in to a foreign host"
        title_vi = "Tệp khiến Windows đăng nhập vào máy lạ"
        description = "A shortcut of the internet, library or search file names an icon or place on another host: Windows sends the hash of the user's password there when the folder is only looked at (CVE-2025-24054 and older)."
        description_vi = "Tệp lối tắt Internet, thư viện hoặc tìm kiếm trỏ biểu tượng hay vị trí tới máy khác: Windows gửi mã băm mật khẩu tới đó ngay khi mở xem thư mục (CVE-2025-24054 và cũ hơn)."
        level = "high"
        level_reason = "Nobody needs to click; to see the folder is enough."
        level_reason_vi = "Không cần bấm; chỉ xem thư mục là đủ."
        attack = "T1187, T1204.002, T1566.001"
        layer = 2
        tier = "endpoint"
        response = "Remove the file from the folder and keep it with its hash. Look for connections on ports 445 and 80 to the host that it names, and note from whom. Change the passwords of those users and block these ports towards the internet."
        response_vi = "Gỡ tệp khỏi thư mục, giữ tệp cùng mã băm. Tìm kết nối cổng 445 và 80 tới máy mà tệp nêu, ghi lại từ ai. Đổi mật khẩu những người đó và chặn các cổng này ra Internet."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://nvd.nist.gov/vuln/detail/CVE-2025-24054"
        false_positives = "Shortcuts to file servers of one's own with an icon on them"
    strings:
        $url = "[InternetShortcut]" nocase
        $url2 = /\n\s?(IconFile|URL|WorkingDirectory)\s?=\s?(file:)?[\\\/]{2,5}[0-9a-z][0-9a-z.\-]{3,80}(@\w{2,5})?[\\\/]/ nocase
        $scf = "[Shell]" nocase
        $scf2 = /\n\s?IconFile\s?=\s?\\\\[0-9a-z.\-]{4,80}\\/ nocase
        $library = "<libraryDescription" nocase
        $library2 = /<url>\s?(\\\\|file:\/\/|https?:\/\/)[0-9a-z.\-]{4,80}/ nocase
        $search = "<persistedQuery" nocase
        $search2 = /<(include|scope)[^>]{0,80}path\s?=\s?"(\\\\|file:\/\/)[0-9a-z.\-]{4,80}/ nocase
        $theme = "[Theme]" nocase
        $theme2 = /\n\s?(BrandImage|Wallpaper)\s?=\s?\\\\[0-9a-z.\-]{4,80}\\/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and (
            filesize < 50KB and (($url and $url2) or ($scf and $scf2) or ($library and $library2) or ($search and $search2) or ($theme and $theme2))
        )
}
