rule reverse_shell_script
{
    meta:
        id = "d44f093c-5f57-45c5-95fd-33ce679b849e"
        title = "Script that connects a shell to another host"
        title_vi = "Đoạn mã nối phiên lệnh tới máy khác (reverse shell)"
        description = "A script opens a connection and hands a shell to it: bash, netcat, Python, Perl, PHP, Ruby, socat or PowerShell."
        description_vi = "Đoạn mã mở kết nối rồi trao phiên lệnh cho kết nối đó: bash, netcat, Python, Perl, PHP, Ruby, socat hoặc PowerShell."
        level = "high"
        level_reason = "If it was run, somebody has a shell on this host."
        level_reason_vi = "Nếu đã chạy, có người đang có phiên lệnh trên máy này."
        attack = "T1059.004, T1059.006"
        layer = 2
        tier = "server"
        response = "Note the address in the script, look for connections to it on all hosts, isolate the host where it ran."
        response_vi = "Ghi lại địa chỉ trong đoạn mã, tìm kết nối tới địa chỉ đó trên mọi máy, cô lập máy đã chạy."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1059/004/"
        false_positives = "Collections of examples for security courses"
    strings:
        $bash = /(ba|z|k|da)?sh\s+-i\s*[<>&0-9 ]{0,12}\s*\/dev\/(tcp|udp)\/[\w.:\-$\{\}\[\]]{3,80}\/[\d$]/
        $bash_exec = /exec\s+\d{1,3}<>\s*\/dev\/(tcp|udp)\/[\w.:\-$\{\}\[\]]{3,80}\/[\d$]/
        $fifo = /mkfifo\s+\S{1,60}\s*(;|&&)\s*[^\n]{0,80}\|\s*(\/bin\/)?(ba)?sh\s+-i[^\n]{0,40}\|\s*(nc|ncat|openssl|telnet)\b/
        $netcat = /\b(nc|ncat|netcat|nc\.traditional)\s+(-\w{1,6}\s+){0,4}(-e|-c|--exec|--sh-exec)\s*["']?(\/bin\/)?(ba|z|da)?sh\b/
        $netcat2 = /\b(nc|ncat|netcat)\s+[\w.\-]{4,60}\s+\d{2,5}\s+(-e|-c)\s*["']?(\/bin\/)?(ba)?sh\b/
        $fifo2 = /\b(nc|ncat|netcat)\s+[\w.\-]{4,60}\s+\d{2,5}\s+0?<\s*(\S{1,60})\s*\|\s*(\/bin\/)?(ba|da|z)?sh\b/
        $python1 = /socket\.(socket|create_connection)\s*\(/
        $python2 = /\.connect\s*\(\s*\(|create_connection\s*\(\s*\(/
        $python3 = /os\.dup2\s*\(|pty\.spawn\s*\(|subprocess\.(call|Popen|run)\s*\(\s*\[?\s*["'](\/bin\/)?(ba)?sh/
        $perl1 = /use\s+Socket|IO::Socket::INET/
        $perl2 = /exec\s*\(?\s*\{?["'](\/bin\/)?(ba)?sh(\s+-i)?["']|system\s*\(?\s*\$_/
        $perl3 = /open\s*\(\s*STDIN\s*,\s*["'][<>]&|fdopen\s*\(/
        $php1 = /fsockopen\s*\(/
        $php2 = /(proc_open|shell_exec|exec|system|popen|passthru)\s*\(\s*["']?[^)]{0,60}(\/bin\/)?(ba)?sh\s+-i/
        $ruby = /TCPSocket\.(new|open)\s*\([^)]{3,60}\)[^\n]{0,120}(exec|spawn|IO\.popen)/
        $socat = /socat\s+[^\n]{0,80}exec:['"]?(\/bin\/)?(ba)?sh\b[^\n]{0,80}tcp|socat\s+tcp[^\n]{0,80}exec:['"]?(\/bin\/)?(ba)?sh\b/ nocase
        $go1 = /net\.Dial\s*\(\s*"(tcp|udp)"/
        $go2 = /exec\.Command\s*\(\s*"(\/bin\/(ba)?sh|cmd(\.exe)?|powershell(\.exe)?)"/
        $go3 = /\.Std(in|out)\s*=\s*\w/
        $node1 = /net["']\s*\)|net\.(Socket|connect|createConnection)\s*\(/
        $node2 = /\b(spawn|exec)\s*\(\s*["'](\/bin\/)?(ba|z)?sh["']|spawn\s*\(\s*["'](cmd|powershell)(\.exe)?["']/
        $node3 = /\.pipe\s*\(\s*\w{1,20}\.stdin\s*\)|stdout\.pipe\s*\(/
        $lua1 = /require\s*\(?\s*["']socket["']\s*\)?/
        $lua2 = /io\.popen\s*\(\s*[\w:.()]{1,40}\s*,/
        $lua3 = /:(receive|send)\s*\(/
        $java1 = /(ProcessBuilder\s*\(|\.exec\s*\()\s*(new\s+String\s*\[\s*\]\s*\{\s*)?"(\/bin\/(ba)?sh|cmd(\.exe)?)"/
        $java2 = /new\s+(java\.net\.)?Socket\s*\(\s*"/
        $java3 = /getOutputStream\s*\(\s*\)/
        $c1 = /\bdup2\s*\(\s*\w{1,20}\s*,\s*[012]\s*\)/
        $c2 = /\bexecl?[vep]{0,2}\s*\(\s*"\/bin\/(ba)?sh"/
        $c3 = /\binet_(addr|aton|pton)\s*\(/
        $powershell1 = /New-Object\s+(System\.)?Net\.Sockets\.TCPClient\s*\(/ nocase
        $powershell2 = /\b(iex|Invoke-Expression)\b/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and filesize < 1MB and (
            any of ($bash, $bash_exec, $fifo, $fifo2, $netcat, $netcat2, $ruby, $socat)
            or all of ($python*) or ($perl1 and $perl2 and $perl3) or ($php1 and $php2) or all of ($powershell*)
            or all of ($go*) or all of ($node*) or all of ($lua*) or all of ($java*) or (all of ($c1, $c2, $c3) and #c1 > 1)
        )
}
