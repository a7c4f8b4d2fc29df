rule defaced_page
{
    meta:
        id = "d98ecf1d-19b6-4631-8122-757062a37310"
        title = "Page with the words of a defacement"
        title_vi = "Trang có nội dung bị thay đổi giao diện"
        description = "An HTML page boasts that a site was hacked. Defaced pages of state bodies are news within the hour."
        description_vi = "Trang HTML khoe khoang đã tấn công trang web. Trang của cơ quan nhà nước bị thay đổi giao diện sẽ bị đưa tin trong vòng một giờ."
        level = "high"
        level_reason = "Somebody else has written to the site, and everybody sees it."
        level_reason_vi = "Người khác đã ghi lên trang và mọi người đều thấy."
        attack = "T1491.002"
        layer = 2
        tier = "application"
        response = "Take the page off, keep the file with its time as evidence, restore from backup, and look for the way in before it goes online again."
        response_vi = "Gỡ trang, giữ tệp và thời gian làm bằng chứng, khôi phục từ bản sao lưu, tìm đường xâm nhập trước khi đưa lên lại."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1491/002/"
        false_positives = "News about attacks"
    strings:
        $html = /<(html|head|body|title|center|h1|marquee|div)\b/ nocase
        $title = /<title>[^<]{0,60}(hacked|h4ck3d|pwn(e|3)d|defaced|owned)\s*(by|:|!)?[^<]{0,60}<\/title>/ nocase
        $by = /\b(hacked|h4ck3d|hack3d|defaced|d3faced|pwn3d|0wned)\s{1,3}(by|from)\s{0,3}[:\-]?\s{0,3}\S{2,40}/ nocase
        $boast1 = "security is just an illusion" nocase
        $boast2 = "your security is low" nocase
        $boast3 = "we are legion" nocase
        $boast4 = "greetz" nocase
        $boast5 = "zone-h.org" nocase
        $boast6 = "your site has been hacked" nocase
        $boast7 = "patch your system" nocase
        $boast8 = "we are anonymous" nocase
        $boast9 = "cyber army" nocase
        $vietnamese = "đã bị hack" nocase
        $article = /<article\b|property="og:type" content="article"/ nocase
    condition:
        uint32be(0) != 0x7F454C46 and filesize < 1MB and $html and not $article and ($title or ($by and (any of ($boast*) or filesize < 20KB)) or 3 of ($boast*) or ($vietnamese and filesize < 20KB))
}
