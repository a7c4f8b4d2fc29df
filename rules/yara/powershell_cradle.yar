rule powershell_download_cradle
{
    meta:
        id = "27ba3f12-e016-422c-9553-7b29d60c78e6"
        title = "PowerShell that fetches code and runs it"
        title_vi = "PowerShell tải mã về rồi chạy"
        description = "A script fetches code from the network and runs it from memory, often hidden and encoded."
        description_vi = "Đoạn mã tải mã từ mạng về và chạy trong bộ nhớ, thường bị ẩn và mã hóa."
        level = "high"
        level_reason = "What it runs is decided by another host, and leaves no file."
        level_reason_vi = "Thứ nó chạy do máy khác quyết định và không để lại tệp."
        attack = "T1059.001, T1105"
        layer = 2
        tier = "endpoint"
        response = "Note the address, fetch nothing from it, isolate the host where it ran, search the others for the same script."
        response_vi = "Ghi lại địa chỉ, không tự tải, cô lập máy đã chạy, tìm đoạn mã tương tự trên các máy khác."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1059/001/"
        false_positives = "Installers of package managers for Windows"
    strings:
        $run = /\b(iex|Invoke-Expression)\b/ ascii wide nocase
        $run_fetch = /\b(iex|Invoke-Expression)[\s("'&$][^\n|]{0,200}(\.Download(String|Data)\s*\(|Invoke-WebRequest|Invoke-RestMethod|\b(iwr|irm)\s+['"(]?(-uri\s+)?['"]?(https?:|\$))/ ascii wide nocase
        $fetch_run = /(\.Download(String|Data)\s*\(|\b(Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\s+[^\n|]{0,20}https?:)[^\n]{0,300}\|\s*(iex|Invoke-Expression)\b/ ascii wide nocase
        $fetch1 = /\.Download(String|Data|File)\s*\(/ ascii wide nocase
        $fetch2 = /Net\.WebClient/ ascii wide nocase
        $fetch3 = /\b(Invoke-WebRequest|iwr|Invoke-RestMethod|irm)\s+[^\n]{0,20}https?:/ ascii wide nocase
        $fetch4 = "Start-BitsTransfer" ascii wide nocase
        $encoded = /powershell(\.exe)?[^\n]{0,120}\s-(e|ec|enc|encodedcommand)\s+[A-Za-z0-9+\/=]{60,}/ ascii wide nocase
        $hidden = /-w(indowstyle)?\s+hidden/ ascii wide nocase
        $bypass = /-ex?e?c?(utionpolicy)?\s+bypass|\s-ep\s+bypass/ ascii wide nocase
        $no_profile = /-nop(rofile)?\b/ ascii wide nocase
        $memory = /\[System\.Reflection\.Assembly\]::Load|FromBase64String\s*\(/ ascii wide nocase
        $amsi = "AmsiUtils" ascii wide nocase
    condition:
        uint32be(0) != 0x7F454C46 and filesize < 2MB and (
            (any of ($run_fetch, $fetch_run) and not extension matches /^\.(md|rst|adoc)$/) or ($run and any of ($fetch*) and any of ($hidden, $bypass, $no_profile)) or $amsi or ($encoded and any of ($hidden, $bypass, $no_profile))
            or (any of ($fetch*) and $memory and any of ($hidden, $bypass))
        )
}
