@echo off
rem Kich ban dang nhap mien
set today=%date:~6,4%%date:~3,2%%date:~0,2%
net use Z: \\fs01.example.vn\chung /persistent:no
copy /y \\fs01.example.vn\mau\*.dotx "%APPDATA%\Microsoft\Templates" >nul
reg add "HKCU\Software\Example" /v LanCuoi /d %today% /f >nul
if exist "C:\Tools\a.exe" start "" "C:\Tools\a.exe" ^& echo xong
