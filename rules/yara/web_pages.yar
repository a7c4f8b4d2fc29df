rule page_with_hidden_gambling_links
{
    meta:
        id = "7ffb0760-96d6-48fb-8d5f-c3130b6471ec"
        title = "Page with hidden links to gambling or adverts"
        title_vi = "Trang có liên kết ẩn tới cờ bạc hoặc quảng cáo"
        description = "A page hides links with the words of betting, loans or pills from people but not from search engines: state sites are used to lift such offers."
        description_vi = "Trang giấu liên kết có từ về cá cược, vay tiền, thuốc khỏi mắt người nhưng không giấu máy tìm kiếm: trang nhà nước bị lợi dụng để nâng hạng các quảng cáo này."
        level = "high"
        level_reason = "Somebody else writes on the site, and search engines already show it."
        level_reason_vi = "Người khác đang ghi lên trang, và máy tìm kiếm đã hiển thị."
        attack = "T1491.002, T1608.006"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, then restore it from a backup. Look for other files that changed on the same day and for accounts of the site that nobody knows. Close the way in (old extension, weak password) before the page goes online again."
        response_vi = "Giữ tệp cùng mã băm và thời gian rồi khôi phục từ bản sao lưu. Tìm các tệp khác đổi cùng ngày và tài khoản lạ trên trang. Bịt đường xâm nhập (tiện ích cũ, mật khẩu yếu) trước khi đưa trang lên lại."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1491/002/"
        false_positives = "Pages that warn of gambling and quote such links"
    strings:
        $hidden1 = /style\s*=\s*\\?["'][^"'>]{0,120}(display\s*:\s*none|visibility\s*:\s*hidden|(left|top|text-indent)\s*:\s*-\d{3,5}(px|em)|font-size\s*:\s*[01](px)?\s*[;"']|opacity\s*:\s*0\s*[;"']|height\s*:\s*[01]px[^"'>]{0,40}overflow\s*:\s*hidden)[^>]{0,120}>\s{0,20}<(a|ul|li|p|h\d|span|div)\b/ nocase
        $hidden2 = /position\s*:\s*absolute[^"'>}]{0,80}(left|top|clip)\s*:\s*(-\d{3,5}|rect\s*\()/ nocase
        $link = /href\s?=\s?\\?["']?https?:\/\// nocase
        $offer = />[^<]{0,60}(nhà cái|cá cược|tài xỉu|nổ hũ|game bài|soi kèo|đá gà|Đá gà|casino|slot gacor|judi online|viagra|cialis|vay tiền nhanh|vay nhanh|baccarat|bắn cá|link vào|lô đề|bong88|xóc đĩa|cá độ)[^<]{0,80}<\/\w>/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and filesize < 3MB and any of ($hidden*) and #link > 1 and #offer > 1
}

rule page_for_search_engines_only
{
    meta:
        id = "2911c09d-500d-4565-95e7-868df71a0539"
        title = "Page that shows search engines something else"
        title_vi = "Trang hiển thị nội dung khác cho máy tìm kiếm"
        description = "A script looks whether a search engine asks, or a visitor who comes from one, and answers with content from another host or sends the visitor away."
        description_vi = "Mã kiểm tra có phải máy tìm kiếm, hay khách đến từ đó, rồi trả nội dung lấy từ máy khác hoặc chuyển hướng khách."
        level = "high"
        level_reason = "The owner of the site sees nothing of it, visitors and search engines do."
        level_reason_vi = "Chủ trang không thấy gì, còn khách và máy tìm kiếm thì thấy."
        attack = "T1491.002, T1608.006, T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, then restore it from a backup. Look for other files that changed on the same day and for accounts of the site that nobody knows. Close the way in (old extension, weak password) before the page goes online again."
        response_vi = "Giữ tệp cùng mã băm và thời gian rồi khôi phục từ bản sao lưu. Tìm các tệp khác đổi cùng ngày và tài khoản lạ trên trang. Bịt đường xâm nhập (tiện ích cũ, mật khẩu yếu) trước khi đưa trang lên lại."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1491/002/"
        false_positives = "Services that render pages for search engines beforehand"
    strings:
        $agent = /HTTP_USER_AGENT|HTTP_REFERER|getHeader\s*\(\s*"(User-Agent|Referer)"|Request\.UserAgent|UrlReferrer|ServerVariables\s*\(\s*"HTTP_(USER_AGENT|REFERER)/ nocase
        $bot1 = "googlebot" nocase
        $bot2 = "bingbot" nocase
        $bot3 = /google\.(com|\\\.|\*|co)/ nocase
        $bot4 = "yandex" nocase
        $bot5 = "baidu" nocase
        $bot6 = "coccoc" nocase
        $bot7 = "slurp" nocase
        $fetch1 = /(file_get_contents|curl_init|fopen|curl_setopt)\s*\(\s*(\$\w{1,20}\s*,\s*CURLOPT_URL\s*,\s*)?(base64_decode\s*\(\s*)?['"](https?:\/\/|aHR0c)/ nocase
        $fetch2 = /(echo|print|exit|die)\s*\(?\s*@?(file_get_contents|curl_exec|\w{0,12}get_?contents?\w{0,8})\s*\(/ nocase
        $fetch3 = /header\s*\(\s*['"]Location:\s*(https?:\/\/|['"]\s*\.\s*(base64_decode|\$))/ nocase
        $fetch4 = /(base64_decode|str_rot13|hex2bin|gzinflate)\s*\(/ nocase
        $fetch5 = /DownloadString\s*\(|WebClient|Response\.Redirect\s*\(\s*"https?:/ nocase
        $exit = /\b(exit|die)\s*(\(\s*\))?\s*;/
        $code1 = "<?"
        $code2 = "<%"
        $own1 = /^\s*namespace\s/
        $own2 = /\bclass\s+\w{3,40}/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 200KB and any of ($code*) and $agent and 2 of ($bot*) and not any of ($own*)
            and (($fetch1 and any of ($fetch2, $exit)) or ($fetch2 and $fetch4) or ($fetch3 and $exit) or $fetch5)
        )
}

rule phishing_kit_sends_passwords
{
    meta:
        id = "d4a8730e-ec75-481b-aa0b-4b9c90d454c2"
        title = "Page that mails or messages what visitors type"
        title_vi = "Trang gửi đi mật khẩu mà khách nhập"
        description = "A script takes a name and a password from a form and sends them by mail or to a Telegram or Discord channel: the server's side of a false login page."
        description_vi = "Mã lấy tên và mật khẩu từ biểu mẫu rồi gửi qua thư hoặc kênh Telegram, Discord: phần máy chủ của trang đăng nhập giả."
        level = "high"
        level_reason = "People lose their passwords to this page while it stands."
        level_reason_vi = "Trang còn tồn tại thì người dùng còn mất mật khẩu."
        attack = "T1566.002, T1056.003, T1567"
        layer = 2
        tier = "application"
        response = "Take the page off and keep it with its hash. Find out in the access log who sent the form, and change the passwords of those people. Report the address to which the kit sends what it takes, and look for the way in."
        response_vi = "Gỡ trang và giữ lại cùng mã băm. Tìm trong nhật ký truy cập ai đã gửi biểu mẫu và đổi mật khẩu cho họ. Báo cáo địa chỉ mà bộ công cụ gửi dữ liệu tới, và tìm đường xâm nhập."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1566/002/"
        false_positives = "Contact forms that send a password, which should be changed anyway"
    strings:
        $code = /<\?(php|=|\s)|<%/ nocase
        $take = /\$_(POST|REQUEST|GET)\s*\[\s*['"]?\w{0,12}(pass(word|wd)?|pwd|mat_?khau|otp|pin|cvv|psw|passwd)\w{0,8}['"]?\s*\]/ nocase
        $take2 = /Request(\.Form)?\s*[\[(]\s*"\w{0,12}(pass(word|wd)?|pwd|matkhau|otp|pin|cvv)\w{0,8}"/ nocase
        $send1 = /\bmail\s*\(\s*\$?\w{1,30}\s*,/ nocase
        $send2 = "api.telegram.org" nocase
        $send3 = /discord(app)?\.com\/api\/webhooks/ nocase
        $send4 = /(fopen|file_put_contents)\s*\(\s*['"][\w\/.\-]{1,40}\.(txt|log|html?|dat)['"]/ nocase
        $boast1 = /(\+|-|=|\*|~|\|){4,}\s*\[?\s*\w{0,20}\s*(log(in|s)?|result|re[sz]ult|info|victim|vbv|bank|rezult)\b/ nocase
        $boast2 = /\$(ip|ipaddr|ip_address|adddate|hostname|useragent|bilsmg|bilsub|msg|message|send|recipient)\s*\.?=/ nocase
        $boast3 = /(geoplugin|ip-api|ipinfo)\.(net|io|com)/ nocase
        $boast4 = /\$\w{1,20}\s*\.?=\s*["'][^"'\n]{0,30}(pass(word)?|mật khẩu|otp)\s{0,3}:/ nocase
        $leave = /header\s*\(\s*['"]Location\s*:/ nocase
        $own1 = "password_verify" nocase
        $own2 = "password_hash" nocase
        $own3 = /\b(class|namespace)\s+\w/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 60KB and $code and any of ($take*) and not any of ($own*) and (
                any of ($send2, $send3) or ($send1 and (any of ($boast1, $boast3, $boast4) or ($boast2 and $leave)))
                or ($send4 and $leave and any of ($boast*))
            )
        )
}

rule page_asks_to_run_command
{
    meta:
        id = "9ee732ed-4505-459d-9be9-86e58218a97b"
        title = "Page that talks visitors into running a command"
        title_vi = "Trang dụ khách tự chạy lệnh"
        description = "A page pretends to test for a human or to repair an error, puts a command on the clipboard and tells the visitor to paste it into the Run window (ClickFix)."
        description_vi = "Trang giả vờ kiểm tra người thật hoặc sửa lỗi, đặt lệnh vào bộ nhớ tạm và bảo khách dán vào cửa sổ Run (ClickFix)."
        level = "high"
        level_reason = "Whoever obeys starts the intruder's program himself, past every filter."
        level_reason_vi = "Ai làm theo là tự tay chạy chương trình của kẻ xâm nhập, vượt mọi bộ lọc."
        attack = "T1204.004, T1189, T1059.001"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and where it came from. Ask who opened it and what they did then; isolate their hosts. Search mail and web folders for the same file."
        response_vi = "Giữ tệp cùng mã băm và nguồn gốc. Hỏi ai đã mở và sau đó làm gì; cách ly máy của họ. Tìm tệp tương tự trong thư và thư mục web."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1204/004/"
        false_positives = "Training pages about this trick"
    strings:
        $html = /<(html|script|body|div)\b/ nocase
        $clip1 = /clipboard\.writeText\s*\(/ nocase
        $clip2 = /execCommand\s*\(\s*['"]copy/ nocase
        $press1 = /(win(dows)?( key| logo)?|⊞|fa-windows)[^\n]{0,40}\+\s*(<\/?\w{1,8}[^>]{0,60}>\s*){0,4}R\b/ nocase
        $press2 = /ctrl\s*(<\/?\w{1,8}[^>]{0,60}>\s*){0,4}\+\s*(<\/?\w{1,8}[^>]{0,60}>\s*){0,4}V\b/ nocase
        $press3 = /(Terminal|PowerShell)[^\n]{0,80}(paste|dán)/ nocase
        $run1 = /powershell(\.exe)?\s+-/ nocase
        $run2 = /mshta(\.exe)?\s+https?:/ nocase
        $run3 = /cmd(\.exe)?\s+\/c\s/ nocase
        $run4 = /(curl|wget)\s[^\n"']{0,80}\|\s*(ba|z)?sh/ nocase
        $run5 = /\b(iex|irm|iwr|Invoke-Expression)\b/ nocase
        $run6 = /atob\s*\(|fromCharCode/ nocase
        $run7 = /msiexec\s+\/[qi]/ nocase
        $lie1 = /(verify|confirm)[^\n<]{0,40}(human|robot)/ nocase
        $lie2 = /(recaptcha|captcha|cloudflare|turnstile)/ nocase
        $lie3 = /xác (minh|nhận)[^\n<]{0,40}(người|robot)/ nocase
        $lie4 = /(fix|repair|update)[^\n<]{0,30}(error|browser|display|document)/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and filesize < 2MB and $html and any of ($clip*) and any of ($run*) and any of ($lie*) and 2 of ($press*)
}

rule html_carries_program
{
    meta:
        id = "b32dd0f8-8e23-419d-a04b-c0989a176045"
        title = "HTML file that carries a program inside"
        title_vi = "Tệp HTML mang chương trình bên trong"
        description = "A page builds a file out of data that it holds itself and lets the browser save it (HTML smuggling): so no mail or web filter sees the program."
        description_vi = "Trang dựng tệp từ dữ liệu nằm ngay trong nó rồi cho trình duyệt lưu lại (HTML smuggling): bộ lọc thư và web không thấy chương trình."
        level = "high"
        level_reason = "Web pages download files from servers; attachments that build them hide something."
        level_reason_vi = "Trang web tải tệp từ máy chủ; tệp đính kèm tự dựng tệp là đang che giấu."
        attack = "T1027.006, T1566.001"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and where it came from. Ask who opened it and what they did then; isolate their hosts. Search mail and web folders for the same file."
        response_vi = "Giữ tệp cùng mã băm và nguồn gốc. Hỏi ai đã mở và sau đó làm gì; cách ly máy của họ. Tìm tệp tương tự trong thư và thư mục web."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1027/006/"
        false_positives = "Reports exported as one page with a button to save the data"
    strings:
        $html = /<(html|script|body|svg|!doctype)\b/ nocase
        $decode1 = /\batob\s*\(/
        $decode2 = /fromCharCode|Uint8Array/
        $make1 = /new\s+Blob\s*\(/
        $make2 = "msSaveOrOpenBlob"
        $make3 = "createObjectURL"
        $make4 = /data:application\/(octet-stream|zip|x-msdownload|x-zip-compressed|x-iso9660-image);base64,/
        $save1 = /\.download\s*=\s*|download\s*=\s*["'\\]/
        $save2 = /\.click\s*\(\s*\)/
        $program1 = "TVqQAAMAAAAEAAAA"
        $program2 = /UEsDB[BAC][A-Za-z0-9+\/]{200}/
        $program3 = "UmFyIRoH"
        $program4 = "N3q8ryc"
        $program5 = "TAAAAAEUAgAAAAAAwAAA"
        $program6 = "Q0QwMDEB"
        $name = /["'][^"'\n]{1,60}\.(iso|img|zip|rar|7z|exe|js|vbs|hta|lnk|msi|scr|wsf|vhd)["']/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 20MB and $html and any of ($decode*, $make4) and any of ($save*) and (
                (any of ($make*) and any of ($program*)) or ($make1 and $make3 and $name and $decode1 and $save2 and filesize > 20KB)
            )
        )
}

rule svg_with_script
{
    meta:
        id = "a1cc0a3e-c13f-4037-876e-a60206ba54c0"
        title = "SVG picture that runs a script or sends people away"
        title_vi = "Hình SVG chạy mã hoặc chuyển hướng người xem"
        description = "An SVG file, which looks like a picture in a mail, decodes a script, opens an address or holds a form."
        description_vi = "Tệp SVG, trông như hình trong thư, giải mã đoạn mã, mở địa chỉ hoặc chứa biểu mẫu."
        level = "high"
        level_reason = "It is how false login pages now get past mail filters."
        level_reason_vi = "Đây là cách trang đăng nhập giả hiện nay vượt bộ lọc thư."
        attack = "T1566.001, T1027.017, T1204.001"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and where it came from. Ask who opened it and what they did then; isolate their hosts. Search mail and web folders for the same file."
        response_vi = "Giữ tệp cùng mã băm và nguồn gốc. Hỏi ai đã mở và sau đó làm gì; cách ly máy của họ. Tìm tệp tương tự trong thư và thư mục web."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1566/001/"
        false_positives = "Interactive diagrams made by drawing programs"
    strings:
        $svg = /<svg[\s>]/ nocase
        $script = /<script\b|onload\s*=|<!\[CDATA\[|onerror\s*=/ nocase
        $do1 = /\batob\s*\(/
        $do2 = /(window\.|document\.|top\.)?location(\.href)?\s*=\s*["'(\w]/
        $do3 = /location\.(replace|assign)\s*\(/
        $do4 = /\beval\s*\(|new\s+Function\s*\(/
        $do5 = /<foreignObject[^>]{0,200}>[^\x00]{0,400}<(form|iframe|input|body)/ nocase
        $do6 = /document\.(write|createElement\s*\(\s*["'](iframe|script))/
        $do7 = /window\.open\s*\(/
        $do8 = /String\.fromCharCode/
        $hide1 = /atob\s*\(\s*['"][A-Za-z0-9+\/]{60}/
        $hide2 = /(\\x[0-9a-f]{2}){20}/ nocase
        $html = /<html\b/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 2MB and $svg in (0..2048) and not $html in (0..512) and $script
            and (2 of ($do*) or (any of ($do4, $do1, $do8) and any of ($hide*)) or $do5 or $do3 )
        )
}

rule injected_page_script
{
    meta:
        id = "f158cd05-5d98-4de4-aa8e-30baaf24727a"
        title = "Hidden script put into the pages of a site"
        title_vi = "Mã ẩn bị chèn vào trang của cổng thông tin"
        description = "A page or script library holds a hidden loader: numbers or base64 become a script element from another host, or visitors' cards and keys are sent away."
        description_vi = "Trang hoặc thư viện mã chứa đoạn nạp ẩn: số hoặc base64 biến thành thẻ script từ máy khác, hoặc thẻ và phím gõ của khách bị gửi đi."
        level = "high"
        level_reason = "Visitors of the site run somebody else's program."
        level_reason_vi = "Khách của trang chạy chương trình của người khác."
        attack = "T1189, T1056.003, T1027"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, then restore it from a backup. Look for other files that changed on the same day and for accounts of the site that nobody knows. Close the way in (old extension, weak password) before the page goes online again."
        response_vi = "Giữ tệp cùng mã băm và thời gian rồi khôi phục từ bản sao lưu. Tìm các tệp khác đổi cùng ngày và tài khoản lạ trên trang. Bịt đường xâm nhập (tiện ích cũ, mật khẩu yếu) trước khi đưa trang lên lại."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1189/"
        false_positives = "Adverts and counters that hide how they work"
    strings:
        $code1 = /eval\s*\(\s*(String\.fromCharCode|atob|unescape|decodeURIComponent)\s*\(/ nocase
        $code2 = /String\.fromCharCode\s*\(\s*(\d{2,3}\s*,\s*){30}/ nocase
        $code3 = /document\.write\s*\(\s*(unescape|atob)\s*\(\s*["']/ nocase
        $code4 = /\.src\s*=\s*(atob|String\.fromCharCode|unescape)\s*\(/
        $code5 = /document\[["']\\x[0-9a-f]{2}/ nocase
        $make1 = /createElement\s*\(\s*(["']script|String\.fromCharCode|atob)/
        $make2 = /(appendChild|insertBefore|document\.write)\s*\(/
        $make3 = /<script\b|%3cscript/ nocase
        $card1 = /(cc_?number|card_?number|cvv|so_the)/ nocase
        $card2 = /new\s+Image\s*\(\s*\)\s*\.src\s*=\s*["'a]/
        $card3 = /sendBeacon\s*\(\s*atob\s*\(/
        $eth = /eth_call[^\n]{0,400}(eval|new Function)\s*\(/
    condition:
        filesize < 2MB and uint32be(0) != 0x7F454C46 and (
            ($code1 and any of ($make*, $code2)) or ($code2 and any of ($make1, $code3)) or $code3 or ($code4 and $make1) or ($code5 and $make1)
            or ($card1 and any of ($card2, $card3) and any of ($code*, $card3)) or $eth
        )
}

rule web_server_setting_runs_code
{
    meta:
        id = "ea560509-144b-414a-9365-1b3ab5f224bb"
        title = "Setting that makes pictures or uploads run as PHP"
        title_vi = "Thiết lập cho hình ảnh hoặc tệp tải lên chạy như PHP"
        description = "A .htaccess or .user.ini lets files with the suffix of pictures or texts run as PHP, puts a file before every page, or reads PHP from somewhere else."
        description_vi = "Tệp .htaccess hoặc .user.ini cho tệp đuôi hình ảnh, văn bản chạy như PHP, chèn tệp vào trước mọi trang, hoặc đọc PHP từ nơi khác."
        level = "high"
        level_reason = "It makes any upload a webshell, and stays when the webshell is found."
        level_reason_vi = "Nó biến mọi tệp tải lên thành webshell, và vẫn còn khi webshell đã bị gỡ."
        attack = "T1505.003, T1546"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, then restore it from a backup. Look for other files that changed on the same day and for accounts of the site that nobody knows. Close the way in (old extension, weak password) before the page goes online again."
        response_vi = "Giữ tệp cùng mã băm và thời gian rồi khôi phục từ bản sao lưu. Tìm các tệp khác đổi cùng ngày và tài khoản lạ trên trang. Bịt đường xâm nhập (tiện ích cũ, mật khẩu yếu) trước khi đưa trang lên lại."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Firewalls of applications that are put before every page"
    strings:
        $type = /(AddType|AddHandler|SetHandler|ForceType)\s+["']?(application\/x-httpd-php|application\/x-php|php\d?-script|x-httpd-php|proxy:unix:[^\n]{0,60}fcgi)[^\n"']{0,12}["']?[^\n]{0,60}\.(jpe?g|png|gif|bmp|ico|txt|css|pdf|docx?|zip|log|html?|xml|webp|svg)\b/ nocase
        $files = /<Files(Match)?\s+["']?[^>\n]{0,60}(jpe?g|png|gif|bmp|ico|txt|webp|pdf|css|\.(abc|x))[^>\n]{0,60}>\s*\n?\s*(SetHandler|ForceType|AddHandler)\s+["']?(application\/x-httpd-php|php\d?-script|x-httpd-php)/ nocase
        $prepend = /(php_value\s+|^|\n)auto_(prepend|append)_file\s*[=\s]\s*["']?(\/tmp\/|\/dev\/shm|\/var\/tmp|php:|data:|https?:|[\w\/.\-]{0,80}\.(jpe?g|png|gif|ico|txt|css|log)\b)/ nocase
        $cgi = /Options\s+\+ExecCGI[^\x00]{0,200}AddHandler\s+cgi-script\s+[^\n]{0,40}\.(jpe?g|png|gif|txt|\w{2,8})/ nocase
        $open = /(php_value\s+|php_flag\s+|\n)(open_basedir|disable_functions)\s*[=\s]\s*(none|["']{2})/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 100KB and (any of ($type, $files, $prepend) or ($cgi and filename icontains "htaccess") or ($open and (filename icontains "htaccess" or filename icontains "user.ini")))
        )
}

rule mass_mailer_page
{
    meta:
        id = "644498e8-8b9d-45b5-bfef-51bbbeea8783"
        title = "PHP page that sends mail in masses"
        title_vi = "Trang PHP gửi thư hàng loạt"
        description = "A single page takes a list of addresses, a false sender and a text and sends mail to all: the server becomes a source of spam and is put on block lists."
        description_vi = "Một trang nhận danh sách địa chỉ, người gửi giả và nội dung rồi gửi thư cho tất cả: máy chủ thành nguồn thư rác và bị đưa vào danh sách chặn."
        level = "high"
        level_reason = "The mail of the whole office is refused once the server is listed."
        level_reason_vi = "Thư của cả cơ quan sẽ bị từ chối khi máy chủ vào danh sách chặn."
        attack = "T1586.002, T1505.003, T1566"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, then restore it from a backup. Look for other files that changed on the same day and for accounts of the site that nobody knows. Close the way in (old extension, weak password) before the page goes online again."
        response_vi = "Giữ tệp cùng mã băm và thời gian rồi khôi phục từ bản sao lưu. Tìm các tệp khác đổi cùng ngày và tài khoản lạ trên trang. Bịt đường xâm nhập (tiện ích cũ, mật khẩu yếu) trước khi đưa trang lên lại."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1586/002/"
        false_positives = "Newsletter programs that consist of one page"
    strings:
        $php = "<?"
        $name = /(leaf\s?php\s?mailer|leafmailer|priv8 mailer|php mailer by|mass mailer|inbox mailer|alexus ?mailer|spam ?tools?|mailer inbox|pro mailer)/ nocase
        $list1 = /explode\s*\(\s*["'](\\r)?\\n["']\s*,\s*(urldecode\s*\(|trim\s*\(|stripslashes\s*\()?\s*\$_?(POST|REQUEST|email|mail|emaillist|list|to|maillist)/ nocase
        $list2 = /<textarea[^>]{0,80}name\s*=\s*\\?["']?(email_?list|mail_?list|emails|to_?list|recipients?)/ nocase
        $from1 = /\$_(POST|REQUEST)\s*\[\s*['"]?(from|real_?name|sender_?(name|mail)?|fromname|reply_?to)['"]?\s*\]/ nocase
        $from2 = /X-Mailer\s*:/ nocase
        $send = /@?\bmail\s*\(\s*\$/ nocase
        $send2 = /->\s?(Send|AddAddress)\s*\(/
        $own = /\b(wp_nonce|check_admin_referer|namespace\s+\w|session_start|defined\s*\()/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 500KB and $php and any of ($send*) and (
                ($name and any of ($list*, $from*)) or (all of ($list*) and $from1) or (any of ($list*) and $from1 and $from2 and not $own)
            )
        )
}

rule webshell_tunnel
{
    meta:
        id = "5fe8635e-d696-4242-bb6a-9bdad3fc5a4e"
        title = "Web page that tunnels connections into the network"
        title_vi = "Trang web làm đường hầm vào mạng nội bộ"
        description = "A PHP, JSP or ASPX page opens connections to other hosts and passes bytes through, so that an intruder reaches the inner network over the web server (reGeorg and kin)."
        description_vi = "Trang PHP, JSP hoặc ASPX mở kết nối tới máy khác và chuyển dữ liệu qua lại, giúp kẻ xâm nhập vào mạng nội bộ qua máy chủ web (reGeorg và tương tự)."
        level = "critical"
        level_reason = "The inner network lies open behind the firewall."
        level_reason_vi = "Mạng nội bộ mở toang phía sau tường lửa."
        attack = "T1090.001, T1505.003, T1572"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, then restore it from a backup. Look for other files that changed on the same day and for accounts of the site that nobody knows. Close the way in (old extension, weak password) before the page goes online again."
        response_vi = "Giữ tệp cùng mã băm và thời gian rồi khôi phục từ bản sao lưu. Tìm các tệp khác đổi cùng ngày và tài khoản lạ trên trang. Bịt đường xâm nhập (tiện ích cũ, mật khẩu yếu) trước khi đưa trang lên lại."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1090/001/"
        false_positives = "Gateways that let consoles into the browser"
    strings:
        $page1 = "<?"
        $page2 = "<%"
        $page3 = "WebHandler" nocase
        $word1 = /X-(CMD|STATUS|TARGET|PORT|ERROR)\b/
        $word2 = "Georg says" nocase
        $word3 = /["'](CONNECT|DISCONNECT|FORWARD|READ)["']/
        $open1 = /fsockopen\s*\(|stream_socket_client\s*\(|socket_create\s*\(/
        $open2 = /SocketChannel\.open\s*\(|new\s+Socket\s*\(/
        $open3 = /new\s+(System\.Net\.Sockets\.)?(Socket|TcpClient)\s*\(/
        $in1 = /(apache_request_headers|getallheaders)\s*\(|\$_SERVER\s*\[\s*['"]HTTP_/
        $in2 = /request\.getHeader\s*\(/
        $in3 = /Request\.(Headers|QueryString)/
        $keep1 = /\$_SESSION\s*\[/
        $keep2 = /session\.setAttribute\s*\(/
        $keep3 = /(Session|Application)\s*(\[|\.Add|\.Contents)/
        $table = /strtr\s*\([^;\n]{0,80}["'][A-Za-z0-9+\/]{64}["']/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 500KB and any of ($page*) and any of ($open*) and any of ($in*) and any of ($keep*)
            and ($word2 or #word1 > 3 or #word3 > 3 or ($table and $word3))
        )
}
