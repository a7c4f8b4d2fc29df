# Bảo trì máy trạm hằng tháng
param([string]$Folder = "$env:ProgramData\BaoTri")
$files = Get-ChildItem -Path C:\Windows\Temp -Recurse -File | Where-Object LastWriteTime -lt (Get-Date).AddDays(-30)
$files | Remove-Item -Force -ErrorAction SilentlyContinue
'{0} {1} {2} {3}' -f $env:COMPUTERNAME, $files.Count, (Get-Date), $Folder | Out-File "$Folder\log.txt" -Append
Invoke-WebRequest https://update.example.vn/agent.msi -OutFile "$Folder\agent.msi"
Start-Process msiexec.exe -ArgumentList "/i `"$Folder\agent.msi`" /qn" -Wait
$secret = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($config.token))
manage-bde -status C:
vssadmin list shadows
wbadmin start backup -backupTarget:E: -include:C: -quiet
Get-MpComputerStatus | Select-Object AntivirusSignatureAge
Add-Type -AssemblyName System.Windows.Forms
