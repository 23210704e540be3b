// SPDX-License-Identifier: Apache-2.0
/** The part of the X11 protocol that src/x11 knows: what a window manager needs, out of some 700 requests. */

export interface Selection {
  /** The file's name in xcb-proto, without `.xml`. */
  readonly file: string;
  readonly requests: string;
  readonly events: string;
  readonly enums: string;
}

export const selection: readonly Selection[] = [
  {
    file: "xproto",
    requests: `CreateWindow ChangeWindowAttributes GetWindowAttributes DestroyWindow ReparentWindow MapWindow UnmapWindow
      ConfigureWindow GetGeometry QueryTree InternAtom GetAtomName ChangeProperty DeleteProperty GetProperty
      ListProperties SetSelectionOwner GetSelectionOwner ConvertSelection SendEvent QueryPointer TranslateCoordinates
      WarpPointer SetInputFocus GetInputFocus QueryKeymap GrabServer KillClient QueryExtension CreatePixmap
      FreePixmap CreateGC FreeGC PutImage OpenFont CloseFont CreateGlyphCursor FreeCursor
      GrabKeyboard UngrabKeyboard GrabPointer UngrabPointer`,
    events: `KeyPress KeyRelease ButtonPress ButtonRelease EnterNotify FocusIn FocusOut CreateNotify DestroyNotify
      UnmapNotify MapNotify MapRequest ReparentNotify ConfigureNotify
      ConfigureRequest CirculateRequest PropertyNotify SelectionClear SelectionRequest SelectionNotify ClientMessage`,
    enums: `Atom EventMask ConfigWindow PropMode Property StackMode InputFocus NotifyMode NotifyDetail WindowClass MapState ImageFormat
      Time KeyButMask Gravity`,
  },
  { file: "bigreq", requests: "Enable", events: "", enums: "" },
  { file: "composite", requests: "QueryVersion RedirectSubwindows", events: "", enums: "Redirect" },
  {
    file: "xfixes",
    requests: "QueryVersion SelectSelectionInput SetClientDisconnectMode HideCursor ShowCursor",
    events: "SelectionNotify",
    enums: "SelectionEvent SelectionEventMask ClientDisconnectFlags",
  },
  { file: "res", requests: "QueryVersion QueryClientIds", events: "", enums: "ClientIdMask" },
  {
    file: "randr",
    requests: `QueryVersion SelectInput GetScreenResourcesCurrent GetOutputInfo GetCrtcInfo SetOutputPrimary
      GetOutputPrimary`,
    events: "ScreenChangeNotify Notify",
    enums: "NotifyMask Notify Rotation Connection",
  },
  {
    file: "sync",
    requests: "Initialize CreateCounter SetCounter QueryCounter CreateAlarm ChangeAlarm DestroyAlarm",
    events: "AlarmNotify",
    enums: "ALARMSTATE TESTTYPE VALUETYPE",
  },
  { file: "shape", requests: "QueryVersion QueryExtents", events: "", enums: "" },
  {
    file: "render",
    requests: "QueryVersion QueryPictFormats CreatePicture FreePicture CreateCursor",
    events: "",
    enums: "PictType",
  },
];
