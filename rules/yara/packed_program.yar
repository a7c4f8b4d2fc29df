rule packed_elf_program
{
    meta:
        id = "54bb1c30-a97b-40b1-b592-669d5c535a9a"
        title = "Packed Linux program"
        title_vi = "Chương trình Linux bị nén (packer)"
        description = "A Linux program is packed with UPX, or packed and then damaged so that it cannot be unpacked. Distributions do not pack; malware does."
        description_vi = "Chương trình Linux bị nén bằng UPX, hoặc nén rồi làm hỏng để không giải nén được. Bản phân phối không nén; mã độc thì có."
        level = "medium"
        level_reason = "Packing is no proof, but nothing that a distribution ships is packed."
        level_reason_vi = "Nén chưa phải bằng chứng, nhưng không gì trong bản phân phối bị nén."
        attack = "T1027.002"
        layer = 2
        tier = "server"
        response = "Keep the file with its hash and ask who put it there. In a temporary or web folder, isolate the host."
        response_vi = "Giữ tệp và mã băm, hỏi ai đã đặt tệp. Nếu nằm trong thư mục tạm hoặc thư mục web, cô lập máy."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1027/002/"
        false_positives = "Some tools written in Go are packed by their makers"
    strings:
        $upx = "UPX!"
        $info = "$Info: This file is packed with the UPX"
        $url = "http://upx.sf.net"
    condition:
        uint32be(0) == 0x7F454C46 and filesize < 50MB and ($upx in (0..1024) or $info or $url or #upx > 1)
}

rule elf_with_wrong_suffix
{
    meta:
        id = "23ac4a52-30ea-4073-a098-5e9fc8b5db4a"
        title = "Linux program that pretends to be a document or a picture"
        title_vi = "Chương trình Linux giả dạng tài liệu hoặc hình ảnh"
        description = "A file with the suffix of a picture, document or web page is a Linux program."
        description_vi = "Tệp mang phần mở rộng của hình ảnh, tài liệu hoặc trang web nhưng là chương trình Linux."
        level = "high"
        level_reason = "The name is a lie, and lies are told to get past a filter."
        level_reason_vi = "Tên tệp là giả, và giả để vượt bộ lọc."
        attack = "T1036.008"
        layer = 2
        tier = "server"
        response = "Keep the file with its hash, find out who uploaded it, and whether it was run."
        response_vi = "Giữ tệp và mã băm, tìm ai đã tải lên và tệp đã được chạy chưa."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1036/008/"
        false_positives = "None known"
    condition:
        uint32be(0) == 0x7F454C46 and extension matches /^\.?(jpe?g|png|gif|bmp|ico|pdf|docx?|xlsx?|txt|html?|css|js|php\d?|phtml|jspx?|aspx?|as[hm]x|log|zip)$/i
}
