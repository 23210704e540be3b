// sha256 of the rest: 0aba092e4a229addc040dd52cf834c7374538c0b590a1f305194780ade728c3a
// SPDX-License-Identifier: Apache-2.0
// Made by `node dist/scripts/generate-x11.js`; do not edit. Names, types and numbers of the X11 protocol from
//   xcb-proto 1.17.0-1

export const Atom = {
  None: 0,
  Any: 0,
  PRIMARY: 1,
  SECONDARY: 2,
  ARC: 3,
  ATOM: 4,
  BITMAP: 5,
  CARDINAL: 6,
  COLORMAP: 7,
  CURSOR: 8,
  CUT_BUFFER0: 9,
  CUT_BUFFER1: 10,
  CUT_BUFFER2: 11,
  CUT_BUFFER3: 12,
  CUT_BUFFER4: 13,
  CUT_BUFFER5: 14,
  CUT_BUFFER6: 15,
  CUT_BUFFER7: 16,
  DRAWABLE: 17,
  FONT: 18,
  INTEGER: 19,
  PIXMAP: 20,
  POINT: 21,
  RECTANGLE: 22,
  RESOURCE_MANAGER: 23,
  RGB_COLOR_MAP: 24,
  RGB_BEST_MAP: 25,
  RGB_BLUE_MAP: 26,
  RGB_DEFAULT_MAP: 27,
  RGB_GRAY_MAP: 28,
  RGB_GREEN_MAP: 29,
  RGB_RED_MAP: 30,
  STRING: 31,
  VISUALID: 32,
  WINDOW: 33,
  WM_COMMAND: 34,
  WM_HINTS: 35,
  WM_CLIENT_MACHINE: 36,
  WM_ICON_NAME: 37,
  WM_ICON_SIZE: 38,
  WM_NAME: 39,
  WM_NORMAL_HINTS: 40,
  WM_SIZE_HINTS: 41,
  WM_ZOOM_HINTS: 42,
  MIN_SPACE: 43,
  NORM_SPACE: 44,
  MAX_SPACE: 45,
  END_SPACE: 46,
  SUPERSCRIPT_X: 47,
  SUPERSCRIPT_Y: 48,
  SUBSCRIPT_X: 49,
  SUBSCRIPT_Y: 50,
  UNDERLINE_POSITION: 51,
  UNDERLINE_THICKNESS: 52,
  STRIKEOUT_ASCENT: 53,
  STRIKEOUT_DESCENT: 54,
  ITALIC_ANGLE: 55,
  X_HEIGHT: 56,
  QUAD_WIDTH: 57,
  WEIGHT: 58,
  POINT_SIZE: 59,
  RESOLUTION: 60,
  COPYRIGHT: 61,
  NOTICE: 62,
  FONT_NAME: 63,
  FAMILY_NAME: 64,
  FULL_NAME: 65,
  CAP_HEIGHT: 66,
  WM_CLASS: 67,
  WM_TRANSIENT_FOR: 68,
} as const;

export const EventMask = {
  NoEvent: 0,
  KeyPress: 1,
  KeyRelease: 2,
  ButtonPress: 4,
  ButtonRelease: 8,
  EnterWindow: 16,
  LeaveWindow: 32,
  PointerMotion: 64,
  PointerMotionHint: 128,
  Button1Motion: 256,
  Button2Motion: 512,
  Button3Motion: 1024,
  Button4Motion: 2048,
  Button5Motion: 4096,
  ButtonMotion: 8192,
  KeymapState: 16384,
  Exposure: 32768,
  VisibilityChange: 65536,
  StructureNotify: 131072,
  ResizeRedirect: 262144,
  SubstructureNotify: 524288,
  SubstructureRedirect: 1048576,
  FocusChange: 2097152,
  PropertyChange: 4194304,
  ColorMapChange: 8388608,
  OwnerGrabButton: 16777216,
} as const;

export const ConfigWindow = {
  X: 1,
  Y: 2,
  Width: 4,
  Height: 8,
  BorderWidth: 16,
  Sibling: 32,
  StackMode: 64,
} as const;

export const PropMode = {
  Replace: 0,
  Prepend: 1,
  Append: 2,
} as const;

export const Property = {
  NewValue: 0,
  Delete: 1,
} as const;

export const StackMode = {
  Above: 0,
  Below: 1,
  TopIf: 2,
  BottomIf: 3,
  Opposite: 4,
} as const;

export const InputFocus = {
  None: 0,
  PointerRoot: 1,
  Parent: 2,
  FollowKeyboard: 3,
} as const;

export const NotifyMode = {
  Normal: 0,
  Grab: 1,
  Ungrab: 2,
  WhileGrabbed: 3,
} as const;

export const NotifyDetail = {
  Ancestor: 0,
  Virtual: 1,
  Inferior: 2,
  Nonlinear: 3,
  NonlinearVirtual: 4,
  Pointer: 5,
  PointerRoot: 6,
  None: 7,
} as const;

export const WindowClass = {
  CopyFromParent: 0,
  InputOutput: 1,
  InputOnly: 2,
} as const;

export const MapState = {
  Unmapped: 0,
  Unviewable: 1,
  Viewable: 2,
} as const;

export const ImageFormat = {
  XYBitmap: 0,
  XYPixmap: 1,
  ZPixmap: 2,
} as const;

export const Time = {
  CurrentTime: 0,
} as const;

export const KeyButMask = {
  Shift: 1,
  Lock: 2,
  Control: 4,
  Mod1: 8,
  Mod2: 16,
  Mod3: 32,
  Mod4: 64,
  Mod5: 128,
  Button1: 256,
  Button2: 512,
  Button3: 1024,
  Button4: 2048,
  Button5: 4096,
} as const;

export const Gravity = {
  BitForget: 0,
  WinUnmap: 0,
  NorthWest: 1,
  North: 2,
  NorthEast: 3,
  West: 4,
  Center: 5,
  East: 6,
  SouthWest: 7,
  South: 8,
  SouthEast: 9,
  Static: 10,
} as const;

export const CompositeRedirect = {
  Automatic: 0,
  Manual: 1,
} as const;

export const XFixesSelectionEvent = {
  SetSelectionOwner: 0,
  SelectionWindowDestroy: 1,
  SelectionClientClose: 2,
} as const;

export const XFixesSelectionEventMask = {
  SetSelectionOwner: 1,
  SelectionWindowDestroy: 2,
  SelectionClientClose: 4,
} as const;

export const XFixesClientDisconnectFlags = {
  Default: 0,
  Terminate: 1,
} as const;

export const ResClientIdMask = {
  ClientXID: 1,
  LocalClientPID: 2,
} as const;

export const RandRNotifyMask = {
  ScreenChange: 1,
  CrtcChange: 2,
  OutputChange: 4,
  OutputProperty: 8,
  ProviderChange: 16,
  ProviderProperty: 32,
  ResourceChange: 64,
  Lease: 128,
} as const;

export const RandRNotify = {
  CrtcChange: 0,
  OutputChange: 1,
  OutputProperty: 2,
  ProviderChange: 3,
  ProviderProperty: 4,
  ResourceChange: 5,
  Lease: 6,
} as const;

export const RandRRotation = {
  Rotate_0: 1,
  Rotate_90: 2,
  Rotate_180: 4,
  Rotate_270: 8,
  Reflect_X: 16,
  Reflect_Y: 32,
} as const;

export const RandRConnection = {
  Connected: 0,
  Disconnected: 1,
  Unknown: 2,
} as const;

export const SyncALARMSTATE = {
  Active: 0,
  Inactive: 1,
  Destroyed: 2,
} as const;

export const SyncTESTTYPE = {
  PositiveTransition: 0,
  NegativeTransition: 1,
  PositiveComparison: 2,
  NegativeComparison: 3,
} as const;

export const SyncVALUETYPE = {
  Absolute: 0,
  Relative: 1,
} as const;

export const RenderPictType = {
  Indexed: 0,
  Direct: 1,
} as const;
