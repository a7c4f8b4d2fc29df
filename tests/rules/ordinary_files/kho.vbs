' Kiểm kê phần cứng
Set shell = CreateObject("WScript.Shell")
Set service = GetObject("winmgmts:\\.\root\cimv2")
For Each item In service.ExecQuery("Select * from Win32_ComputerSystem")
    shell.LogEvent 4, item.Name & " " & item.Model
Next
Set files = CreateObject("Scripting.FileSystemObject")
Set out = files.CreateTextFile("\\fs01\kiem-ke$\" & item.Name & ".txt", True)
out.WriteLine item.TotalPhysicalMemory
