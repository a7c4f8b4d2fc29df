rule ransomware_stops_recovery
{
    meta:
        id = "f2e6a064-e47b-4cfd-b765-2d7d0a7c5c2f"
        title = "Program or script that destroys the means of recovery"
        title_vi = "Chương trình hoặc mã phá phương tiện khôi phục"
        description = "A file holds two or more of the commands that delete shadow copies and backup catalogues and switch off recovery of Windows, as ransomware does before it encrypts."
        description_vi = "Tệp chứa từ hai lệnh trở lên xóa bản sao bóng, danh mục sao lưu và tắt khôi phục Windows, như mã độc tống tiền làm trước khi mã hóa."
        level = "critical"
        level_reason = "No maintenance does all of this; encryption follows within minutes."
        level_reason_vi = "Không công việc bảo trì nào làm tất cả điều này; việc mã hóa theo sau trong vài phút."
        attack = "T1490, T1486"
        layer = 2
        tier = "server"
        response = "Disconnect the host and its storage from the network at once, but do not switch it off. Find out where it was started from and stop that account everywhere. Check that the backups cannot be reached. Report within the legal time."
        response_vi = "Ngắt ngay máy và hệ thống lưu trữ khỏi mạng, không tắt nguồn. Tìm nơi đã khởi chạy và khóa tài khoản đó trên mọi hệ thống. Kiểm tra bản sao lưu không bị với tới. Báo cáo đúng thời hạn."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1490/"
        false_positives = "Rules and signatures of security products, and reports about ransomware"
    strings:
        $shadow1 = /vssadmin(\.exe)?["']?\s+delete\s+shadows/ ascii wide nocase
        $shadow2 = /wmic(\.exe)?["']?\s+shadowcopy\s+delete/ ascii wide nocase
        $shadow3 = /vssadmin(\.exe)?["']?\s+resize\s+shadowstorage/ ascii wide nocase
        $shadow4 = /Win32_ShadowCopy[^\n]{0,80}(Delete\(|Remove-WmiObject|Remove-CimInstance)/ ascii wide nocase
        $boot1 = /recoveryenabled\s+no\b/ ascii wide nocase
        $boot2 = /bootstatuspolicy\s+ignoreallfailures/ ascii wide nocase
        $backup1 = /wbadmin(\.exe)?["']?\s+delete\s+(catalog|systemstatebackup|backup)/ ascii wide nocase
        $backup2 = /wbadmin(\.exe)?["']?\s+stop\s+job/ ascii wide nocase
        $backup3 = /fsutil(\.exe)?\s+usn\s+deletejournal/ ascii wide nocase
        $backup4 = /(net\s+stop|sc\s+(stop|config)|taskkill\s+\/f\s+\/im)\s+["']?(veeam|backupexec|acronis|sqlwriter|vss\b|sqlservr)/ ascii wide nocase
        $rules1 = "logsource:"
        $rules2 = /\bcondition:\s/
        $rules3 = "<rule id="
    condition:
        filesize < 20MB and not any of ($rules*) and (
            (any of ($shadow*) and any of ($boot*, $backup*)) or (any of ($boot*) and any of ($backup*)) or 3 of ($shadow*)
        )
}

rule ransomware_for_virtual_machines
{
    meta:
        id = "5e839a6d-d4f4-43b6-a48c-4238a54b5f3b"
        title = "Ransomware for virtual machines"
        title_vi = "Mã độc tống tiền nhắm vào máy ảo"
        description = "A Linux program or script stops the virtual machines of an ESXi or Proxmox host and goes for their disks."
        description_vi = "Chương trình hoặc mã Linux tắt máy ảo trên máy chủ ESXi hoặc Proxmox rồi nhắm vào ổ đĩa của chúng."
        level = "critical"
        level_reason = "One run encrypts every server that stands on this host."
        level_reason_vi = "Một lần chạy mã hóa mọi máy chủ nằm trên máy này."
        attack = "T1486, T1489, T1673"
        layer = 2
        tier = "server"
        response = "Disconnect the host and its storage from the network at once, but do not switch it off. Find out where it was started from and stop that account everywhere. Check that the backups cannot be reached. Report within the legal time."
        response_vi = "Ngắt ngay máy và hệ thống lưu trữ khỏi mạng, không tắt nguồn. Tìm nơi đã khởi chạy và khóa tài khoản đó trên mọi hệ thống. Kiểm tra bản sao lưu không bị với tới. Báo cáo đúng thời hạn."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1486/"
        false_positives = "Backup products for virtual machines"
    strings:
        $stop1 = "esxcli vm process kill"
        $stop2 = /vim-cmd vmsvc\/power\.off/
        $stop3 = /esxcli --formatter=csv [^\n]{0,80}vm process list/
        $stop4 = "vmsvc/snapshot.removeall"
        $stop5 = /qm (stop|shutdown) /
        $stop6 = "vim-cmd hostsvc/autostartmanager/enable_autostart"
        $disk1 = "/vmfs/volumes"
        $disk2 = ".vmdk"
        $disk3 = ".vmsn"
        $disk4 = ".vswp"
        $disk5 = ".vmem"
        $disk6 = ".nvram"
        $disk7 = ".qcow2"
        $crypt1 = /chacha20|salsa20|sosemanuk|curve25519|rsa_public|PEM_read_bio|mbedtls|AES_set_encrypt|hc-?128/ nocase
        $crypt2 = /encrypt(ed|ing|or)?\b/ nocase
        $note1 = /(readme|recover|restore|how[_ -]?to|decrypt)[\w\- ]{0,24}\.(txt|html)/ nocase
        $note2 = /\/etc\/motd|index\.html/
        $crypt3 = "openssl"
    condition:
        filesize < 15MB and (uint32be(0) == 0x7F454C46 or uint16be(0) == 0x2321)
        and any of ($stop*) and 2 of ($disk*) and 1 of ($crypt*) and any of ($note*)
}

rule ransomware_program
{
    meta:
        id = "92d09c15-b6ac-458d-ae7a-c2a250423dd1"
        title = "Windows program that carries a ransom note"
        title_vi = "Chương trình Windows mang sẵn thư đòi tiền chuộc"
        description = "A Windows program holds the text of a ransom note together with calls that list drives and encrypt."
        description_vi = "Chương trình Windows chứa nội dung thư đòi tiền chuộc cùng các lời gọi liệt kê ổ đĩa và mã hóa."
        level = "critical"
        level_reason = "If it has run, files are being encrypted now."
        level_reason_vi = "Nếu đã chạy, tệp đang bị mã hóa ngay lúc này."
        attack = "T1486, T1083"
        layer = 2
        tier = "endpoint"
        response = "Disconnect the host and its storage from the network at once, but do not switch it off. Find out where it was started from and stop that account everywhere. Check that the backups cannot be reached. Report within the legal time."
        response_vi = "Ngắt ngay máy và hệ thống lưu trữ khỏi mạng, không tắt nguồn. Tìm nơi đã khởi chạy và khóa tài khoản đó trên mọi hệ thống. Kiểm tra bản sao lưu không bị với tới. Báo cáo đúng thời hạn."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1486/"
        false_positives = "Decryption tools of security companies"
    strings:
        $note1 = /(your|all)\s+(\w{2,12}\s+){0,3}(files|data|documents|network)\s+(\w{2,12}\s+){0,3}(encrypted|locked|stolen)/ ascii wide nocase
        $note2 = /decrypt(ion|or)?\s+(key|tool|software|your files)/ ascii wide nocase
        $note3 = ".onion" ascii wide nocase
        $note4 = /tor\s?browser/ ascii wide nocase
        $note5 = /(bitcoin|monero|btc|xmr)\b/ ascii wide nocase
        $file1 = /(readme|recover|restore|decrypt|how[_ -]?to)[\w\-# ]{0,30}\.(txt|hta|html)/ ascii wide nocase
        $file2 = "Control Panel\\Desktop" ascii wide
        $file3 = "WallpaperStyle" ascii wide
        $walk1 = "GetLogicalDrive"
        $walk2 = "FindFirstFileEx"
        $walk3 = "WNetEnumResource"
        $walk4 = "NetShareEnum"
        $walk5 = "FindFirstVolume"
        $walk6 = "DirectoryInfo"
        $crypt1 = /(BCrypt|Crypt)Encrypt/
        $crypt2 = "CryptGenRandom"
        $crypt3 = "RijndaelManaged"
        $crypt4 = "expand 32-byte k"
        $crypt5 = "RSACryptoServiceProvider"
        $crypt6 = "SystemFunction036"
    condition:
        uint16(0) == 0x5A4D and filesize < 15MB and 2 of ($note*) and any of ($file*) and any of ($walk*) and any of ($crypt*)
}

rule ransomware_script
{
    meta:
        id = "ceefd1cc-3291-4bc1-863d-7831a51f6b86"
        title = "Script that encrypts folders and leaves a note"
        title_vi = "Đoạn mã mã hóa thư mục và để lại thư"
        description = "A shell, Python or PowerShell script goes through folders, encrypts each file, deletes the original and writes a text about payment."
        description_vi = "Đoạn mã shell, Python hoặc PowerShell duyệt thư mục, mã hóa từng tệp, xóa bản gốc và ghi văn bản đòi thanh toán."
        level = "critical"
        level_reason = "If it has run, files are being encrypted now."
        level_reason_vi = "Nếu đã chạy, tệp đang bị mã hóa ngay lúc này."
        attack = "T1486, T1059.004"
        layer = 2
        tier = "server"
        response = "Disconnect the host and its storage from the network at once, but do not switch it off. Find out where it was started from and stop that account everywhere. Check that the backups cannot be reached. Report within the legal time."
        response_vi = "Ngắt ngay máy và hệ thống lưu trữ khỏi mạng, không tắt nguồn. Tìm nơi đã khởi chạy và khóa tài khoản đó trên mọi hệ thống. Kiểm tra bản sao lưu không bị với tới. Báo cáo đúng thời hạn."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1486/"
        false_positives = "Scripts of backups that speak of bitcoin"
    strings:
        $walk1 = /\bfind\s+\S{1,60}[^\n]{0,120}-type\s+f/
        $walk2 = /os\.walk\s*\(/
        $walk3 = /Get-ChildItem[^\n]{0,120}-Recurse/ nocase
        $walk4 = /grep -r '?\/?'? [^\n]{0,80}-l/
        $crypt1 = /openssl\s+(enc\s+)?-?(aes|rsautl|smime|enc)[\w\- ]{0,40}/
        $crypt2 = /\bgpg\b[^\n]{0,80}(-c|--symmetric|--encrypt)\b/
        $crypt3 = /\b(7z|7za|7zr|zip|rar)\s+(a|-e|-P|-m)\b[^\n]{0,60}-(p|P|hp)\S{4,}/
        $crypt4 = /Fernet\s*\(|AES\.new\s*\(/
        $crypt5 = /CreateEncryptor\s*\(/ nocase
        $delete1 = /\b(rm -[rf]{1,2}|shred|srm|unlink)\s/
        $delete2 = /os\.(remove|unlink|rename)\s*\(/
        $delete3 = /Remove-Item/ nocase
        $delete4 = "-sdel"
        $pay1 = /\b(bitcoin|btc|monero|ransom|tiền chuộc)\b/ nocase
        $pay2 = /\.onion\b/ nocase
        $pay3 = /(files|data|dữ liệu|tệp)[^\n]{0,60}(been encrypted|are encrypted|bị mã hóa)/ nocase
        $pay4 = /@(proton(mail)?\.\w{2,5}|tutanota\.com|onionmail\.org|cock\.li)/ nocase
    condition:
        filesize < 200KB and any of ($walk*) and any of ($crypt*) and any of ($delete*) and 2 of ($pay*)
}

rule ransomware_by_disk_encryption
{
    meta:
        id = "2e266a75-c9a8-4391-8d66-fd18d0b457f8"
        title = "Script that locks disks with BitLocker for ransom"
        title_vi = "Đoạn mã khóa ổ đĩa bằng BitLocker để tống tiền"
        description = "A script switches BitLocker on for the drives, removes the means of recovery and changes what is shown before the login, as ShrinkLocker does."
        description_vi = "Đoạn mã bật BitLocker cho các ổ đĩa, gỡ phương tiện khôi phục và đổi nội dung hiện trước khi đăng nhập, như ShrinkLocker."
        level = "critical"
        level_reason = "After the next start nobody can read the disks."
        level_reason_vi = "Sau lần khởi động kế tiếp, không ai đọc được ổ đĩa."
        attack = "T1486, T1490"
        layer = 2
        tier = "endpoint"
        response = "Disconnect the host and its storage from the network at once, but do not switch it off. Find out where it was started from and stop that account everywhere. Check that the backups cannot be reached. Report within the legal time."
        response_vi = "Ngắt ngay máy và hệ thống lưu trữ khỏi mạng, không tắt nguồn. Tìm nơi đã khởi chạy và khóa tài khoản đó trên mọi hệ thống. Kiểm tra bản sao lưu không bị với tới. Báo cáo đúng thời hạn."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1486/"
        false_positives = "Scripts of administrators who switch BitLocker on, which keep the recovery key"
    strings:
        $lock1 = /manage-bde(\.exe)?\s+-on\b/ ascii wide nocase
        $lock2 = "Enable-BitLocker" ascii wide nocase
        $lock3 = "Win32_EncryptableVolume" ascii wide nocase
        $lock4 = "ProtectKeyWithNumericalPassword" ascii wide nocase
        $lock5 = /EnableBDEWithNoTPM/ ascii wide nocase
        $drop1 = /manage-bde(\.exe)?\s+-protectors\s+-delete/ ascii wide nocase
        $drop2 = "DeleteKeyProtector" ascii wide nocase
        $drop3 = "Remove-BitLockerKeyProtector" ascii wide nocase
        $drop4 = /RecoveryKeyMessage(Source)?\b/ ascii wide nocase
        $end1 = /(wevtutil(\.exe)?\s+cl|Clear-EventLog)/ ascii wide nocase
        $end2 = /shutdown(\.exe)?\s+(\/|-)[rs]/ ascii wide nocase
        $end3 = "legalnotice" ascii wide nocase
        $end4 = "fDenyTSConnections" ascii wide nocase
        $end5 = /XMLHTTP|UploadString|trycloudflare/ ascii wide nocase
        $end6 = /diskpart/ ascii wide nocase
    condition:
        filesize < 2MB and any of ($lock*) and any of ($drop*) and 2 of ($end*)
}
