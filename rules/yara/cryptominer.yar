rule cryptominer_config
{
    meta:
        id = "3c3357a8-b23f-4811-aaad-fcc20a5ffc63"
        title = "Cryptocurrency miner or its configuration"
        title_vi = "Chương trình đào tiền mã hóa hoặc cấu hình của nó"
        description = "A file names mining pools and the settings of a miner, or is such a miner."
        description_vi = "Tệp ghi địa chỉ nhóm đào và thiết lập của chương trình đào, hoặc chính là chương trình đào tiền mã hóa."
        level = "high"
        level_reason = "The miner itself costs power; the way by which it came in is open to worse."
        level_reason_vi = "Bản thân việc đào tốn tài nguyên; đường mà nó vào còn mở cho thứ tệ hơn."
        attack = "T1496"
        layer = 4
        tier = "server"
        response = "Find the process and what started it (cron, systemd, a webshell), keep file and hash, and close the way in."
        response_vi = "Tìm tiến trình và thứ khởi động nó (cron, systemd, webshell), giữ tệp và mã băm, bịt đường xâm nhập."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1496/"
        false_positives = "Block lists and articles about mining"
    strings:
        $stratum = /stratum(\+|2\+)?(tcp|ssl|tls)?:\/\/[\w.\-]{4,80}:\d{2,5}/ nocase
        $setting1 = "donate-level" nocase
        $setting2 = "\"randomx\"" nocase
        $setting3 = "nicehash" nocase
        $setting4 = "\"pools\"" nocase
        $setting5 = "cpu-priority" nocase
        $setting6 = "cryptonight" nocase
        $setting7 = "huge-pages" nocase
        $setting8 = "rig-id" nocase
        $setting9 = "max-threads-hint" nocase
        $name1 = "xmrig" nocase
        $name2 = "xmr-stak" nocase
        $name3 = "minerd" nocase
        $name4 = "cpuminer" nocase
        $name5 = "kinsing" nocase
        $name6 = "kdevtmpfsi" nocase
        $wallet = /(user|wallet|--user|-u)["' :=]{1,6}4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
        $elf = { 7F 45 4C 46 }
    condition:
        filesize < 30MB and (
            ($stratum and any of ($setting*, $name*, $wallet))
            or ($wallet and 2 of ($setting*, $name*))
            or 4 of ($setting*)
            or ($elf at 0 and 2 of ($name*) and any of ($setting*))
        )
}
