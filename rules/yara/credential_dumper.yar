rule credential_dumper
{
    meta:
        id = "60e3c992-bf06-4137-b989-a92e35c5e9c7"
        title = "Tool that takes passwords from a system"
        title_vi = "Công cụ lấy mật khẩu từ hệ thống"
        description = "A file holds the words of tools that read passwords and hashes from memory, from the registry or from files."
        description_vi = "Tệp chứa nội dung của công cụ đọc mật khẩu và mã băm từ bộ nhớ, registry hoặc tệp."
        level = "high"
        level_reason = "Such a tool is brought by somebody who is already in, to get further."
        level_reason_vi = "Công cụ này do kẻ đã vào được máy mang tới để đi xa hơn."
        attack = "T1003"
        layer = 2
        tier = "server"
        response = "Isolate the host, find out who brought the tool, and change the passwords of all who have used this host."
        response_vi = "Cô lập máy, tìm ai đã đưa công cụ vào và đổi mật khẩu của mọi người đã dùng máy này."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1003/"
        false_positives = "Rules and signatures of security products"
    strings:
        $windows1 = "sekurlsa::" ascii wide nocase
        $windows2 = "lsadump::" ascii wide nocase
        $windows3 = "kerberos::golden" ascii wide nocase
        $windows4 = "privilege::debug" ascii wide nocase
        $windows5 = "gentilkiwi" ascii wide nocase
        $windows6 = "Invoke-Mimikatz" ascii wide nocase
        $windows7 = "procdump -ma lsass" ascii wide nocase
        $windows8 = /comsvcs(\.dll)?,?\s*#?(MiniDump|24)/ ascii wide nocase
        $windows9 = /reg(\.exe)?\s+save\s+hklm\\(sam|security|system)/ ascii wide nocase
        $dump1 = "secretsdump" ascii wide nocase
        $dump2 = "DRSGetNCChanges" ascii wide
        $dump3 = "NTDS.dit" ascii wide nocase
        $linux1 = /unshadow\s+\S{0,40}passwd/ nocase
        $linux2 = "mimipenguin" nocase
        $linux3 = "LaZagne" nocase
        $linux4 = "linpeas" nocase
        $linux5 = /gdb[^\n]{0,60}(gnome-keyring|lightdm|gdm-password)/ nocase
        $linux6 = /dd\s+if=\/proc\/\$?\{?\w{1,12}\}?\/mem/
    condition:
        filesize < 20MB and (2 of ($windows*) or 2 of ($dump*) or 2 of ($linux*))
}
