rule python_unpacks_and_runs
{
    meta:
        id = "bd9e83d8-cb01-4c11-a277-c7792fcf4a5c"
        title = "Python script that unpacks itself and runs"
        title_vi = "Mã Python tự giải nén rồi chạy"
        description = "A Python file decodes or decompresses a long text and executes it, once or many times over."
        description_vi = "Tệp Python giải mã hoặc giải nén một chuỗi dài rồi thực thi, một hay nhiều lần."
        level = "medium"
        level_reason = "Some authors protect their scripts so; on a server nobody should."
        level_reason_vi = "Một số tác giả bảo vệ mã theo cách này; trên máy chủ thì không nên có."
        attack = "T1027, T1059.006"
        layer = 2
        tier = "server"
        response = "Do not run it. Keep it with its hash, and find out which process or person wrote it and when. Have it unpacked on an isolated host to see what it fetches; look for those addresses in the network logs."
        response_vi = "Không chạy tệp. Giữ tệp cùng mã băm, tìm tiến trình hoặc người đã ghi và thời điểm. Giải mã trên máy cách ly để xem nó tải gì; tìm các địa chỉ đó trong nhật ký mạng."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1027/"
        false_positives = "Installers that carry an archive in base64, and protected commercial scripts"
    strings:
        $run1 = /\bexec\s*\(\s*(compile\s*\(\s*)?(__import__\s*\(\s*['"](zlib|base64|marshal|codecs|lzma|bz2)['"]\s*\)|zlib|base64|marshal|codecs|lzma|bz2|bytes\.fromhex)\s?\.?\s?(decompress|b64decode|b32decode|b85decode|a85decode|loads|decode|fromhex)?\s*\(/
        $run2 = /\bexec\s*\(\s*\(?\s*_\s*\)?\s*\(\s*b?["']/
        $run3 = /\beval\s*\(\s*compile\s*\(\s*(zlib|base64|marshal|codecs)\./
        $run4 = /__import__\s*\(\s*['"](builtins|__builtin__)['"]\s*\)\s*\.\s*exec\s*\(/
        $lambda = /_\s*=\s*lambda\s+__\s*:\s*__import__\s*\(\s*['"](zlib|base64|marshal)/
        $long = /(b64decode|decompress|loads|fromhex|b85decode)\s*\(\s*b?["'][A-Za-z0-9+\/=_\\\-]{40}/
    condition:
        filesize < 20MB and uint32be(0) != 0x7F454C46 and ($lambda or ($run1 and $long) or $run2 or $run3 or ($run4 and $long))
}

rule shell_unpacks_and_runs
{
    meta:
        id = "f03cb933-3e90-4f00-8aee-cbc547f9dba9"
        title = "Shell script that decodes itself and runs"
        title_vi = "Mã shell tự giải mã rồi chạy"
        description = "A shell, Perl or Ruby script decodes a long text and hands it to an interpreter, or puts its words together from scattered pieces."
        description_vi = "Mã shell, Perl hoặc Ruby giải mã chuỗi dài rồi đưa cho trình thông dịch, hoặc ghép lệnh từ các mảnh rời."
        level = "high"
        level_reason = "Scripts of administrators are written to be read."
        level_reason_vi = "Mã của quản trị viên được viết để đọc được."
        attack = "T1027.010, T1140, T1059.004"
        layer = 2
        tier = "server"
        response = "Do not run it. Keep it with its hash, and find out which process or person wrote it and when. Have it unpacked on an isolated host to see what it fetches; look for those addresses in the network logs."
        response_vi = "Không chạy tệp. Giữ tệp cùng mã băm, tìm tiến trình hoặc người đã ghi và thời điểm. Giải mã trên máy cách ly để xem nó tải gì; tìm các địa chỉ đó trong nhật ký mạng."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1027/010/"
        false_positives = "Self-extracting installers"
    strings:
        $decode1 = /(echo|printf)\s+(-n\s+)?["']?[A-Za-z0-9+\/]{60}[A-Za-z0-9+\/=\s]{0,20000}["']?\s*\|\s*(base64\s+(-d|--decode|-D)|openssl\s+(enc\s+)?-?(base64|aes)[^\n|]{0,40}|xxd\s+-r[^\n|]{0,10})\s*\|?\s*(gunzip|gzip\s+-d|bunzip2|xz\s+-d)?[^\n|]{0,20}\|\s*(sudo\s+)?(ba|z|da)?sh\b/
        $decode2 = /eval\s+["']?\$\(\s*(echo|printf|base64|curl|wget|openssl)\s[^\n]{0,20000}\|\s*(base64\s+(-d|--decode|-D)|rev\b|xxd\s+-r|gunzip|openssl\s+(enc|base64))/
        $decode3 = /(ba)?sh\s+<<<\s*["']?\$\(\s*(base64|echo)[^\n]{0,2000}(-d|--decode)/
        $decode4 = /(ba)?sh\s+-c\s+["']?\$\(\s*(echo|printf|base64)[^\n]{0,4000}base64\s+(-d|--decode)/
        $decode5 = /\|\s*base64\s+(-d|--decode)\s*\|\s*(python[23]?|perl|ruby|php)\b/
        $hex = /(\$'|["'`])(\\x[0-9a-f]{2}){12,}["'`]?\s*[;|]?\s*(\|\s*(ba)?sh|;\s*eval)/ nocase
        $slices = /(\$\{[A-Za-z_]\w{0,12}:\d{1,3}:1\}){8}/
        $perl1 = /eval\s*\(?\s*(unpack\s*\(?\s*["']?u|decode_base64|pack\s*\(?\s*["']?[HuA])/
        $perl2 = /^#!\s?\/usr\/bin\/(env )?perl/
        $ruby = /eval\s*\(?\s*(Base64\.decode64|\[["'][^"'\n]{40,}["']\]\.pack)/
        $shc = /shc [Vv]ersion [^\n]{0,30}Generic Shell Script Compiler/
    condition:
        filesize < 5MB and uint32be(0) != 0x7F454C46 and (
            any of ($decode*) or $hex or #slices > 1 or ($perl1 and $perl2) or $ruby or $shc
        )
}

rule script_carries_program
{
    meta:
        id = "ebe2a007-afd1-4f2d-a39d-d2247fdc8ca0"
        title = "Script that carries a program in its text"
        title_vi = "Đoạn mã mang chương trình trong nội dung"
        description = "A script or page holds a Windows or Linux program as base64 or hexadecimal text, to write it out and run it."
        description_vi = "Đoạn mã hoặc trang chứa chương trình Windows hay Linux dạng base64 hoặc thập lục phân để ghi ra và chạy."
        level = "medium"
        level_reason = "Installers do this too, so it must be looked at."
        level_reason_vi = "Bộ cài cũng làm vậy, nên cần xem lại."
        attack = "T1027.009, T1140"
        layer = 2
        tier = "server"
        response = "Do not run it. Keep it with its hash, and find out which process or person wrote it and when. Have it unpacked on an isolated host to see what it fetches; look for those addresses in the network logs."
        response_vi = "Không chạy tệp. Giữ tệp cùng mã băm, tìm tiến trình hoặc người đã ghi và thời điểm. Giải mã trên máy cách ly để xem nó tải gì; tìm các địa chỉ đó trong nhật ký mạng."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1027/009/"
        false_positives = "Installers and test data that carry programs"
    strings:
        $pe1 = /["'`,\s(=]TV[qpoc][QBAR]AA(MAAAAEAAAA|IAAAAEAA8A)[A-Za-z0-9+\/]{40}/
        $pe2 = /["'\s,]4d5a(90|50)000(3|2)000000(04|0f)00/ nocase
        $pe3 = /(0x4d|77)\s*,\s*(0x5a|90)\s*,\s*(0x90|144)\s*,\s*(0x0{1,2}|0)\s*,\s*(0x0?3|3)\s*,/ nocase
        $pe4 = "AAAAEAAAAMAAQqVT"
        $elf1 = /["'`,\s(=]f0VMR(gIBAQ|gEBAQ)[A-Za-z0-9+\/]{40}/
        $elf2 = /["'\s]7f454c460[12]0101/ nocase
        $elf3 = /(\\x7f|\\177)(ELF|\\x45\\x4c\\x46)(\\x0?[12]){1}(\\x0?1){2}/ nocase
        $use1 = /FromBase64String|b64decode|base64_decode|base64\s+(-d|--decode)|atob\s*\(|frombase64|decode64/ nocase
        $use2 = /WriteAllBytes|ADODB\.Stream|Reflection\.Assembly|fromhex|xxd\s+-r|unhexlify|chmod\s+\+?[0-7x]|memfd_create|VirtualAlloc|StrReverse|\.SaveToFile|file_put_contents|certutil[^\n]{0,20}-decode/ nocase
    condition:
        filesize < 30MB and uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and uint32be(0) != 0x504B0304
        and any of ($pe*, $elf*) and any of ($use*)
}

rule powershell_hidden_words
{
    meta:
        id = "50e401ae-739c-456c-a8e0-051100b04a25"
        title = "PowerShell script that hides its words"
        title_vi = "Mã PowerShell che giấu từ ngữ"
        description = "A PowerShell script puts its commands together from characters, formats or reversed texts, decompresses code in memory, or calls Windows for memory that can be executed."
        description_vi = "Mã PowerShell ghép lệnh từ ký tự, định dạng hoặc chuỗi đảo ngược, giải nén mã trong bộ nhớ, hoặc xin Windows vùng nhớ có thể thực thi."
        level = "high"
        level_reason = "Scripts of administrators are written to be read."
        level_reason_vi = "Mã của quản trị viên được viết để đọc được."
        attack = "T1059.001, T1027.010, T1620"
        layer = 2
        tier = "endpoint"
        response = "Do not run it. Keep it with its hash, and find out which process or person wrote it and when. Have it unpacked on an isolated host to see what it fetches; look for those addresses in the network logs."
        response_vi = "Không chạy tệp. Giữ tệp cùng mã băm, tìm tiến trình hoặc người đã ghi và thời điểm. Giải mã trên máy cách ly để xem nó tải gì; tìm các địa chỉ đó trong nhật ký mạng."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1059/001/"
        false_positives = "Protected scripts of some products"
    strings:
        $chars = /(\[char\]\s*\(?\s*(0x[0-9a-f]{2}|\d{2,3})\s*\)?\s*\+\s*){5}/ ascii wide nocase
        $format = /\(?["'](\{\d{1,2}\}){4,40}["']\s*-f\s*["']/ ascii wide nocase
        $ticks = /(i`ex|ie`x|i`e`x|inv`o|in`v`o|n`ew-|ne`w-|n`e`w|downl`o|do`wnl|d`own)/ nocase
        $reverse = /\[-1\s*\.\.\s*-\(?\s*\$?\w{0,20}\.?length\s*\)?\]|\[array\]::reverse|-join\s*\(?\s*\$\w{1,20}\[-1\.\./ ascii wide nocase
        $env = /\$(env:comspec|pshome|shellid|verbosepreference\.tostring\(\))\s*\[\s*\d{1,2}\s*(,\s*\d{1,2}\s*){1,3}\]/ ascii wide nocase
        $unzip1 = /IO\.Compression\.(Deflate|GZip)Stream/ ascii wide nocase
        $unzip2 = "FromBase64String" ascii wide nocase
        $memory1 = /VirtualAlloc(Ex)?\b/ ascii wide nocase
        $memory2 = /(GetDelegateForFunctionPointer|CreateThread|RtlMoveMemory|WriteProcessMemory)/ ascii wide nocase
        $memory3 = /(DllImport|GetProcAddress|UnsafeNativeMethods|Add-Type)/ ascii wide nocase
        $run = /invoke-(expression|command)|\.invoke\s?\(|iex[ (]|\|iex|(& \(|\. \()\s?["'$]/ ascii wide nocase
        $ps1 = "New-Object" ascii wide nocase
        $ps2 = "powershell" ascii wide nocase
        $ps3 = "[char]" ascii wide nocase
        $ps4 = "$env:" ascii wide nocase
        $ps5 = "$pshome" ascii wide nocase
        $bxor = /-bxor\s+(0x)?[0-9a-f$]{1,6}/ ascii wide nocase
        $html = "<html" nocase
    condition:
        filesize < 5MB and uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and not $html and any of ($ps*) and (
            (#chars > 1 and $run) or (#format > 2 and $run) or $env or #ticks > 2
            or ($unzip1 and $unzip2 and ($run or $memory1)) or (all of ($memory*) and ($bxor or $unzip2)) or ($reverse and $run and ($unzip2 or $bxor))
        )
}

rule batch_hidden_words
{
    meta:
        id = "009a32df-fbc9-47a8-b45f-39a5a32c2ad8"
        title = "Batch file that hides its words"
        title_vi = "Tệp batch che giấu từ ngữ"
        description = "A batch file cuts its commands out of variables letter by letter, or breaks its words up with carets, and starts something at the end."
        description_vi = "Tệp batch cắt lệnh từ biến theo từng chữ, hoặc ngắt từ bằng dấu mũ, rồi khởi chạy thứ gì đó."
        level = "high"
        level_reason = "This is only done to get past filters."
        level_reason_vi = "Cách này chỉ nhằm vượt bộ lọc."
        attack = "T1059.003, T1027.010"
        layer = 2
        tier = "endpoint"
        response = "Do not run it. Keep it with its hash, and find out which process or person wrote it and when. Have it unpacked on an isolated host to see what it fetches; look for those addresses in the network logs."
        response_vi = "Không chạy tệp. Giữ tệp cùng mã băm, tìm tiến trình hoặc người đã ghi và thời điểm. Giải mã trên máy cách ly để xem nó tải gì; tìm các địa chỉ đó trong nhật ký mạng."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1059/003/"
        false_positives = "None known"
    strings:
        $slices = /(%\w{1,20}:~-?\d{1,3},1%){6}/
        $slices2 = /(![\w#@$]{1,20}:~-?\d{1,3},1!){6}/
        $carets = /(p\^o\^w|c\^e\^r\^t|s\^t\^a\^r|w\^s\^c|c\^m\^d|m\^s\^h|c\^u\^r|r\^u\^n|e\^c\^h)/ nocase
        $echo = "@echo off" nocase
        $set = /(\n|&)\s*@?set\s+["']?\w{1,20}=/ nocase
        $encoded = { FF FE 26 63 6C 73 }
    condition:
        filesize < 10MB and uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and (#slices > 1 or #slices2 > 1 or (#carets > 1 and ($echo or $set)) or $encoded at 0)
}

rule windows_script_dropper
{
    meta:
        id = "eb105c5f-8220-4aed-92eb-e986bf2d2185"
        title = "Windows script that fetches a program and starts it"
        title_vi = "Mã Windows (JS"
        description = "A JScript, VBScript or WSF file fetches data over HTTP, writes them to a file or into memory and starts them."
        description_vi = "Tệp JScript, VBScript hoặc WSF tải dữ liệu qua HTTP, ghi ra tệp hoặc bộ nhớ rồi khởi chạy."
        level = "high"
        level_reason = "It is the first step of much malware that comes by mail."
        level_reason_vi = "Đây là bước đầu của nhiều mã độc đến qua thư."
        attack = "T1059.005, T1059.007, T1105"
        layer = 2
        tier = "endpoint"
        response = "Do not run it. Keep it with its hash, and find out which process or person wrote it and when. Have it unpacked on an isolated host to see what it fetches; look for those addresses in the network logs."
        response_vi = "Không chạy tệp. Giữ tệp cùng mã băm, tìm tiến trình hoặc người đã ghi và thời điểm. Giải mã trên máy cách ly để xem nó tải gì; tìm các địa chỉ đó trong nhật ký mạng."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1059/005/"
        false_positives = "Login scripts of old domains"
    strings:
        $http1 = /(MSXML2\.(Server)?XMLHTTP|Microsoft\.XMLHTTP|WinHttp\.WinHttpRequest)/ nocase
        $http2 = /(bitsadmin|certutil)[^\n]{0,40}(\/transfer|-urlcache)/ nocase
        $write1 = "ADODB.Stream" nocase
        $write2 = /\.SaveToFile\b/ nocase
        $write3 = /\.(ResponseBody|responseText)\b/ nocase
        $write4 = /CreateTextFile|OpenTextFile/ nocase
        $run1 = /WScript\.Shell|Shell\.Application/ nocase
        $run2 = /\.(Run|Exec|ShellExecute)\s*\(?\s*["'\w(]/ nocase
        $run3 = /\b(eval|Execute|ExecuteGlobal)\s*\(?\s*\w{1,30}\.(ResponseText|ResponseBody)/ nocase
        $make1 = /new\s+ActiveXObject\s*\(/
        $make2 = /(CreateObject|GetObject)\s*\(/ nocase
        $dotnet = /(System\.Runtime\.Serialization\.Formatters\.Binary\.BinaryFormatter|DynamicInvoke\s*\()/ nocase
        $letters = /\bexecute(global)?\s*\(?\s*(chrw?\s*\(\s*[\w&+*\/-]{1,12}\s*\)\s*[&+]\s*){6}/ nocase
        $page = /<(html|%@)/ nocase
    condition:
        filesize < 5MB and uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and (any of ($make*) or $letters) and not $page and (
            $letters or ($http2 and $run1 and $run2) or (any of ($http*) and ($write1 or 2 of ($write*)) and $run1 and $run2) or ($http1 and $run3) or ($dotnet and $make1 and $run1)
        )
}

rule package_hook_fetches_code
{
    meta:
        id = "3352da74-0e30-4ae3-9fc6-505dea7db7be"
        title = "Package whose installation fetches or hides code"
        title_vi = "Gói phần mềm tải hoặc giấu mã khi cài đặt"
        description = "The description of an npm or Python package runs a command at installation that fetches code, decodes it or collects secrets of the host."
        description_vi = "Mô tả của gói npm hoặc Python chạy lệnh khi cài đặt để tải mã, giải mã hoặc gom bí mật của máy."
        level = "high"
        level_reason = "Whoever installs or builds this package runs the command."
        level_reason_vi = "Ai cài hoặc biên dịch gói này đều chạy lệnh đó."
        attack = "T1195.001, T1059"
        layer = 2
        tier = "server"
        response = "Stop builds that use the package and keep it with its hash. Find out which hosts installed it. Change the keys and tokens of those hosts, and go back to the last version that is known to be good."
        response_vi = "Dừng các bản dựng dùng gói này, giữ gói cùng mã băm. Tìm máy nào đã cài. Đổi khóa, token trên các máy đó và quay về phiên bản tốt gần nhất."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1195/001/"
        false_positives = "Packages that fetch a program built for the platform, mostly through node"
    strings:
        $hook = /"(pre|post)?install"\s*:\s*"[^"\n]{0,200}(curl\s|wget\s|powershell|base64|\/dev\/tcp|nc -|certutil|bash -c|\beval\b|node -e|python3? -c|webhook\.site|burpcollaborator|oast\.|interact\.sh|pastebin)/ nocase
        $setup1 = /from setuptools(\.command\.install)? import|from distutils/
        $setup2 = /class\s+\w{1,40}\s*\(\s*(install|develop|egg_info|build_py)\s*\)/
        $setup3 = /exec\s*\(\s*(base64|zlib|__import__|requests\.get|urllib)|os\.system\s*\(\s*["'](curl|wget|powershell|bash|echo)|subprocess\.\w{3,12}\s*\(\s*\[?["'](curl|wget|powershell|bash)/
        $setup4 = /os\.environ\b/
        $setup5 = /requests\.post\s*\(|urlopen\s*\(/
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and (
            filesize < 500KB and ($hook or ($setup1 and $setup2 and ($setup3 or ($setup4 and $setup5))))
        )
}
