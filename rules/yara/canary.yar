rule soc_agent_canary
{
    meta:
        id = "c0ffee11-5a7e-4c0d-9b1d-5e1f7e57ca13"
        title = "A canary of soc-agent in a file"
        title_vi = "Tệp kiểm tra của soc-agent"
        description = "A harmless file that soc-agent itself wrote into a folder of its own, to prove that files are scanned. Its alert is closed from the beginning."
        description_vi = "Một tệp vô hại do chính soc-agent ghi vào thư mục riêng, để chứng minh việc quét tệp vẫn hoạt động. Cảnh báo của nó được đóng ngay từ đầu."
        level = "informational"
        level_reason = "It says only that scanning works."
        level_reason_vi = "Chỉ cho biết việc quét vẫn hoạt động."
        attack = "T1685"
        layer = 1
        tier = "server"
        response = "Nothing is to be done."
        response_vi = "Không cần làm gì."
        author = "soc-agent"
        reference = "https://attack.mitre.org/techniques/T1685/"
        false_positives = "None"
    strings:
        $program = "soc-agent-canary"
        $token = /token=[0-9a-f]{32} source=/
        $harmless = "harmless self-test of soc-agent, nothing to do"
    condition:
        filesize < 1KB and all of them
}
