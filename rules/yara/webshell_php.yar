rule webshell_php_input_eval
{
    meta:
        id = "062c02a0-750c-40d4-9acb-a2e67abc7234"
        title = "PHP webshell that runs what a request carries"
        title_vi = "Webshell PHP chạy nội dung trong yêu cầu"
        description = "A PHP file evaluates or executes a value straight from a request, plain or through base64, gzip or rot13."
        description_vi = "Tệp PHP chạy thẳng giá trị lấy từ yêu cầu, viết thẳng hoặc qua base64, gzip hay rot13."
        level = "critical"
        level_reason = "Whoever knows the address of this file runs commands on the server."
        level_reason_vi = "Ai biết địa chỉ tệp này đều chạy được lệnh trên máy chủ."
        attack = "T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and do not open it in a browser. List who called it in the access log, and what that address did before. Isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, không mở bằng trình duyệt. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Administration tools written in PHP that are meant to run commands"
    strings:
        $php = /<\?(php|=|\s)|<script\s{1,8}language\s{0,4}=\s{0,4}["']?php/ nocase
        $input = /\b(eval|assert|create_function|call_user_func|call_user_func_array|preg_replace|ReflectionFunction)\s*\(\s*@?\s*\(?\s*(\w{1,32}\s*\(\s*){0,4}@?\$\{?_(POST|GET|REQUEST|COOKIE|SERVER|FILES)\b/ nocase
        $quoted = /\b(eval|assert)\s*\(\s*@?\s*(["'][^"'\n]{0,12}["']\s*\.\s*)?["']?\{?(\w{1,32}\s*\(\s*){0,4}\$\{?_(POST|GET|REQUEST|COOKIE|SERVER)\b/ nocase
        $first = /\b(array_map|ob_start|register_shutdown_function|set_error_handler)\s*\(\s*@?\$_(POST|GET|REQUEST|COOKIE|SERVER)\s?\[/ nocase
        $last = /\b(array_filter|array_walk|array_reduce|usort|uasort|uksort|array_udiff)\s*\([^;\n]{1,120},\s*@?\$_(POST|GET|REQUEST|COOKIE)\s?\[[^\]]{1,40}\]\s*\)/ nocase
        $second = /\b(register_tick_function|register_shutdown_function|call_user_func|call_user_func_array|forward_static_call|iterator_apply)\s*\(\s*@?\$\w{1,20}\s*,\s*@?(array\s*\(\s*|\[\s*)?\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
        $exec = /\b(system|passthru|shell_exec|exec|popen|proc_open|pcntl_exec)\s*\(\s*@?\s*["']?\{?(\w{1,32}\s*\(\s*){0,4}@?\$\{?_(POST|GET|REQUEST|COOKIE|SERVER)\b/ nocase
        $backtick = /(=|echo|print|return|exit|die|@|;)\s*\(?\s*`[^`\n]{0,60}\$\{?_(POST|GET|REQUEST|COOKIE)\[/
        $variable_call = /@?\$_(POST|GET|REQUEST|COOKIE)\[[^\]]{1,40}\]\s*\(\s*@?\$_(POST|GET|REQUEST|COOKIE)\[/ nocase
        $named = /\b(array_map|array_walk|array_filter|usort)\s*\(\s*["'](assert|system|exec|passthru|shell_exec|popen)["']\s*,\s*(\(array\)\s*)?@?\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
        $spread = /\w\s*\(\s*\.\.\.\s*@?\$_(POST|GET|REQUEST|COOKIE)\s*\)/ nocase
        $made = /create_function\s*\([^;\n]{0,60}\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
        $object1 = /unserialize\s*\(\s*(\w{1,32}\s*\(\s*){0,3}@?\$_(POST|GET|REQUEST|COOKIE)\b/ nocase
        $object2 = /\b(eval|assert|system|passthru|shell_exec)\s*\(\s*@?\$this->\w{1,20}\s*\)/ nocase
        $raw = /\b(eval|assert)\s*\(\s*(\w{1,32}\s*\(\s*){0,4}(file_get_contents\s*\(\s*['"]php:\/\/input|filter_input\s*\(\s*INPUT_|end\s*\(\s*getallheaders)/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and filesize < 5MB and $php and any of ($input, $quoted, $first, $second, $last, $exec, $backtick, $variable_call, $raw, $named, $spread, $made) or ($php and filesize < 200KB and all of ($object*))
}

rule webshell_php_obfuscated
{
    meta:
        id = "196460c2-28e4-465d-92a9-ea90b9245aa4"
        title = "PHP file that unpacks and runs hidden code"
        title_vi = "Tệp PHP giải mã rồi chạy mã ẩn"
        description = "A PHP file evaluates the result of decoding functions nested in each other, or builds the names of functions from pieces."
        description_vi = "Tệp PHP chạy kết quả của các hàm giải mã lồng nhau, hoặc ghép tên hàm từ nhiều mảnh."
        level = "high"
        level_reason = "Code that hides itself is mostly a webshell, but some makers protect their products so."
        level_reason_vi = "Mã tự che giấu phần lớn là webshell, nhưng một số nhà sản xuất cũng bảo vệ sản phẩm theo cách này."
        attack = "T1505.003, T1027"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and ask who put it there. Have it read by somebody who knows PHP, and compare it with the version that the maker published. If nobody answers for it, isolate the server."
        response_vi = "Giữ tệp cùng mã băm và hỏi ai đã đặt tệp. Nhờ người biết PHP đọc, so với bản mà nhà phát triển công bố. Nếu không ai chịu trách nhiệm về tệp, cô lập máy chủ."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1027/"
        false_positives = "Commercial PHP products that are protected against copying"
    strings:
        $php = /<\?(php|=|\s)/ nocase
        $nested = /\b(eval|assert)\s*\(\s*@?\s*(gzinflate|gzuncompress|gzdecode|str_rot13|strrev|base64_decode|convert_uudecode|rawurldecode|hex2bin|openssl_decrypt)\s*\(/ nocase
        $tagged = /\beval\s*\(\s*['"]\?>['"]\s*\.\s*@?(gzinflate|gzuncompress|gzdecode|str_rot13|strrev|base64_decode|rawurldecode|hex2bin)\s*\(/ nocase
        $nested2 = /\$\w{1,30}\s*=\s*(gzinflate|gzuncompress|str_rot13|strrev)\s*\(\s*(base64_decode|gzinflate|str_rot13|strrev)\s*\(/ nocase
        $eval = /\b(eval|assert)\s*\(\s*@?\$\w{1,40}\s*\)/ nocase
        $modifier = /preg_replace\s*\(\s*['"](\/|#|~)[^'"]{0,40}(\/|#|~)[imsxu]{0,5}e[imsxu]{0,5}['"]/ nocase
        $pieces = /\$\w{1,30}\s*=\s*['"](as|ba|ev|sy|cr|ex)[a-z0-9_]{0,6}['"]\s*\.\s*['"][a-z0-9_]{1,12}['"]\s*;/ nocase
        $joined = /["'](as["']\s?\.\s?["']sert|ass["']\s?\.\s?["']ert|asse["']\s?\.\s?["']rt|ev["']\s?\.\s?["']al|sys["']\s?\.\s?["']tem|base64["']\s?\.\s?["']_de|shell["']\s?\.\s?["']_exec|pass["']\s?\.\s?["']thru)/ nocase
        $chr = /(chr\s*\(\s*\d{1,3}\s*\)\s*\.\s*){6,}/ nocase
        $hexname = /\$\{?["']\\x[0-9a-f]{2}(\\x[0-9a-f]{2}){4,}/ nocase
        $super = /["']_["']?\s*\.\s*["'](GET|POST|REQUEST|COOKIE)["']|["']_(G|P|RE|C)["']\s*\.\s*["'](ET|OST|QUEST|OOKIE)["']/
        $split = /["'](as\Wsert|ass\Wert|sys\Wtem|syst\Wem|sy\Wstem|shell_\Wexec|pass\Wthru|base64_\Wdecode)["']\s*\)/ nocase
        $zeros = /\$(O0|OO|O_|_O|__O|__0|___)[O0_]{2,10}\s*[=.({\[]/
        $goto = /goto\s+[A-Za-z0-9_]{4,8};\s*[A-Za-z0-9_]{4,8}:/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 5MB and $php and (
                any of ($nested, $tagged, $modifier, $joined, $split) or #zeros > 2 or ($super and filesize < 60KB) or ($nested2 and $eval) or ($pieces and ($eval or #pieces > 2))
                or ($chr and $eval) or #hexname > 3 or #goto > 20
            )
        )
}

rule webshell_php_known_panel
{
    meta:
        id = "c0d5b1a0-cda9-4cd8-aa65-264d03f3f0f6"
        title = "PHP webshell with a control panel"
        title_vi = "Webshell PHP có bảng điều khiển"
        description = "A PHP file holds the words of the panels that pass from hand to hand (WSO, b374k, c99, r57, Alfa, IndoXploit, P0wny): files, databases, shells and network tools on one page."
        description_vi = "Tệp PHP chứa các từ của những bảng điều khiển truyền tay (WSO, b374k, c99, r57, Alfa, IndoXploit, P0wny): tệp, cơ sở dữ liệu, phiên lệnh và công cụ mạng trên một trang."
        level = "critical"
        level_reason = "The whole server lies open to whoever opens this page."
        level_reason_vi = "Toàn bộ máy chủ mở ra cho bất kỳ ai mở trang này."
        attack = "T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and do not open it in a browser. List who called it in the access log, and what that address did before. Isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, không mở bằng trình duyệt. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Collections of webshells for training, and rules of security products"
    strings:
        $php = "<?"
        $name1 = "FilesMan" nocase
        $name2 = "b374k" nocase
        $name3 = "c99shell" nocase
        $name4 = "r57shell" nocase
        $name5 = "indoxploit" nocase
        $name6 = "p0wny@shell" nocase
        $name7 = "alfa team" nocase
        $name8 = "weevely" nocase
        $name9 = "marijuana shell" nocase
        $name10 = "wso_version" nocase
        $panel1 = "Safe mode" nocase
        $panel2 = "disable_functions" nocase
        $panel3 = /back[ _-]?connect/ nocase
        $panel4 = /bind[ _-]?port/ nocase
        $panel5 = "symlink" nocase
        $panel6 = "Self remove" nocase
        $panel7 = /mass[ _-]?(deface|upload)/ nocase
        $panel8 = "/etc/passwd"
        $panel9 = "config grab" nocase
        $panel10 = "jumping" nocase fullword
        $panel11 = "php_uname" nocase
        $panel12 = "posix_getpwuid" nocase
        $panel13 = "getcwd" nocase
        $exec1 = /\b(shell_exec|passthru|proc_open|popen|system)\s*\(\s*['"$]/ nocase
        $exec2 = /function_exists\s*\(\s*['"](shell_exec|passthru|proc_open|popen|system|exec)['"]/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 2MB and $php and (
                (any of ($name*) and any of ($exec*) and any of ($panel*))
                or (any of ($exec*) and 6 of ($panel*) and any of ($panel3, $panel4, $panel6, $panel7, $panel9))
            )
        )
}

rule webshell_php_encrypted
{
    meta:
        id = "27ba8eea-f8b7-4194-acf8-07872155dcc0"
        title = "PHP webshell that speaks in encrypted requests"
        title_vi = "Webshell PHP trao đổi bằng yêu cầu mã hóa"
        description = "A PHP file decrypts the body of a request and runs it, as the servers' sides of Behinder and Godzilla do: nothing is seen in the traffic."
        description_vi = "Tệp PHP giải mã thân yêu cầu rồi chạy, như phần máy chủ của Behinder và Godzilla: trong lưu lượng không thấy gì."
        level = "critical"
        level_reason = "Only control programs of intruders talk so, and they run anything."
        level_reason_vi = "Chỉ chương trình điều khiển của kẻ xâm nhập giao tiếp như vậy, và chạy được mọi thứ."
        attack = "T1505.003, T1573.001"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and do not open it in a browser. List who called it in the access log, and what that address did before. Isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, không mở bằng trình duyệt. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "None known"
    strings:
        $php = "<?"
        $body = /(file_get_contents|fopen)\s*\(\s*['"]php:\/\/input/ nocase
        $post = /\$_(POST|REQUEST|COOKIE)\s*\[\s*\$\w{1,20}\s*\]/
        $crypt1 = /openssl_decrypt\s*\(/ nocase
        $crypt2 = /\$\w{1,20}\s*\[\s*\$i\s*\]\s*=\s*\$\w{1,20}\s*\[\s*\$i\s*\]\s*\^\s*\$/
        $crypt3 = /\^\s*\$\w{1,20}\s*\[\s*\(?\s*\$i\s*\+\s*1\s*\)?\s*&\s*15\s*\]/
        $run1 = /\beval\s*\(\s*@?\$/ nocase
        $run2 = /@?\beval\s*\(\s*\$\w{1,20}\s*\(/ nocase
        $run3 = /__invoke\s*\(\s*\$\w{1,20}\s*\)\s*\{\s*@?eval/ nocase
        $run4 = /(call_user_func|assert)\s*\(\s*@?\$\w{1,20}/ nocase
        $session = /\$_SESSION\s*\[/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 100KB and $php and any of ($run*) and (
                ($body and any of ($crypt*)) or ($post and $crypt3 and $session) or ($post and $crypt2 and $crypt3)
            )
        )
}

rule webshell_php_two_steps
{
    meta:
        id = "9da98762-fc08-4cc3-9703-e561ac1367a1"
        title = "Short PHP page that runs a value it took from a request"
        title_vi = "Trang PHP ngắn chạy giá trị vừa nhận từ yêu cầu"
        description = "A short page without any library takes a value of a request into a variable, runs a variable as code or command, and shows what comes of it."
        description_vi = "Trang ngắn, không dùng thư viện nào, lấy giá trị yêu cầu vào biến rồi chạy một biến như mã hoặc lệnh và hiện kết quả."
        level = "high"
        level_reason = "Home-made pages of administrators look the same, so a person must read it."
        level_reason_vi = "Trang tự viết của quản trị viên cũng có dạng này, nên cần người đọc lại."
        attack = "T1505.003"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and ask who put it there. Have it read by somebody who knows PHP, and compare it with the version that the maker published. If nobody answers for it, isolate the server."
        response_vi = "Giữ tệp cùng mã băm và hỏi ai đã đặt tệp. Nhờ người biết PHP đọc, so với bản mà nhà phát triển công bố. Nếu không ai chịu trách nhiệm về tệp, cô lập máy chủ."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Diagnosis pages that an administrator wrote"
    strings:
        $php = "<?"
        $take1 = /\$\w{1,30}\s*=\s*@?(trim\s*\(|base64_decode\s*\(|urldecode\s*\(|stripslashes\s*\(|str_rot13\s*\(|hex2bin\s*\(|strrev\s*\(|\(string\)|isset\s*\([^)]{3,40}\)\s*\?)?\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*\[/
        $take2 = /\$\w{1,30}\s*=\s*@?(\w{3,20}\s*\(\s*)?\$_SERVER\s*\[\s*['"]HTTP_(USER_AGENT|REFERER|X_\w{1,20}|ACCEPT\w{0,12}|C\w{1,5})['"]/
        $take3 = /\$\w{1,30}\s*=\s*&?\s*\$\{\s*['"]_(GET|POST|REQUEST|COOKIE)['"]\s*\}/
        $take4 = /\b(extract|parse_str)\s*\(\s*@?\$_(GET|POST|REQUEST|COOKIE|SERVER)\b/
        $take5 = /\$\w{1,20}\s*=\s*&?\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*;/
        $run1 = /\b(eval|assert)\s*\(\s*@?\$\w{1,30}/ nocase
        $run2 = /\b(system|passthru|shell_exec|popen|proc_open|pcntl_exec)\s*\(\s*@?["']?\{?\$\w{1,30}/ nocase
        $run3 = /[^>:\w]exec\s*\(\s*@?["']?\{?\$\w{1,30}/ nocase
        $run4 = /(echo |echo|print |return |= )`\$\w{1,30}/
        $call = /[;{}(@]\s*@?\$\w{1,30}\s*\(\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*\[/
        $all1 = /\b(die|exit|echo|print)\s*\(?\s*@?\$\w{1,20}\s*\(\s*@?\$\w{1,20}\s*\)/
        $all2 = /['"]\]\(\$\w{1,20}\[['"]/
        $safe1 = "escapeshellarg" nocase
        $safe2 = "escapeshellcmd" nocase
        $safe3 = /^\s*namespace\s+\w/
        $safe4 = "in_array" nocase
        $safe5 = /\b(final|abstract)?\s*class\s+\w{2,40}\s+(extends|implements)\b/
        $safe6 = /defined\s*\(\s*['"](ABSPATH|_JEXEC|MEDIAWIKI|DOKU_INC|DRUPAL_ROOT|PHPMYADMIN)/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 8KB and $php and ((any of ($take*) and any of ($run*)) or $call or (any of ($take4, $take5) and any of ($all*))) and not any of ($safe*)
        )
}

rule webshell_php_in_picture
{
    meta:
        id = "ff740f23-f556-4171-a357-e4a7537329ed"
        title = "PHP code inside a picture"
        title_vi = "Mã PHP nằm trong tệp hình ảnh"
        description = "A file that begins as a picture goes on with PHP code that runs something: so filters of uploads are deceived."
        description_vi = "Tệp bắt đầu như hình ảnh nhưng có mã PHP thực thi bên trong: cách đánh lừa bộ lọc tải tệp lên."
        level = "high"
        level_reason = "It does harm only once the web server runs it as PHP, which it may."
        level_reason_vi = "Tệp chỉ gây hại khi máy chủ web chạy nó như PHP, điều rất có thể xảy ra."
        attack = "T1505.003, T1036.008"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and do not open it in a browser. List who called it in the access log, and what that address did before. Isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, không mở bằng trình duyệt. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Test pictures of security scanners"
    strings:
        $open = /<\?(php\s|=\s?[`$@a-z])/ nocase
        $code1 = /\$_(GET|POST|REQUEST|COOKIE|SERVER|FILES)\b/
        $code2 = /\b(eval|assert|system|passthru|shell_exec|base64_decode|gzinflate|file_put_contents|move_uploaded_file|include|require|phpinfo)\b\s*[("'$]/ nocase
    condition:
        filesize < 10MB and (
            uint32be(0) == 0x47494638 or uint32be(0) == 0x89504E47 or uint16be(0) == 0xFFD8 or uint16be(0) == 0x424D
            or uint32be(0) == 0x52494646
        ) and $open and any of ($code*)
}

rule webshell_php_upload_only
{
    meta:
        id = "f7a18761-6088-4d0a-b21e-8ca68bad4b20"
        title = "PHP page that takes any file into the web folder"
        title_vi = "Trang PHP nhận tệp bất kỳ vào thư mục web"
        description = "A very small page shows a form, takes whatever file is sent and stores it under the name that the sender gave, without asking who it is or what kind of file."
        description_vi = "Trang rất nhỏ có biểu mẫu, nhận mọi tệp gửi lên và lưu với tên người gửi đặt, không hỏi ai gửi và loại tệp gì."
        level = "high"
        level_reason = "Intruders leave such pages to bring in their tools later."
        level_reason_vi = "Kẻ xâm nhập để lại trang như vậy nhằm đưa công cụ vào sau."
        attack = "T1505.003, T1105"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and do not open it in a browser. List who called it in the access log, and what that address did before. Isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, không mở bằng trình duyệt. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Upload forms that were written without any check, which are as dangerous"
    strings:
        $php = "<?"
        $form = /enctype\s*=\s*\\?["']?multipart\/form-data/ nocase
        $store = /\b(move_uploaded_file|copy)\s*\(\s*@?\$_FILES\s*\[[^\]]{1,30}\]\s*\[\s*['"]?tmp_name['"]?\s*\]\s*,\s*[^;\n]{0,80}(\$_FILES\s*\[[^\]]{1,30}\]\s*\[\s*['"]?name|\$\w{1,20})/ nocase
        $via = /\$\w{1,20}\s*=\s*@?\$_FILES\s*\[[^\]]{1,30}\]\s*\[\s*['"]?tmp_name/ nocase
        $via2 = /\b(move_uploaded_file|copy)\s*\(\s*\$\w{1,20}\s*,/ nocase
        $check1 = /pathinfo|in_array|finfo|mime_content_type|getimagesize|preg_match|PATHINFO_EXTENSION|exif_imagetype/ nocase
        $check2 = /\$_SESSION|session_start|csrf|nonce|require|include|move_to\b/ nocase
        $check3 = /^\s*namespace\s|\bclass\s+\w/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 4KB and $php and $form and ($store or ($via and $via2)) and not any of ($check*)
        )
}

rule webshell_php_without_letters
{
    meta:
        id = "1af9eab5-54b3-424b-aa77-2fa068424421"
        title = "PHP code without letters"
        title_vi = "Mã PHP không dùng chữ cái"
        description = "A PHP file makes the names of its functions by calculating with signs (xor, inverse, counting up), so that no filter finds a word in it."
        description_vi = "Tệp PHP tạo tên hàm bằng phép tính trên ký hiệu (xor, đảo bit, tăng dần) để bộ lọc không thấy từ nào."
        level = "high"
        level_reason = "Nobody writes a page so who has nothing to hide."
        level_reason_vi = "Không ai viết trang như vậy nếu không có gì phải giấu."
        attack = "T1505.003, T1027"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and do not open it in a browser. List who called it in the access log, and what that address did before. Isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, không mở bằng trình duyệt. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Puzzles of security competitions"
    strings:
        $php = "<?"
        $xor1 = "'^'"
        $xor2 = "' ^ '"
        $xor3 = "\"^\""
        $xor4 = "\" ^ \""
        $xor_url1 = "'^'%"
        $xor_url2 = "\"^\"%"
        $inverse = /\(~['"]?%[89a-f][0-9a-f]%[89a-f]/ nocase
        $count = "_++;$_"
        $call = /\$_{2,12}(\[[_'"0-9$]{1,8}\])?\(\$_{1,12}/
        $call2 = /=\$\$_{1,12}[;\[(]/
        $call3 = /\$_\(\$_{2,12}\[/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 200KB and $php and (
                #count > 9 or ((#xor1 > 3 or #xor2 > 3 or #xor3 > 3 or #xor4 > 3) and any of ($call*))
                or any of ($xor_url*) or #inverse > 1
            )
        )
}

rule webshell_php_remote_code
{
    meta:
        id = "5f1456a6-7427-48ef-adf0-38906490ad06"
        title = "PHP file that fetches code from another host and runs it"
        title_vi = "Tệp PHP tải mã từ máy khác về rồi chạy"
        description = "A PHP file reads code from an address on the network, or from a data address, and evaluates or includes it."
        description_vi = "Tệp PHP đọc mã từ một địa chỉ mạng hoặc địa chỉ data rồi thực thi hay include."
        level = "high"
        level_reason = "What runs here is decided by another host at every call."
        level_reason_vi = "Mã chạy ở đây do máy khác quyết định mỗi lần gọi."
        attack = "T1505.003, T1105"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and do not open it in a browser. List who called it in the access log, and what that address did before. Isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, không mở bằng trình duyệt. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Installers that fetch themselves"
    strings:
        $php = "<?"
        $eval_url = /\b(eval|assert)\s*\(\s*(['"]\?>['"]\s*\.\s*)?@?(\w{3,20}\s*\(\s*){0,3}(file_get_contents|fread|stream_get_contents|curl_exec|file)\s*\(\s*@?(\w{1,20}\s*\(\s*)?['"]?(https?:|ftp:|aHR0c|fopen|\$)/ nocase
        $include_url = /\b(include|require)(_once)?\s*\(?\s*['"](https?:\/\/|ftp:\/\/|expect:\/\/|data:(\/\/)?text\/plain;base64)/ nocase
        $fetch = /(file_get_contents|curl_init|fopen|wp_remote_get)\s*\(\s*(base64_decode\s*\(\s*)?['"](https?:\/\/|aHR0c|raw\.|\\x68\\x74)/ nocase
        $run = /\b(eval|assert)\s*\(\s*(['"]\?>['"]\s*\.\s*)?@?\$\w{1,30}\s*\)/ nocase
        $write = /file_put_contents\s*\(\s*\$\w{1,20}\s*,\s*\$\w{1,20}\s*\)\s*;\s*@?(include|require)(_once)?\s*\(?\s*\$\w{1,20}\s*\)?\s*;\s*@?unlink/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 500KB and $php and (any of ($eval_url, $include_url) or ($fetch and any of ($run, $write)))
        )
}

rule php_includes_what_a_request_names
{
    meta:
        id = "82e62651-9150-41d9-a29b-6da19615985f"
        title = "PHP page that includes a file named by the request"
        title_vi = "Trang PHP include tệp do yêu cầu chỉ định"
        description = "A page includes whatever file the request names: an intended backdoor, or a weakness that makes any uploaded file a webshell."
        description_vi = "Trang include bất kỳ tệp nào yêu cầu chỉ định: cửa hậu cố ý, hoặc điểm yếu biến mọi tệp tải lên thành webshell."
        level = "medium"
        level_reason = "Old pages are often written so; it must be repaired, but need not be an intrusion."
        level_reason_vi = "Trang cũ thường được viết như vậy; phải sửa nhưng chưa hẳn là xâm nhập."
        attack = "T1505.003, T1190"
        layer = 2
        tier = "application"
        response = "Ask whether the page belongs to the site, and since when. Search the access log for calls that name files outside of the site or addresses. Have the page replaced by a list of allowed names."
        response_vi = "Hỏi trang này có thuộc cổng thông tin không và từ khi nào. Tìm trong nhật ký truy cập các lời gọi chỉ tới tệp ngoài trang hoặc tới địa chỉ mạng. Thay bằng danh sách tên được phép."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Pages whose web server admits only certain names"
    strings:
        $php = "<?"
        $plain = /\b(include|require)(_once)?[\s(]{1,4}@?(base64_decode\s*\(\s*)?\$_(GET|POST|REQUEST|COOKIE|FILES)\s*\[[^\]]{1,40}\]\s*\)?\s*[;.]/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and filesize < 1MB and $php and $plain
}

rule webshell_php_writes_file
{
    meta:
        id = "f47a1c08-9c3e-4c02-9c4f-64e6c75502fd"
        title = "PHP page that writes files for whoever asks"
        title_vi = "Trang PHP ghi tệp theo yêu cầu bất kỳ"
        description = "A page writes what a request carries into a file that the request names: so any other tool is brought in."
        description_vi = "Trang ghi nội dung trong yêu cầu vào tệp do yêu cầu nêu: từ đó mọi công cụ khác được đưa vào."
        level = "critical"
        level_reason = "Any file can be put onto the server through this page."
        level_reason_vi = "Qua trang này có thể đặt bất kỳ tệp nào lên máy chủ."
        attack = "T1505.003, T1105"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and times, and do not open it in a browser. List who called it in the access log, and what that address did before. Isolate the server, and look for other files of the same day."
        response_vi = "Giữ tệp cùng mã băm và thời gian, không mở bằng trình duyệt. Liệt kê ai đã gọi tệp trong nhật ký truy cập và địa chỉ đó đã làm gì trước đó. Cô lập máy chủ, tìm các tệp khác xuất hiện cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Editors of files within administration tools"
    strings:
        $php = "<?"
        $both = /\b(file_put_contents|fwrite|fputs)\s*\(\s*@?(\w{2,20}\s*\(\s*){0,3}\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{1,30}\]\s*\)?\s*(\.\s*['"][\w.]{1,8}['"]\s*)?,\s*@?(\w{2,20}\s*\(\s*){0,4}\$_(GET|POST|REQUEST|COOKIE)\s*\[/ nocase
        $script = /\bfile_put_contents\s*\([^;\n]{0,60}\.(php\d?|phtml|phar|inc)["'][^;\n]{0,20},\s*@?(\w{2,20}\s*\(\s*){0,4}\$_(GET|POST|REQUEST|COOKIE)\b/ nocase
        $open = /\bfopen\s*\(\s*@?(\w{2,20}\s*\(\s*){0,3}\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{1,30}\][^,;\n]{0,20},\s*['"][wax]/ nocase
        $write = /\b(fwrite|fputs)\s*\(\s*\$\w{1,20}\s*,\s*@?(\w{2,20}\s*\(\s*){0,4}\$_(GET|POST|REQUEST|COOKIE)\s*\[/ nocase
        $copy = /\b(copy|rename)\s*\(\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{1,30}\]\s*,\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*\[/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 1MB and $php and ($both or $script or $copy or ($open and $write))
        )
}
