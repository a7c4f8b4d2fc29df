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
    condition:
        uint32be(0) != 0x7F454C46 and uint16(0) != 0x5A4D and filesize < 200KB and any of ($encrypted*) and any of ($pay*) and any of ($contact*) and any of ($threat*)
}
