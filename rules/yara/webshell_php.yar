rule webshell_php_input_eval
{
    meta:
        id = "062c02a0-750c-40d4-9acb-a2e67abc7234"
        title = "PHP webshell that runs what a request carries"
        title_vi = "Webshell PHP chạy nội dung trong yêu cầu"
        description = "A PHP file evaluates or executes a value straight from a request, plain or through base64, gzip or rot13."
        description_vi = "Tệp PHP chạy thẳng giá trị lấy từ yêu cầu, viết thẳng hoặc qua base64, gzip hay rot13."
        level = "critical"
        attack = "T1505.003"
        layer = 2
        tier = "application"
        response = "Do not open the file in a browser. Keep it with its hash, list who called it in the access log, isolate the server."
        response_vi = "Không mở tệp bằng trình duyệt. Giữ tệp và mã băm, liệt kê ai đã gọi trong nhật ký truy cập, cô lập máy chủ."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1505/003/"
        false_positives = "Administration tools written in PHP that are meant to run commands"
    strings:
        $php = /<\?(php|=|\s)/ nocase
        $input = /\b(eval|assert|create_function|call_user_func|call_user_func_array|array_map|array_filter|usort|preg_replace|include|require)\s*\(\s*@?\s*\(?\s*(\w{1,32}\s*\(\s*){0,4}@?\$\{?_?(POST|GET|REQUEST|COOKIE|SERVER|FILES)\b/ nocase
        $exec = /\b(system|passthru|shell_exec|exec|popen|proc_open|pcntl_exec)\s*\(\s*@?\s*(\w{1,32}\s*\(\s*){0,4}@?\$\{?_(POST|GET|REQUEST|COOKIE|SERVER)\b/ nocase
        $backtick = /`\s*\$\{?_(POST|GET|REQUEST|COOKIE)\[/
        $variable_call = /@?\$_(POST|GET|REQUEST|COOKIE)\[[^\]]{1,40}\]\s*\(\s*@?\$_(POST|GET|REQUEST|COOKIE)\[/ nocase
        $raw = /eval\s*\(\s*(\w{1,32}\s*\(\s*){0,4}file_get_contents\s*\(\s*['"]php:\/\/input/ nocase
    condition:
        filesize < 5MB and $php and any of ($input, $exec, $backtick, $variable_call, $raw)
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
        attack = "T1505.003, T1027"
        layer = 2
        tier = "application"
        response = "Keep the file with its hash and have it read by somebody who knows PHP. If nobody owns it, isolate the server."
        response_vi = "Giữ tệp và mã băm, nhờ người biết PHP đọc. Nếu không ai quản lý tệp này, cô lập máy chủ."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1027/"
        false_positives = "Commercial PHP products that are protected against copying"
    strings:
        $php = /<\?(php|=|\s)/ nocase
        $nested = /\b(eval|assert)\s*\(\s*@?\s*(gzinflate|gzuncompress|gzdecode|str_rot13|strrev|base64_decode|convert_uudecode|rawurldecode|hex2bin|openssl_decrypt)\s*\(/ nocase
        $nested2 = /\$\w{1,30}\s*=\s*(gzinflate|gzuncompress|str_rot13|strrev)\s*\(\s*(base64_decode|gzinflate|str_rot13|strrev)\s*\(/ nocase
        $eval = /\b(eval|assert)\s*\(\s*@?\$\w{1,40}\s*\)/ nocase
        $modifier = /preg_replace\s*\(\s*['"](\/|#|~)[^'"]{0,40}(\/|#|~)[imsxu]{0,5}e[imsxu]{0,5}['"]/ nocase
        $pieces = /\$\w{1,30}\s*=\s*['"](as|ba|ev|sy|cr|ex)[a-z0-9_]{0,6}['"]\s*\.\s*['"][a-z0-9_]{1,12}['"]\s*;/ nocase
        $chr = /(chr\s*\(\s*\d{1,3}\s*\)\s*\.\s*){6,}/ nocase
        $hexname = /\$\{?["']\\x[0-9a-f]{2}(\\x[0-9a-f]{2}){4,}/ nocase
        $goto = /goto\s+[A-Za-z0-9_]{4,8};\s*[A-Za-z0-9_]{4,8}:/
    condition:
        filesize < 5MB and $php and (
            $nested or $modifier or ($nested2 and $eval) or ($pieces and ($eval or #pieces > 2))
            or ($chr and $eval) or #hexname > 3 or #goto > 20
        )
}
