; The installer for Windows, for one user and without an administrator: iscc packaging\windows\anonamoose.iss
; Wants dist\anonamoose (pyinstaller) and build\marks. /DVERSION=… is the version; /DSIGNED signs, with the sign tool
; “signtool” that was set up by /Ssigntool=….
#ifndef VERSION
  #error Give the version: /DVERSION=1.2.3
#endif

[Setup]
AppId={{6D0C2C3E-6C0B-4B5E-9E0E-3D6A4C6B7A51}
AppName=Anonamoose
AppVersion={#VERSION}
AppVerName=Anonamoose {#VERSION}
AppPublisher=The Anonamoose authors
DefaultDirName={autopf}\Anonamoose
DefaultGroupName=Anonamoose
DisableProgramGroupPage=yes
DisableDirPage=auto
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
SourceDir=..\..
OutputDir=dist
OutputBaseFilename=Anonamoose-{#VERSION}-setup
SetupIconFile=build\marks\anonamoose.ico
UninstallDisplayIcon={app}\anonamoose.exe
UninstallDisplayName=Anonamoose
LicenseFile=LICENSE
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
; A running one is asked to close; files that something else holds are replaced at the next start.
CloseApplications=yes
RestartApplications=no
#ifdef SIGNED
SignTool=signtool
SignedUninstaller=yes
#endif

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "autostart"; Description: "Start Anonamoose when I sign in"
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; Files of an older version that this one has no more.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "dist\anonamoose\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion restartreplace uninsrestartdelete

[Icons]
Name: "{group}\Anonamoose"; Filename: "{app}\anonamoose.exe"
Name: "{userdesktop}\Anonamoose"; Filename: "{app}\anonamoose.exe"; Tasks: desktopicon

[Registry]
Root: HKCU; Subkey: "Software\Microsoft\Windows\CurrentVersion\Run"; ValueType: string; ValueName: "Anonamoose"; ValueData: """{app}\anonamoose.exe"""; Tasks: autostart; Flags: uninsdeletevalue

[Run]
Filename: "{app}\anonamoose.exe"; Description: "{cm:LaunchProgram,Anonamoose}"; Flags: nowait postinstall skipifsilent

[UninstallRun]
Filename: "{sys}\taskkill.exe"; Parameters: "/im anonamoose.exe"; Flags: runhidden; RunOnceId: "EndAnonamoose"

[Code]
{ The data stays, unless whoever removes the program says otherwise. }
procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
var
  Data: String;
begin
  Data := ExpandConstant('{localappdata}\anonamoose');
  if (CurUninstallStep = usPostUninstall) and DirExists(Data) and not UninstallSilent then
    if MsgBox('Delete what Anonamoose keeps as well: sessions, dictionary, settings and keys?' + #13#10 + Data,
        mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES then
      DelTree(Data, True, True, True);
end;
