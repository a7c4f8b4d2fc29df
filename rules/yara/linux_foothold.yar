rule cron_job_fetches_or_hides
{
    meta:
        id = "0d4a432e-d9a1-4d27-b266-012ca85d139a"
        title = "Cron job that fetches code or runs a hidden file"
        title_vi = "Tác vụ cron tải mã hoặc chạy tệp ẩn"
        description = "A crontab runs something that is fetched from the network or decoded at that moment, or a hidden file of a temporary folder."
        description_vi = "Crontab chạy thứ được tải từ mạng hoặc giải mã ngay lúc đó, hoặc tệp ẩn trong thư mục tạm."
        level = "high"
        level_reason = "So intruders and miners come back after each cleaning."
        level_reason_vi = "Kẻ xâm nhập và phần mềm đào tiền quay lại bằng cách này sau mỗi lần dọn."
        attack = "T1053.003, T1105"
        layer = 2
        tier = "server"
        response = "Keep the file with its times, and find out who wrote it (audit, logins of that minute). Look at the program that it starts and take a copy before it is ended. Then remove both, and look for the other ways in of the same day."
        response_vi = "Giữ tệp cùng thời gian, tìm ai đã ghi (audit, đăng nhập trong phút đó). Xem chương trình nó khởi chạy và sao chép trước khi dừng. Sau đó gỡ cả hai và tìm các lối vào khác cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1053/003/"
        false_positives = "Jobs that call a script of a supplier by curl, which is no better"
    strings:
        $fetch = /\n?\s*((\*|[0-9*\/,\-]{1,20})\s+){4}(\*|[0-9*\/,\-a-z]{1,20})\s+([a-z_][a-z0-9_\-]{0,30}\s+)?[^\n#]{0,200}(curl|wget|lwp-download|fetch)\s[^\n]{0,300}\|\s*(sudo\s+)?(ba|z|da)?sh\b/
        $fetch2 = /@(reboot|hourly|daily)\s+([a-z_][a-z0-9_\-]{0,30}\s+)?[^\n#]{0,200}(curl|wget)\s[^\n]{0,300}\|\s*(sudo\s+)?(ba)?sh\b/
        $decode = /\n?\s*((\*|[0-9*\/,\-]{1,20})\s+){4}[^\n#]{0,200}base64\s+(-d|--decode)[^\n]{0,100}\|\s*(ba)?sh\b/
        $hidden = /\n?\s*(((\*|[0-9*\/,\-]{1,20})\s+){4}(\*|[0-9*\/,\-a-z]{1,20})|@(reboot|hourly|daily))\s+([a-z_][a-z0-9_\-]{0,30}\s+)?[^\n#]{0,60}\/(tmp|var\/tmp|dev\/shm)\/\.[^\s\/][^\s]{0,80}/
        $python = /\n?\s*((\*|[0-9*\/,\-]{1,20})\s+){4}[^\n#]{0,120}(python[23]?|perl|php|ruby)\s+-[cer]\s[^\n]{0,200}(base64|urllib|socket|exec\()/
    condition:
        filesize < 200KB and uint32be(0) != 0x7F454C46 and any of them
}

rule service_unit_from_odd_place
{
    meta:
        id = "65a9b2e1-a521-4525-834a-74e9a3bda89b"
        title = "Service unit that starts a program from an odd place"
        title_vi = "Dịch vụ systemd chạy chương trình từ nơi lạ"
        description = "A systemd unit starts a program from a temporary or hidden folder, or a shell that fetches or decodes what it runs, and restarts it always."
        description_vi = "Đơn vị systemd chạy chương trình từ thư mục tạm hoặc ẩn, hoặc shell tải hay giải mã thứ nó chạy, và luôn khởi động lại."
        level = "high"
        level_reason = "No package installs a service so."
        level_reason_vi = "Không gói phần mềm nào cài dịch vụ như vậy."
        attack = "T1543.002, T1036.004"
        layer = 2
        tier = "server"
        response = "Keep the file with its times, and find out who wrote it (audit, logins of that minute). Look at the program that it starts and take a copy before it is ended. Then remove both, and look for the other ways in of the same day."
        response_vi = "Giữ tệp cùng thời gian, tìm ai đã ghi (audit, đăng nhập trong phút đó). Xem chương trình nó khởi chạy và sao chép trước khi dừng. Sau đó gỡ cả hai và tìm các lối vào khác cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1543/002/"
        false_positives = "Units that a developer wrote for a test"
    strings:
        $service = /\n?\[Service\]/
        $odd1 = /\nExec(Start|StartPre|StartPost|Stop|Reload)\s?=\s?[-@:+!]{0,3}\/(tmp|var\/tmp|dev\/shm|run\/user|var\/run\/\.|usr\/share\/\.|usr\/lib\/\.|etc\/\.|root\/\.|home\/\w{1,30}\/\.cache\/)[^\n]{1,200}/
        $odd2 = /\nExec(Start|StartPre|StartPost)\s?=\s?[-@:+!]{0,3}\/[^\s\n]{0,80}\/\.[a-z0-9_\-]{1,30}(\/|\s|\n)/ nocase
        $shell1 = /\nExec(Start|StartPre|StartPost)\s?=\s?[-@:+!]{0,3}[^\n]{0,60}\b(ba|da)?sh\s+-c\s[^\n]{0,200}(base64\s+(-d|--decode)|\/dev\/tcp\/|\|\s*(ba)?sh\b|\bnc\s+-|mkfifo)/
        $shell2 = /\nExec(Start|StartPre|StartPost)\s?=\s?[-@:+!]{0,3}[^\n]{0,60}(python[23]?|perl|php|ruby)\s+-[cer]\s[^\n]{0,200}(socket|base64|exec)/
    condition:
        uint32be(0) != 0x7F454C46 and filesize < 50KB and $service and any of ($odd*, $shell*)
}

rule login_file_starts_program
{
    meta:
        id = "f94da3fa-728f-4db9-883c-e2e4e0e40d47"
        title = "Login file that starts a hidden program"
        title_vi = "Tệp khởi động phiên chạy chương trình ẩn"
        description = "A file that shells read at each login (.bashrc, .profile, profile.d) fetches code, opens a connection, or starts a hidden file in the background."
        description_vi = "Tệp mà shell đọc mỗi lần đăng nhập (.bashrc, .profile, profile.d) tải mã, mở kết nối hoặc chạy ngầm tệp ẩn."
        level = "high"
        level_reason = "It runs with the rights of whoever logs in next, also of root."
        level_reason_vi = "Nó chạy với quyền của người đăng nhập kế tiếp, kể cả root."
        attack = "T1546.004, T1059.004"
        layer = 2
        tier = "server"
        response = "Keep the file with its times, and find out who wrote it (audit, logins of that minute). Look at the program that it starts and take a copy before it is ended. Then remove both, and look for the other ways in of the same day."
        response_vi = "Giữ tệp cùng thời gian, tìm ai đã ghi (audit, đăng nhập trong phút đó). Xem chương trình nó khởi chạy và sao chép trước khi dừng. Sau đó gỡ cả hai và tìm các lối vào khác cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1546/004/"
        false_positives = "Files of developers that install their tools at login"
    strings:
        $fetch = /(curl|wget)\s[^\n]{0,200}\|\s*(ba|z)?sh\b/
        $connect = /(ba)?sh\s+-i[^\n]{0,20}\/dev\/(tcp|udp)\//
        $hidden = /(nohup|setsid|\(|^|\n|;)\s*["']?(\/(tmp|var\/tmp|dev\/shm)\/|~?\/?[^\s\n]{0,60}\/\.)[a-z0-9_.\-\/]{2,60}["']?\s[^\n]{0,60}&\s*\)?(\n|$|;)/ nocase
        $decode = /base64\s+(-d|--decode)[^\n]{0,60}\|\s*(ba)?sh\b/
        $sudo = /alias\s+(sudo|su|ssh)\s?=\s?["'][^\n"']{0,120}(\/tmp|\/dev\/shm|\/\.[a-z]|read\s+-s|tee|curl|strace)/
        $sudo2 = /(function\s+)?sudo\s*\(\)\s*\{[^\x00]{0,300}read\s+-\w{0,3}s/
        $preload = /export\s+LD_PRELOAD\s?=\s?["']?(\/tmp|\/dev\/shm|\/var\/tmp|[^\s"']{0,60}\/\.)/
    condition:
        uint32be(0) != 0x7F454C46 and (
            filesize < 100KB and (filename matches /^\.?(bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zprofile|zshenv|cshrc|login|bash\.bashrc)$/ or filepath endswith "/profile.d" or filepath endswith "/update-motd.d")
            and any of them
        )
}

rule loader_preloads_library
{
    meta:
        id = "9a72365b-490f-487b-ae9b-a04664fd75d0"
        title = "Library that is loaded into every program"
        title_vi = "Thư viện được nạp vào mọi chương trình"
        description = "The file ld.so.preload names a library: it is loaded into every program of the host, which is how rootkits hide files and processes."
        description_vi = "Tệp ld.so.preload nêu tên thư viện: thư viện này được nạp vào mọi chương trình trên máy, cách rootkit che giấu tệp và tiến trình."
        level = "high"
        level_reason = "Almost no product uses this file; mostly it is a rootkit."
        level_reason_vi = "Hầu như không sản phẩm nào dùng tệp này; phần lớn là rootkit."
        attack = "T1574.006, T1014"
        layer = 2
        tier = "server"
        response = "Do not trust what this host lists. Copy the named library and the file from a rescue system, and ask which package owns them. If none does, isolate the host and install it anew; change the passwords used on it."
        response_vi = "Không tin danh sách mà máy này hiển thị. Sao chép thư viện và tệp từ hệ thống cứu hộ, kiểm tra thuộc gói nào. Nếu không thuộc gói nào, cô lập máy và cài lại; đổi các mật khẩu đã dùng trên máy."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1574/006/"
        false_positives = "Products that log commands or limit programs by a library"
    strings:
        $library = /(^|[\s:])\/[^\s:]{1,120}\.so(\.[0-9]{1,3}){0,3}\b/
        $library2 = /(^|[\s:])\/(tmp|dev\/shm|var\/tmp|[^\s:]{0,80}\/\.)[^\s:]{1,80}/
        $known = /(^|[\s:])\/(usr\/)?lib[^\s:]{0,40}\/(libsnoopy|libgvm|libtsocks|libfakechroot|libjemalloc|libcap-ng|libAppProtection)[^\s:]{0,20}\.so/
    condition:
        uint32be(0) != 0x7F454C46 and filename == "ld.so.preload" and filesize < 10KB and any of ($library*) and not $known
}

rule udev_or_hook_runs_shell
{
    meta:
        id = "f7057a7a-1b05-4693-8928-afb4f411827a"
        title = "Rule of the system that runs a shell in secret"
        title_vi = "Quy tắc hệ thống ngầm chạy shell"
        description = "A udev rule, a hook of the package manager, or a PAM line starts a shell or a file of a temporary or hidden folder: few look there."
        description_vi = "Luật udev, hook của trình quản lý gói hoặc dòng PAM khởi chạy shell hay tệp trong thư mục tạm, thư mục ẩn: ít ai kiểm tra nơi đó."
        level = "high"
        level_reason = "These places are chosen because nobody looks at them."
        level_reason_vi = "Những nơi này được chọn vì không ai để ý."
        attack = "T1546.017, T1546.016, T1556.003"
        layer = 2
        tier = "server"
        response = "Keep the file with its times, and find out who wrote it (audit, logins of that minute). Look at the program that it starts and take a copy before it is ended. Then remove both, and look for the other ways in of the same day."
        response_vi = "Giữ tệp cùng thời gian, tìm ai đã ghi (audit, đăng nhập trong phút đó). Xem chương trình nó khởi chạy và sao chép trước khi dừng. Sau đó gỡ cả hai và tìm các lối vào khác cùng ngày."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1546/017/"
        false_positives = "Hooks that an administrator wrote"
    strings:
        $udev = /RUN(\{program\})?\+?=\s?"[^"\n]{0,80}(\/tmp\/|\/dev\/shm|\/var\/tmp|\/\.[a-z]|\bsh\s+-c\s[^"\n]{0,80}(at now|base64|\/dev\/tcp|curl|wget|nc\s))/ nocase
        $apt = /(APT::Update::(Pre|Post)-Invoke|DPkg::(Pre|Post)-Invoke)[^;\n]{0,40}(\{|=)?\s*"[^"\n]{0,120}(\/tmp\/|\/dev\/shm|\/var\/tmp|\/\.[a-z]|base64|\/dev\/tcp|(curl|wget)\s[^"\n]{0,80}\|)/ nocase
        $pam = /\n?\s*(auth|account|session|password)\s+(optional|required|sufficient)\s+pam_exec\.so[^\n]{0,80}(expose_authtok|\/tmp\/|\/dev\/shm|\/var\/tmp|\/\.[a-z])/ nocase
        $pam2 = /\n\s*auth\s+sufficient\s+(pam_permit\.so|\/(tmp|dev\/shm|var\/tmp)\/)/
        $git = /core\.(fsmonitor|sshCommand|hooksPath)\s?=\s?[^\n]{0,60}(\/tmp\/|\/dev\/shm|base64|curl|\/dev\/tcp)/
    condition:
        filesize < 100KB and uint32be(0) != 0x7F454C46 and any of them
}

rule rival_miner_cleaner
{
    meta:
        id = "373e8abc-0cbf-4237-b546-6700cc2b6fb9"
        title = "Script that clears away other miners"
        title_vi = "Đoạn mã dọn phần mềm đào tiền của đối thủ"
        description = "A script ends the programs of other intruders by name, removes cloud agents and settings of security, and then fetches a program of its own."
        description_vi = "Đoạn mã dừng chương trình của kẻ xâm nhập khác theo tên, gỡ agent đám mây và thiết lập bảo mật, rồi tải chương trình của mình."
        level = "critical"
        level_reason = "Only intruders on servers clean up after each other."
        level_reason_vi = "Chỉ kẻ xâm nhập máy chủ mới dọn dẹp lẫn nhau."
        attack = "T1496.001, T1685, T1059.004"
        layer = 2
        tier = "server"
        response = "Note the addresses in the script and look for them in the network logs of all servers. Isolate the host, and find the way in (Redis, Docker, weak password, web application). Install the host anew rather than clean it."
        response_vi = "Ghi lại các địa chỉ trong đoạn mã và tìm chúng trong nhật ký mạng của mọi máy chủ. Cô lập máy và tìm đường xâm nhập (Redis, Docker, mật khẩu yếu, ứng dụng web). Nên cài lại máy thay vì làm sạch."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1496/001/"
        false_positives = "Scripts that responders to an incident wrote"
    strings:
        $kill = /\b(pkill|killall|kill -9|kill|rm -rf?|grep -v grep \| grep)\b[^\n]{0,120}(kdevtmpfsi|kinsing|xmrig|xmr-stak|minerd|sysrv|ddgs|watchbog|kthreaddi|networkservice|sysguard|sysupdate|cryptonight|c3pool|masscan|zgrab|pnscan|kerberods|sustes|qW3xT|kworkerds|\.rsync|tsm|moneroocean|stratum|nanopool|xmr)/
        $cloud = /(aliyun|aegis|cloudmonitor|YunJing|qcloud|\/usr\/local\/cloudmonitor|uninstall\.sh|aliyun-service|bcm-agent)/
        $soft = /(setenforce 0|SELINUX=disabled|ufw disable|iptables -F|systemctl (stop|disable) (firewalld|apparmor|auditd|aliyun)|ulimit -n 65535|chattr -[ia]{1,4}[^\n]{0,40}(cron|authorized_keys|ld\.so))/
        $get = /(curl|wget|lwp-download|cdt|cd1|url|get)\s[^\n]{0,160}https?:\/\//
        $cron = /crontab/
    condition:
        filesize < 500KB and uint32be(0) != 0x7F454C46 and (#kill > 2 and $get and any of ($cloud, $soft, $cron))
}

rule ssh_login_recorder
{
    meta:
        id = "58909980-0649-49d3-be84-3255d222490e"
        title = "Script that records passwords of SSH and sudo"
        title_vi = "Đoạn mã ghi mật khẩu SSH và sudo"
        description = "A script traces sshd or a shell, or puts itself in the place of ssh or sudo, to write down what is typed."
        description_vi = "Đoạn mã theo dõi sshd hoặc shell, hoặc thay thế ssh, sudo để ghi lại những gì được gõ."
        level = "critical"
        level_reason = "Passwords of administrators are being written down."
        level_reason_vi = "Mật khẩu của quản trị viên đang bị ghi lại."
        attack = "T1056.001, T1556"
        layer = 2
        tier = "server"
        response = "Isolate the host and find where it writes: that file says whose passwords are known. Change those passwords from another host. Compare ssh, sshd and sudo with their packages."
        response_vi = "Cô lập máy và tìm nơi nó ghi: tệp đó cho biết mật khẩu của ai đã lộ. Đổi các mật khẩu đó từ máy khác. So ssh, sshd, sudo với gói cài đặt."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1056/001/"
        false_positives = "Lessons on strace"
    strings:
        $trace1 = /strace\s[^\n]{0,120}(-e\s?(trace=)?["']?(read|write)[^\n]{0,80}(sshd|ssh\b|pgrep|pidof|su\b|sudo)|-p\s?[`$(]{1,2}[^\n]{0,40}(sshd|pgrep ssh|pidof ssh))/
        $trace2 = /(sshd|ssh|pidof|pgrep)[^\n]{0,80}strace\s[^\n]{0,60}-e/
        $alias = /alias\s+ssh\s?=\s?["'][^\n]{0,40}strace\s[^\n]{0,60}(read|write)/
        $fake1 = /read\s+-(r?s|s)[rp]{0,2}\s[^\n]{0,60}(password|mật khẩu)[^\n]{0,80}/ nocase
        $fake2 = /\[sudo\] password for/
        $fake3 = /(>>|tee -a|curl|nc)\s[^\n]{0,80}/
        $fake4 = /Sorry, try again/
    condition:
        filesize < 100KB and uint32be(0) != 0x7F454C46 and (any of ($trace*, $alias) or ($fake1 and $fake2 and $fake3 and $fake4))
}
