rule lsass_memory_dump
{
    meta:
        id = "f7d202a4-c989-4c48-8542-6cade7eb302c"
        title = "Memory of the Windows login process in a file"
        title_vi = "Bộ nhớ của tiến trình đăng nhập Windows trong tệp"
        description = "A file is a dump of the memory of lsass.exe, which holds the passwords and hashes of all who are logged in."
        description_vi = "Tệp là bản sao bộ nhớ của lsass.exe, nơi giữ mật khẩu và mã băm của mọi người đang đăng nhập."
        level = "critical"
        level_reason = "Whoever takes this file away can log in as those users."
        level_reason_vi = "Ai lấy được tệp này có thể đăng nhập thay những người đó."
        attack = "T1003.001"
        layer = 2
        tier = "server"
        response = "Isolate the host where the file lies and find out who wrote it and when. Treat all passwords and hashes in it as known: change those of administrators first, for a domain controller also krbtgt twice. Look for logins of these accounts from new hosts."
        response_vi = "Cô lập máy chứa tệp, tìm ai đã ghi và khi nào. Coi mọi mật khẩu và mã băm trong đó đã lộ: đổi của quản trị viên trước, với máy chủ miền đổi cả krbtgt hai lần. Tìm đăng nhập của các tài khoản này từ máy lạ."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1003/001/"
        false_positives = "A dump that support of Microsoft asked for"
    strings:
        $name = "lsass.exe" wide nocase
        $part1 = "lsasrv.dll" wide nocase
        $part2 = "wdigest.dll" wide nocase
        $part3 = "kerberos.dll" wide nocase
    condition:
        uint32be(0) == 0x4D444D50 and ($name or 2 of ($part*))
}

rule windows_account_database
{
    meta:
        id = "479e978a-4f86-4131-aaac-4db001713ae0"
        title = "Copy of the account database of Windows"
        title_vi = "Bản sao cơ sở dữ liệu tài khoản Windows"
        description = "A file is a copy of the registry hive or of the directory (SAM, SECURITY, NTDS.dit) that holds the password hashes, outside of its place in Windows."
        description_vi = "Tệp là bản sao của registry hoặc thư mục (SAM, SECURITY, NTDS.dit) chứa mã băm mật khẩu, nằm ngoài chỗ của nó trong Windows."
        level = "high"
        level_reason = "The passwords of all accounts can be guessed from it in peace."
        level_reason_vi = "Từ đó có thể dò mật khẩu của mọi tài khoản mà không bị phát hiện."
        attack = "T1003.002, T1003.003"
        layer = 2
        tier = "server"
        response = "Isolate the host where the file lies and find out who wrote it and when. Treat all passwords and hashes in it as known: change those of administrators first, for a domain controller also krbtgt twice. Look for logins of these accounts from new hosts."
        response_vi = "Cô lập máy chứa tệp, tìm ai đã ghi và khi nào. Coi mọi mật khẩu và mã băm trong đó đã lộ: đổi của quản trị viên trước, với máy chủ miền đổi cả krbtgt hai lần. Tìm đăng nhập của các tài khoản này từ máy lạ."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1003/002/"
        false_positives = "Backups of Windows hosts that are unpacked on this server"
    strings:
        $sam = { 53 41 4D 5C 44 6F 6D 61 69 6E 73 }
        $sam2 = "\\SystemRoot\\System32\\Config\\SAM" wide nocase
        $sec = "PolEKList"
        $sec2 = "\\System32\\Config\\SECURITY" wide nocase
        $sec3 = "PolSecretEncryptionKey"
        $users = "Account\\Users"
        $names = "SAM\\Domains\\Account"
        $ditpek = "ATTk590689"
        $dithash = "ATTk589879"
        $dit = { EF CD AB 89 }
        $place = /\/(Windows\/(System32\/config|NTDS|repair)|system32\/config)$/ nocase
    condition:
        ((uint32be(0) == 0x72656766 and any of ($sam, $sam2, $sec, $sec2, $sec3, $users, $names)) or ($dit at 4 and any of ($ditpek, $dithash)))
        and not filepath matches /windows\/(system32\/config|ntds|repair)$/i and not $place
}

rule kerberos_ticket_file
{
    meta:
        id = "cce74234-e710-4af2-805c-a10ee46ea85f"
        title = "Kerberos ticket of Windows in a file"
        title_vi = "Vé Kerberos của Windows trong tệp"
        description = "A file is a Kerberos ticket as tools take it out of memory (kirbi), or a text that holds such tickets in base64."
        description_vi = "Tệp là vé Kerberos do công cụ lấy từ bộ nhớ (kirbi), hoặc văn bản chứa vé ở dạng base64."
        level = "high"
        level_reason = "With it somebody else acts as the user it was given to, without a password."
        level_reason_vi = "Có vé này, người khác hành động thay chủ vé mà không cần mật khẩu."
        attack = "T1558, T1550.003"
        layer = 2
        tier = "server"
        response = "Isolate the host, find out who brought the tool and from where. Look in the logs of the domain controllers for what it asked there in the same hour. Change the passwords of the accounts that it asked for."
        response_vi = "Cô lập máy, tìm ai đưa công cụ vào và từ đâu. Xem nhật ký máy chủ miền về những gì nó truy vấn trong cùng giờ. Đổi mật khẩu các tài khoản mà nó nhắm tới."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1558/"
        false_positives = "None known"
    strings:
        $cred = { 76 8? ?? ?? 30 8? ?? ?? A0 03 02 01 05 A1 03 02 01 16 }
        $cred2 = { 76 8? ?? ?? ?? 30 8? ?? ?? ?? A0 03 02 01 05 A1 03 02 01 16 }
        $cred3 = { 76 81 ?? 30 81 ?? A0 03 02 01 05 A1 03 02 01 16 }
        $text = /doI[EFGH][A-Za-z0-9+\/]{3}CC[A-Za-z0-9+\/]{3}[A-Za-z0-9+\/]{4}oAMCAQWhAwIBFq/
        $hash1 = /\$krb5tgs\$(17|18|23)\$\*?[^\s$]{3,120}\$[^\s$]{2,80}\$/ nocase
        $hash2 = /\$krb5asrep\$(17|18|23)\$[^\s@]{1,64}@[^\s:]{2,80}:[0-9a-f]{32}/ nocase
    condition:
        filesize < 5MB and ($cred at 0 or $cred2 at 0 or $cred3 at 0 or $text or any of ($hash*))
}

rule kerberos_attack_tool
{
    meta:
        id = "029cf09d-7fcc-48e0-9aa0-7a09f8df6baf"
        title = "Tool that attacks Kerberos"
        title_vi = "Công cụ tấn công Kerberos"
        description = "A program or script asks for tickets of service accounts to guess their passwords, forges tickets or passes stolen ones on (Rubeus, Kerbrute, Impacket)."
        description_vi = "Chương trình hoặc đoạn mã xin vé của tài khoản dịch vụ để dò mật khẩu, giả mạo vé hoặc dùng vé lấy cắp (Rubeus, Kerbrute, Impacket)."
        level = "high"
        level_reason = "The next step is an administrator of the domain."
        level_reason_vi = "Bước kế tiếp là chiếm quyền quản trị miền."
        attack = "T1558.003, T1558.004, T1558.001"
        layer = 2
        tier = "server"
        response = "Isolate the host, find out who brought the tool and from where. Look in the logs of the domain controllers for what it asked there in the same hour. Change the passwords of the accounts that it asked for."
        response_vi = "Cô lập máy, tìm ai đưa công cụ vào và từ đâu. Xem nhật ký máy chủ miền về những gì nó truy vấn trong cùng giờ. Đổi mật khẩu các tài khoản mà nó nhắm tới."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1558/003/"
        false_positives = "Licensed tests of intrusion, which are announced"
    strings:
        $word1 = "asreproast" ascii wide nocase
        $word2 = "kerberoast" ascii wide nocase
        $word3 = "Rubeus" ascii wide
        $word4 = "/ticket:" ascii wide nocase
        $word5 = "/nowrap" ascii wide nocase
        $word6 = "tgtdeleg" ascii wide nocase
        $word7 = "GetUserSPNs" ascii wide nocase
        $word8 = "GetNPUsers" ascii wide nocase
        $word9 = "ticketer" ascii wide nocase
        $word10 = "$krb5tgs$" ascii wide
        $word11 = "$krb5asrep$" ascii wide
        $word12 = "createnetonly" ascii wide nocase
        $word13 = "KRB_ERROR (%d)" ascii wide
        $word14 = "kerbrute" ascii wide nocase
        $word15 = "Invoke-Kerberoast" ascii wide nocase
        $word16 = "KerberosRequestorSecurityToken" ascii wide nocase
        $word17 = "userenum" ascii wide nocase
        $word18 = "from impacket.krb5"
        $rules = "logsource:"
    condition:
        filesize < 20MB and not $rules and (uint16(0) == 0x5A4D or uint32be(0) == 0x7F454C46 or filesize < 500KB) and (
            4 of ($word*) or ($word3 and 2 of ($word*) and any of ($word1, $word2, $word6, $word12)) or ($word14 and $word17)
            or ($word16 and any of ($word10, $word15)) or ($word18 and any of ($word7, $word8, $word9, $word10, $word11))
        )
}

rule active_directory_mapper
{
    meta:
        id = "bf22dd3b-30a4-460b-804b-c861822a987b"
        title = "Tool that maps the ways to the domain administrator"
        title_vi = "Công cụ lập bản đồ đường tới quản trị miền"
        description = "A program, or the files that it wrote, collects users, groups, sessions and rights of a domain to find the shortest way to its administrators (SharpHound, BloodHound, PowerView, AdFind)."
        description_vi = "Chương trình, hoặc tệp do nó ghi, thu thập người dùng, nhóm, phiên và quyền trong miền để tìm đường ngắn nhất tới quản trị viên (SharpHound, BloodHound, PowerView, AdFind)."
        level = "high"
        level_reason = "An intruder draws the map before the attack on the domain."
        level_reason_vi = "Kẻ xâm nhập vẽ bản đồ trước khi tấn công miền."
        attack = "T1087.002, T1069.002, T1482"
        layer = 2
        tier = "server"
        response = "Isolate the host, find out who brought the tool and from where. Look in the logs of the domain controllers for what it asked there in the same hour. Change the passwords of the accounts that it asked for."
        response_vi = "Cô lập máy, tìm ai đưa công cụ vào và từ đâu. Xem nhật ký máy chủ miền về những gì nó truy vấn trong cùng giờ. Đổi mật khẩu các tài khoản mà nó nhắm tới."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1087/002/"
        false_positives = "Assessments of the domain by its own administrators"
    strings:
        $word1 = "SharpHound" ascii wide nocase
        $word2 = "Invoke-BloodHound" ascii wide nocase
        $word3 = "CollectionMethod" ascii wide nocase
        $word4 = "LoggedOnUsers" ascii wide
        $word5 = "HasSIDHistory" ascii wide
        $word6 = "AllowedToDelegate" ascii wide
        $word7 = "Get-DomainUser" ascii wide nocase
        $word8 = "Get-DomainComputer" ascii wide nocase
        $word9 = "Find-LocalAdminAccess" ascii wide nocase
        $word10 = "Invoke-UserHunter" ascii wide nocase
        $word11 = "Get-NetSession" ascii wide nocase
        $word12 = "Get-ObjectAcl" ascii wide nocase
        $adfind1 = /adfind(\.exe)?["']?\s+[^\n]{0,60}(objectcategory=|-sc |trustdmp|computer_pwdnotreqd)/ nocase
        $out1 = /"meta"\s*:\s*\{\s*"methods"\s*:\s*\d+/
        $out2 = /"type"\s*:\s*"(users|computers|groups|domains|ous|gpos)"/
        $out3 = "ObjectIdentifier"
        $rules = "logsource:"
    condition:
        filesize < 50MB and not $rules and (
            (any of ($word1, $word2) and 2 of ($word*)) or 4 of ($word7, $word8, $word9, $word10, $word11, $word12) or #adfind1 > 1
            or ($out1 and $out2 and $out3)
        )
}

rule windows_remote_run_tool
{
    meta:
        id = "fd09e09c-0d7e-441f-a4b0-40786b3425e7"
        title = "Tool that runs commands on other Windows hosts"
        title_vi = "Công cụ chạy lệnh trên máy Windows khác"
        description = "A program or script runs commands on other hosts over services, WMI or DCOM with a password or a hash (Impacket, CrackMapExec, NetExec, RemCom)."
        description_vi = "Chương trình hoặc đoạn mã chạy lệnh trên máy khác qua dịch vụ, WMI hoặc DCOM bằng mật khẩu hay mã băm (Impacket, CrackMapExec, NetExec, RemCom)."
        level = "high"
        level_reason = "It carries an intruder from one host to the next."
        level_reason_vi = "Nó đưa kẻ xâm nhập từ máy này sang máy khác."
        attack = "T1021.002, T1047, T1569.002, T1550.002"
        layer = 2
        tier = "server"
        response = "Isolate the host, find out who brought the tool and from where. Look in the logs of the domain controllers for what it asked there in the same hour. Change the passwords of the accounts that it asked for."
        response_vi = "Cô lập máy, tìm ai đưa công cụ vào và từ đâu. Xem nhật ký máy chủ miền về những gì nó truy vấn trong cùng giờ. Đổi mật khẩu các tài khoản mà nó nhắm tới."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1021/002/"
        false_positives = "Licensed tests of intrusion, and tools of administrators"
    strings:
        $word1 = "RemCom_communicat" ascii wide nocase
        $word2 = /\\\\127\.0\.0\.1\\(ADMIN|C)\$\\(__|Windows\\Temp\\)/ ascii wide nocase
        $word3 = "from impacket.dcerpc.v5"
        $word4 = "from impacket.smbconnection"
        $word5 = "smbexec" ascii wide nocase
        $word6 = "wmiexec" ascii wide nocase
        $word7 = "atexec" fullword ascii wide nocase
        $word8 = "dcomexec" ascii wide nocase
        $word9 = "crackmapexec" ascii wide nocase
        $word10 = "netexec" fullword ascii wide nocase
        $word11 = "pass-the-hash" ascii wide nocase
        $word12 = "Invoke-WMIExec" ascii wide nocase
        $word13 = "Invoke-SMBExec" ascii wide nocase
        $word14 = "--exec-method" ascii wide
        $word15 = "hRCreateServiceW"
        $word16 = "Win32_Process"
        $rules = "logsource:"
    condition:
        filesize < 30MB and not $rules and (
            $word1 or ($word2 and any of ($word3, $word4, $word5, $word6, $word15, $word16)) or 4 of ($word*)
            or (any of ($word3, $word4) and any of ($word15, $word16) and any of ($word5, $word6, $word7, $word8))
        )
}

rule password_list_of_people
{
    meta:
        id = "0ae44c90-e3ed-4a2b-8445-31ca10197c52"
        title = "List of mail addresses with passwords"
        title_vi = "Danh sách địa chỉ thư kèm mật khẩu"
        description = "A text holds many lines of mail addresses of Vietnamese state bodies, each with a password: loot of a stealer or of false login pages, or a list for trying."
        description_vi = "Văn bản chứa nhiều dòng địa chỉ thư của cơ quan nhà nước kèm mật khẩu: chiến lợi phẩm của mã độc hoặc trang đăng nhập giả, hoặc danh sách để dò."
        level = "high"
        level_reason = "Accounts of state bodies lie open to whoever has this list."
        level_reason_vi = "Tài khoản cơ quan nhà nước lộ với bất kỳ ai có danh sách này."
        attack = "T1589.001, T1110.004"
        layer = 2
        tier = "server"
        response = "Find out who wrote the file and from where it came. Change the passwords of the accounts in it and end their sessions. Look in the mail server's logs for logins of these accounts from new addresses."
        response_vi = "Tìm ai ghi tệp và tệp đến từ đâu. Đổi mật khẩu các tài khoản trong đó và đăng xuất mọi phiên. Tìm trong nhật ký máy chủ thư các lần đăng nhập từ địa chỉ lạ."
        author = "soc-agent"
        date = "2026-11-22"
        reference = "https://attack.mitre.org/techniques/T1589/001/"
        false_positives = "Lists for a first login that an administrator made, which should not lie in a file"
    strings:
        $line = /[a-z0-9._\-]{2,40}@([a-z0-9\-]{2,30}\.){0,3}(gov|edu|org|com|chinhphu|example)\.vn\s?[:|;,\t]\s?[^\s:|;,@<>()"']{6,40}\r?\n/ nocase
        $host = /https?:\/\/[^\s:|]{4,80}\.(gov|edu|com|example)\.vn[^\s|]{0,80}[:|][^\s:|@]{2,40}(@[^\s:|]{3,40})?[:|][^\s:|]{4,40}\r?\n/ nocase
        $vcard = "BEGIN:VCARD"
        $html = /<(html|td|div|a href)/ nocase
        $config = /virtual_alias|postmap|aliases/
    condition:
        filesize < 50MB and not any of ($vcard, $html, $config) and (#line > 4 or #host > 4)
}
