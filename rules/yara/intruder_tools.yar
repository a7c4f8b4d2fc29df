rule tunnel_tool
{
    meta:
        id = "950aae83-b0f0-4e22-a77e-0d1c38c573fd"
        title = "Tool that tunnels into or out of the network"
        title_vi = "Công cụ tạo đường hầm vào ra mạng"
        description = "A program or its configuration forwards ports or whole networks over one connection to outside (frp, chisel, ligolo, gost, iox, nps, revsocks, ngrok)."
        description_vi = "Chương trình hoặc cấu hình chuyển tiếp cổng hay cả mạng qua một kết nối ra ngoài (frp, chisel, ligolo, gost, iox, nps, revsocks, ngrok)."
        level = "medium"
        level_reason = "Suppliers use such tools too, but nobody should on a server without asking."
        level_reason_vi = "Nhà cung cấp cũng dùng công cụ này, nhưng không ai nên dùng trên máy chủ khi chưa xin phép."
        attack = "T1572, T1090.001"
        layer = 2
        tier = "server"
        response = "Ask who brought the tool and whether a test or a supplier needs it. If nobody answers for it, isolate the host and keep the file with its hash. Look in the flow records for what it reached from here."
        response_vi = "Hỏi ai đưa công cụ vào và có cuộc kiểm thử hay nhà cung cấp nào cần không. Nếu không ai nhận, cô lập máy và giữ tệp cùng mã băm. Xem bản ghi luồng mạng để biết nó đã kết nối tới đâu từ máy này."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1572/"
        false_positives = "Remote maintenance by a supplier"
    strings:
        $go1 = "github.com/fatedier/frp"
        $go2 = "github.com/jpillora/chisel"
        $go3 = "ligolo"
        $go4 = "github.com/ginuerzh/gost"
        $go5 = "ehang.io/nps"
        $go6 = "EddieIvan01/iox"
        $go7 = "kost/revsocks"
        $go8 = "golang.ngrok.com/ngrok"
        $go9 = "go-gost/gost"
        $go10 = "Stowaway/agent"
        $go11 = "rakshasa"
        $conf1 = "[common]"
        $conf2 = /(^|\n)\s*server_?[Aa]ddr\s?=\s?["']?[\w.\-]{4,80}/
        $conf3 = /(^|\n)\s*(server_?[Pp]ort|token|auth\.token)\s?=/
        $conf4 = /\n\s*(remote_?[Pp]ort|plugin\s?=\s?["']?socks5)\s?/
        $nps = /\n?\s*vkey=[a-z0-9]{6,40}/
    condition:
        (filesize < 40MB and (uint16(0) == 0x5A4D or uint32be(0) == 0x7F454C46) and (
            any of ($go1, $go2, $go4, $go5, $go6, $go7, $go8, $go9, $go10) or #go3 > 4 or #go11 > 4
        )) or (filesize < 20KB and (($conf2 and $conf3 and any of ($conf1, $conf4)) or ($nps and $conf1)))
}

rule network_attack_scanner
{
    meta:
        id = "74054e40-4165-46d0-b643-86642cb89fbf"
        title = "Scanner that finds and attacks hosts of the network"
        title_vi = "Công cụ quét và tấn công máy trong mạng"
        description = "A program scans the inner network for open services and tries weak passwords and known weaknesses on its own (fscan, kscan, Ladon, nuclei and kin)."
        description_vi = "Chương trình quét mạng nội bộ tìm dịch vụ mở, tự dò mật khẩu yếu và điểm yếu đã biết (fscan, kscan, Ladon, nuclei và tương tự)."
        level = "medium"
        level_reason = "Assessments of layer 3 use them too, but those are announced."
        level_reason_vi = "Đợt kiểm tra của lớp 3 cũng dùng, nhưng được báo trước."
        attack = "T1046, T1110.003, T1595.002"
        layer = 2
        tier = "server"
        response = "Ask who brought the tool and whether a test or a supplier needs it. If nobody answers for it, isolate the host and keep the file with its hash. Look in the flow records for what it reached from here."
        response_vi = "Hỏi ai đưa công cụ vào và có cuộc kiểm thử hay nhà cung cấp nào cần không. Nếu không ai nhận, cô lập máy và giữ tệp cùng mã băm. Xem bản ghi luồng mạng để biết nó đã kết nối tới đâu từ máy này."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1046/"
        false_positives = "Announced assessments, and the hosts of the assessors"
    strings:
        $fscan1 = "shadow1ng/fscan"
        $fscan2 = "fscan version"
        $fscan3 = "[+] MS17-010"
        $fscan4 = "start infoscan"
        $fscan5 = "Unauth "
        $fscan6 = "[*] WebTitle"
        $kscan1 = "lcvvvv/kscan"
        $kscan2 = "lcvvvv/gonmap"
        $ladon1 = "Ladon.exe" wide
        $ladon2 = "LadonEXP" wide
        $ladon3 = "SmbHashScan" wide
        $nuclei = "projectdiscovery/nuclei"
        $goby = "gobysec"
        $out1 = "[+] InfoScan"
        $out2 = "[+] PocScan"
        $out3 = /\[\+\] (SSH|ftp|mysql|mssql|Redis|smb|RDP)(:|\s)[^\n]{4,80}(:root|anonymous|unauthorized|admin)/
        $out4 = /\[\*\] alive (hosts|ports) len is/
    condition:
        filesize < 60MB and (
            ((uint16(0) == 0x5A4D or uint32be(0) == 0x7F454C46) and (
                2 of ($fscan*) or any of ($fscan1, $kscan1, $kscan2, $nuclei) or 2 of ($ladon*) or #goby > 2))
            or (filesize < 5MB and (2 of ($out*) or #out3 > 3))
        )
}

rule linux_enumeration_script
{
    meta:
        id = "7177ac7b-0699-42bc-a9ce-872d45a1ec41"
        title = "Script that searches a host for ways to root"
        title_vi = "Đoạn mã dò đường lên root trên máy"
        description = "A script collects setuid files, writable folders, cron jobs, keys and versions to find a way to root (LinPEAS, LinEnum, linux-smart-enumeration and own ones)."
        description_vi = "Đoạn mã gom tệp setuid, thư mục ghi được, cron, khóa và phiên bản để tìm đường lên root (LinPEAS, LinEnum, linux-smart-enumeration hoặc tự viết)."
        level = "medium"
        level_reason = "Assessments use such scripts too; on a server they must be announced."
        level_reason_vi = "Đợt kiểm tra cũng dùng loại này; trên máy chủ phải được báo trước."
        attack = "T1082, T1083, T1552.001"
        layer = 2
        tier = "server"
        response = "Ask who brought the tool and whether a test or a supplier needs it. If nobody answers for it, isolate the host and keep the file with its hash. Look in the flow records for what it reached from here."
        response_vi = "Hỏi ai đưa công cụ vào và có cuộc kiểm thử hay nhà cung cấp nào cần không. Nếu không ai nhận, cô lập máy và giữ tệp cùng mã băm. Xem bản ghi luồng mạng để biết nó đã kết nối tới đâu từ máy này."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1082/"
        false_positives = "Scripts of hardening and of audits"
    strings:
        $name1 = "linpeas" nocase
        $name2 = "LinEnum" nocase
        $name3 = "linux-exploit-suggester" nocase
        $name4 = "lse.sh"
        $find1 = /find\s+\/[^\n]{0,60}-perm\s+(-u=s|-4000|\/4000|-2000|-6000|-g=s)/
        $find2 = /find\s+\/[^\n]{0,60}-(writable|perm\s+-?(o\+w|0?002|222))/
        $look1 = "/etc/shadow"
        $look2 = "/etc/sudoers"
        $look3 = "id_rsa"
        $look4 = "getcap -r"
        $look5 = "sudo -l"
        $look6 = "/proc/version"
        $look7 = "docker.sock"
        $look8 = ".bash_history"
        $look9 = "wp-config.php"
        $look10 = "no_root_squash"
        $look11 = /grep\s[^\n]{0,60}(password|passwd|pwd)[^\n]{0,60}(\/var\/www|\/etc|\/home)/ nocase
        $script = "#!"
    condition:
        filesize < 3MB and $script at 0 and (
            ($find1 and $find2 and 4 of ($look*)) or (any of ($name*) and any of ($find*) and 3 of ($look*))
            or ($find1 and 6 of ($look*))
        )
}

rule browser_miner
{
    meta:
        id = "eb4be483-e97f-4890-8eb1-129d205f46a6"
        title = "Page that mines coins in the browser"
        title_vi = "Trang đào tiền mã hóa trong trình duyệt"
        description = "A page or script lets the browsers of visitors mine coins, openly or hidden in WebAssembly."
        description_vi = "Trang hoặc mã khiến trình duyệt của khách đào tiền mã hóa, công khai hoặc giấu trong WebAssembly."
        level = "medium"
        level_reason = "It slows visitors down, and shows that somebody else writes on the site."
        level_reason_vi = "Nó làm chậm máy khách và cho thấy có người khác ghi lên trang."
        attack = "T1496.001, T1189"
        layer = 2
        tier = "application"
        response = "Keep the page with its times and restore it from a backup. Find out who wrote it (access log, FTP, accounts of the site). Close the way in before the page goes online again."
        response_vi = "Giữ trang cùng thời gian và khôi phục từ bản sao lưu. Tìm ai đã ghi (nhật ký truy cập, FTP, tài khoản trang). Bịt đường xâm nhập trước khi đưa trang lên lại."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1496/001/"
        false_positives = "Block lists of browsers"
    strings:
        $start1 = /new\s+\w{0,12}\.?(Anonymous|User|CRLT\.Anonymous|Client\.Anonymous)\s*\(\s*['"][A-Za-z0-9]{16,100}['"]/
        $start2 = /(startMining|miner\.start|minero\.start|deepMiner\.|PoW\.start)\s*\(/
        $lib1 = /(coinhive|coin-?hive|cryptoloot|crypto-loot|coinimp|webminepool|deepminer|jsecoin|minero\.cc|monerominer|webmine)(\.min)?(\.js|\.com|\.cc|\.pw)?/ nocase
        $lib2 = /cryptonight/ nocase
        $lib3 = /(throttle|numThreads|setThrottle|autoThreads)\s*[:(]/
        $wasm = /WebAssembly\.(instantiate|compile|Module)/
        $pool = /wss?:\/\/[\w.\-]{0,60}(pool|proxy|xmr|mine)[\w.\-:\/]{0,60}/ nocase
        $list = /(\n\|\|[\w.\-]{4,60}\^){3}/
    condition:
        filesize < 3MB and uint32be(0) != 0x7F454C46 and not $list and (
            ($start1 and ($lib1 or $lib3 or $start2)) or ($lib1 and $start2) or ($wasm and $lib2 and any of ($pool, $start2, $lib3)) or ($pool and $start2)
        )
}

rule protected_windows_program
{
    meta:
        id = "24d6916d-3a02-4f4d-baf4-5290e8f06e1f"
        title = "Windows program behind a commercial protector"
        title_vi = "Chương trình Windows được bọc bằng trình bảo vệ thương mại"
        description = "A Windows program is wrapped by VMProtect, Themida, Enigma, ASPack, MPRESS or a similar protector, so that nobody can see what it does."
        description_vi = "Chương trình Windows được bọc bằng VMProtect, Themida, Enigma, ASPack, MPRESS hoặc tương tự nên không thấy được nó làm gì."
        level = "low"
        level_reason = "Games and some products are protected so; elsewhere it deserves a look."
        level_reason_vi = "Trò chơi và một số sản phẩm cũng dùng cách này; nơi khác thì nên xem."
        attack = "T1027.002"
        layer = 2
        tier = "endpoint"
        response = "Ask who brought the tool and whether a test or a supplier needs it. If nobody answers for it, isolate the host and keep the file with its hash. Look in the flow records for what it reached from here."
        response_vi = "Hỏi ai đưa công cụ vào và có cuộc kiểm thử hay nhà cung cấp nào cần không. Nếu không ai nhận, cô lập máy và giữ tệp cùng mã băm. Xem bản ghi luồng mạng để biết nó đã kết nối tới đâu từ máy này."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1027/002/"
        false_positives = "Games, licence checks of products, and banking tools"
    strings:
        $section1 = ".vmp0\x00"
        $section2 = ".vmp1\x00"
        $section3 = ".themida"
        $section4 = ".winlice"
        $section5 = ".enigma1"
        $section6 = ".enigma2"
        $section7 = ".aspack\x00"
        $section8 = ".MPRESS1"
        $section9 = ".MPRESS2"
        $section10 = ".petite\x00"
        $section11 = "PEC2"
        $section12 = ".nsp0\x00"
        $section13 = ".yP\x00"
        $section14 = "UPX1\x00"
    condition:
        uint16(0) == 0x5A4D and filesize < 60MB and any of ($section*) and for any of ($section*) : ($ in (0x80..0x600))
}

rule remote_help_configured_in_secret
{
    meta:
        id = "73fbff3f-aef9-46f4-b7c1-c7c59f536f8c"
        title = "Remote help program set up without a question"
        title_vi = "Phần mềm điều khiển từ xa cài âm thầm"
        description = "A script installs AnyDesk, RustDesk, ScreenConnect, MeshAgent or the like without any question, sets a password, or hides it."
        description_vi = "Đoạn mã cài AnyDesk, RustDesk, ScreenConnect, MeshAgent hoặc tương tự không hỏi gì, đặt sẵn mật khẩu hoặc che giấu nó."
        level = "high"
        level_reason = "Unless the centre set it up itself, an intruder has made himself a door."
        level_reason_vi = "Nếu không phải trung tâm tự cài, kẻ xâm nhập đã tạo cho mình một cửa vào."
        attack = "T1219.002, T1543.003"
        layer = 2
        tier = "server"
        response = "Ask who brought the tool and whether a test or a supplier needs it. If nobody answers for it, isolate the host and keep the file with its hash. Look in the flow records for what it reached from here."
        response_vi = "Hỏi ai đưa công cụ vào và có cuộc kiểm thử hay nhà cung cấp nào cần không. Nếu không ai nhận, cô lập máy và giữ tệp cùng mã băm. Xem bản ghi luồng mạng để biết nó đã kết nối tới đâu từ máy này."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1219/002/"
        false_positives = "The centre's own installation of remote help"
    strings:
        $install1 = /anydesk[^\n]{0,120}--(install|silent|start-with-win)/ ascii wide nocase
        $install2 = /(rustdesk)[^\n]{0,80}--(silent-install|password|config)/ ascii wide nocase
        $install3 = /(ScreenConnect|ConnectWise)[^\n]{0,160}(\/q|\/quiet|\/qn)/ ascii wide nocase
        $install4 = /(meshagent|meshinstall)[^\n]{0,120}(-fullinstall|-install)/ ascii wide nocase
        $install5 = /(ateraagent|splashtop|teamviewer|logmein|remoteutilities|dwagent|action1|simplehelp)[^\n]{0,160}(\/quiet|\/qn|\/S\b|\/silent|-silent)/ ascii wide nocase
        $secret1 = /--set-password/ ascii wide nocase
        $secret2 = /SpecialAccounts\\UserList/ ascii wide nocase
        $secret3 = /(attrib\s+\+h|-w(indowstyle)?\s+hidden|Set-ItemProperty[^\n]{0,80}hidden)/ ascii wide nocase
        $secret4 = /(echo\s+\S{4,40}\s*\|\s*[^\n]{0,80}anydesk)/ ascii wide nocase
        $secret5 = /(Add-MpPreference|Set-MpPreference|netsh advfirewall)/ ascii wide nocase
        $secret6 = /net(1)?(\.exe)?\s+user\s+[^\n]{1,60}\/add/ ascii wide nocase
        $secret7 = /--password\s+\S{4}/ ascii wide nocase
        $secret8 = /(curl|wget|Invoke-WebRequest|iwr|DownloadFile|certutil)[^\n]{0,200}https?:/ ascii wide nocase
    condition:
        filesize < 500KB and uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and any of ($install*) and 2 of ($secret*)
}
