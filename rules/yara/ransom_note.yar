rule ransom_note
{
    meta:
        id = "11ccb130-6dc0-4734-b628-8328ee6a581f"
        title = "Ransom note"
        title_vi = "Thư đòi tiền chuộc"
        description = "A text says that files were encrypted and asks for money: the encryption has happened, or is under way."
        description_vi = "Văn bản thông báo tệp đã bị mã hóa và đòi tiền: việc mã hóa đã xảy ra hoặc đang diễn ra."
        level = "critical"
        level_reason = "Files are encrypted already, or are being encrypted now."
        level_reason_vi = "Tệp đã hoặc đang bị mã hóa."
        attack = "T1486"
        layer = 4
        tier = "server"
        response = "Disconnect the host and its storage from the network at once, do not switch it off, check that the backups cannot be reached, report within the legal time."
        response_vi = "Ngắt ngay máy và hệ thống lưu trữ khỏi mạng, không tắt nguồn, kiểm tra bản sao lưu không bị với tới, báo cáo đúng thời hạn."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1486/"
        false_positives = "Training material about ransomware"
    strings:
        $encrypted1 = /(all |your )?(files|data|documents|network|servers?|computers?)[^.\n]{0,60}(has|have|are|were|is)\s+(been\s+)?(\w{3,12}\s+and\s+)?(encrypted|locked)/ nocase
        $encrypted2 = /(tệp|tập tin|dữ liệu)[^.\n]{0,60}(đã )?bị mã hóa/ nocase
        $encrypted3 = "military-grade encryption" nocase
        $pay1 = /\b(bitcoin|btc|monero|xmr|tiền chuộc|ransom)\b/ nocase
        $pay2 = /\b(decryption|decrypt)\s+(key|tool|software|files|your)/ nocase
        $pay3 = "private key" nocase
        $pay4 = "khóa giải mã" nocase
        $contact1 = /\.onion\b/ nocase
        $contact2 = /\btor\s+browser\b/ nocase
        $contact3 = /@(proton(mail)?\.\w{2,5}|tutanota\.com|tuta\.io|onionmail\.org|cock\.li|airmail\.cc|aol\.com|keemail\.me)/ nocase
        $contact4 = /(qtox|tox\s+(id|chat)|session id|telegram:)/ nocase
        $threat1 = /(do not|don't)\s+(try to\s+)?(rename|modify|delete|recover|decrypt|contact)/ nocase
        $threat2 = /(leak|publish|sell)[^.\n]{0,60}(data|files|information)/ nocase
        $threat3 = /(không|đừng)[^.\n]{0,30}(đổi tên|sửa|xóa|khôi phục)/ nocase
        $threat4 = /(within|after)\s+\d{1,3}\s+(hours|days)/ nocase
        $state1 = /(are|were|was|been|being|currently|now) (\w{3,14} )?(encrypted|locked|penetrated|hacked|breached|compromised|unreadable|inaccessible)\b/ nocase ascii wide
        $state2 = /(hacked|breached|encrypted|penetrated) (all )?(into )?(of )?(your|the company)/ nocase
        $state3 = "ONLY MODIFIED" nocase
        $state4 = /bị (mã hóa|mã hoá|khóa|khoá)/ nocase
        $want1 = /(decrypt(ion|or|er)? ?(tool|key|software)|decryptor|decrypter|private key|unique key)/ nocase ascii wide
        $want2 = /(recover(ing)?|restore|return|unlock) (all )?(of )?(your )?(files|data|network)\b/ nocase
        $want3 = /refuse to (pay|negotiate)|bitcoin|monero|\d BTC\b|in XMR|\bransom\b/ nocase
        $want4 = /thanh toán|tiền chuộc|lấy lại dữ liệu|khôi phục tệp|giải mã/ nocase
        $warn1 = /third[- ]party (recovery )?(software|tool)|recovery compan/ nocase
        $warn2 = /(do not|don.t|never) (try to )?(rename|modify|delete|recover|decrypt|contact|worry)/ nocase
        $warn3 = /(will|to) (publish|leak|disclose|permanently)|be (published|leaked)/ nocase
        $warn4 = /(sensitive|confidential)[^\n.]{0,40}(data|documents|information)|(was|were|has been|have been) (downloaded|stolen|exfiltrated)/ nocase
        $warn5 = /(decrypt|send us) (\w{1,8} ){0,3}([1-5]|one|two|three|some) (of your )?files?/ nocase
        $warn6 = /không tự ý|đổi tên tệp|vĩnh viễn|(bị|sẽ) công bố|trong vòng \d/ nocase
        $reach1 = /\.onion\b|tor browser/ nocase ascii wide
        $reach2 = /(your|personal|decryption) id\b/ nocase
        $reach3 = /\bqtox\b|tox id|session (messenger )?id|telegram/ nocase
        $reach4 = /e-?mail\W{1,3}[\w.]{1,40}@/ nocase
        $reach5 = /bc1q[a-z0-9]{20,60}/
        $reach6 = /liên hệ|mã số của/ nocase
        $lesson = /ransomware (attack|group|famil|gang)|cảnh báo|tuyên truyền|phòng (chống|ngừa)|CVE-\d{4}/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and (
            (filesize < 200KB and any of ($encrypted*) and any of ($pay*) and any of ($contact*) and any of ($threat*))
            or (
                filesize < 64KB and not $lesson and any of ($state*) and (any of ($want*) or 2 of ($warn*))
                and (any of ($reach1, $reach3, $reach5) or ($reach4 and any of ($reach2, $state3)) or ($reach6 and $state4))
                and 5 of ($state*, $want*, $warn*, $reach*)
            )
            or (
                filesize < 64KB and not $lesson and any of ($state*)
                and (($reach1 and $reach2 and any of ($warn*)) or ($reach3 and $want1 and $want3))
            )
        )
}
