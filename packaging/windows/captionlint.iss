; Inno Setup's recipe for Windows. Not run yet: it was written beside the Linux packages, on a machine without Windows.
;   iscc /DVersion=0.1.0 /DBundle=C:\path\to\bundle\captionlint packaging\windows\captionlint.iss
#ifndef Version
  #error Say which version: /DVersion=0.1.0
#endif

[Setup]
AppId={{6C6B2F0E-6E0B-4B7C-9C0D-2D5C2F1B7A11}
AppName=Captionlint
AppVersion={#Version}
AppPublisher=The Captionlint authors
DefaultDirName={autopf}\Captionlint
DefaultGroupName=Captionlint
DisableProgramGroupPage=yes
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\package\icons\captionlint.ico
UninstallDisplayIcon={app}\captionlint-desktop.exe
OutputDir=..\..\dist
OutputBaseFilename=captionlint-{#Version}-windows-x86_64
Compression=lzma2
SolidCompression=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; Into the user's own folder unless they ask for all users, so that no administrator is needed.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ChangesEnvironment=yes
WizardStyle=modern

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "path"; Description: "Add the captionlint command to PATH"; Flags: unchecked

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion
Source: "..\..\build\package\licences\*"; DestDir: "{app}\licences"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\Captionlint"; Filename: "{app}\captionlint-desktop.exe"
Name: "{autodesktop}\Captionlint"; Filename: "{app}\captionlint-desktop.exe"; Tasks: desktopicon

[Registry]
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: (not IsAdminInstallMode) and NotOnPath
Root: HKLM; Subkey: "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: IsAdminInstallMode and NotOnPath

[Run]
Filename: "{app}\captionlint-desktop.exe"; Description: "{cm:LaunchProgram,Captionlint}"; Flags: nowait postinstall skipifsilent

[UninstallDelete]
; What the program wrote beside itself; stores, settings and downloaded models are the user's and stay.
Type: filesandordirs; Name: "{app}"

[Code]
function PathRoot(): Integer;
begin
  if IsAdminInstallMode then Result := HKEY_LOCAL_MACHINE else Result := HKEY_CURRENT_USER;
end;

function PathKey(): String;
begin
  if IsAdminInstallMode then
    Result := 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
  else
    Result := 'Environment';
end;

function NotOnPath(): Boolean;
var
  Path: String;
begin
  if not RegQueryStringValue(PathRoot, PathKey, 'Path', Path) then
    Path := '';
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Path: String;
  Place: Integer;
begin
  if (Step = usPostUninstall) and RegQueryStringValue(PathRoot, PathKey, 'Path', Path) then begin
    // Whole entries only: another's may begin with this folder's name.
    Place := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';');
    if Place > 0 then begin
      if Place > 1 then Place := Place - 1;  // with the semicolon before it; the first has one behind it
      Delete(Path, Place, Length(ExpandConstant('{app}')) + 1);
      RegWriteExpandStringValue(PathRoot, PathKey, 'Path', Path);
    end;
  end;
end;
