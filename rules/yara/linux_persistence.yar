rule linux_persistence_script
{
    meta:
        id = "1699de81-dd98-4eda-a377-624927e51b0a"
        title = "Script that installs itself to survive a restart"
        title_vi = "Đoạn mã tự cài để tồn tại sau khởi động lại"
        description = "A script fetches a program and enters it into cron, systemd, rc.local or authorized_keys, often after ending its rivals and hiding traces."
        description_vi = "Đoạn mã tải chương trình rồi ghi vào cron, systemd, rc.local hoặc authorized_keys, thường sau khi dừng đối thủ và xóa dấu vết."
        level = "high"
        level_reason = "All three at once, fetching, staying and hiding, is what intruders do."
        level_reason_vi = "Cùng lúc tải về, bám trụ và che giấu là việc của kẻ xâm nhập."
        attack = "T1053.003, T1543.002"
        layer = 2
        tier = "server"
        response = "Keep the script, list the crontabs, units and keys that it names, isolate the host."
        response_vi = "Giữ đoạn mã, liệt kê các crontab, dịch vụ và khóa mà nó nêu, cô lập máy."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1053/003/"
        false_positives = "Installers of agents that set up a service"
    strings:
        $fetch1 = /\b(curl|wget|lwp-download)\s+[^\n]{0,120}https?:\/\/(\d{1,3}\.){3}\d{1,3}/ nocase
        $fetch2 = /\b(curl|wget)\b[^\n]{0,160}\|\s*(ba)?sh\b/ nocase
        $fetch3 = /base64\s+(-d|--decode)[^\n]{0,40}\|\s*(ba)?sh\b/ nocase
        $fetch4 = /python3?\s+-c\s+["']import\s+(urllib|base64)/ nocase
        $keep1 = /crontab\s+-($|\s|\))|\|\s*crontab\b/
        $keep2 = /\/etc\/cron\.(d|hourly|daily)\/|\/var\/spool\/cron\//
        $keep3 = /\/etc\/systemd\/system\/[\w.@\-]{1,60}\.service/
        $keep4 = /\/etc\/(rc\.local|init\.d\/|ld\.so\.preload|profile\.d\/)/
        $keep5 = /\.ssh\/authorized_keys/
        $hide1 = /\bpkill\b|\bkillall\b|kill\s+-9/
        $hide2 = /chattr\s+[+-][ia]/
        $hide3 = /history\s+-c|unset\s+HISTFILE|HISTFILE=\/dev\/null|rm\s+-rf?\s+\/var\/log/
        $hide4 = /setenforce\s+0|ufw\s+disable|iptables\s+-F|systemctl\s+(stop|disable)\s+\S{0,20}(aliyun|clamav|apparmor|auditd|falco)/
        $hide5 = /\/(tmp|var\/tmp|dev\/shm)\/\.[\w\-]{1,30}/
    condition:
        uint32be(0) != 0x7F454C46 and filesize < 500KB and any of ($fetch*) and any of ($keep*) and any of ($hide*)
}
