// sha256 of the rest: 50953b6042772e2b0888f248f02dc0d0cfdc131e045d851c1adb458258b2df1c
// SPDX-License-Identifier: Apache-2.0
// Made by `node dist/scripts/generate-x11.js`; do not edit. Names, types and numbers of the X11 protocol from
//   xcb-proto 1.17.0-1
/** The arguments of every request. */
export interface Requests {
  CreateWindow: { depth: number; wid: number; parent: number; x: number; y: number; width: number; height: number; border_width: number; class: number; visual: number; background_pixmap?: number; background_pixel?: number; border_pixmap?: number; border_pixel?: number; bit_gravity?: number; win_gravity?: number; backing_store?: number; backing_planes?: number; backing_pixel?: number; override_redirect?: boolean; save_under?: boolean; event_mask?: number; do_not_propogate_mask?: number; colormap?: number; cursor?: number };
  ChangeWindowAttributes: { window: number; background_pixmap?: number; background_pixel?: number; border_pixmap?: number; border_pixel?: number; bit_gravity?: number; win_gravity?: number; backing_store?: number; backing_planes?: number; backing_pixel?: number; override_redirect?: boolean; save_under?: boolean; event_mask?: number; do_not_propogate_mask?: number; colormap?: number; cursor?: number };
  GetWindowAttributes: { window: number };
  DestroyWindow: { window: number };
  ReparentWindow: { window: number; parent: number; x: number; y: number };
  MapWindow: { window: number };
  UnmapWindow: { window: number };
  ConfigureWindow: { window: number; x?: number; y?: number; width?: number; height?: number; border_width?: number; sibling?: number; stack_mode?: number };
  GetGeometry: { drawable: number };
  QueryTree: { window: number };
  InternAtom: { only_if_exists: boolean; name: string };
  GetAtomName: { atom: number };
  ChangeProperty: { mode: number; window: number; property: number; type: number; format: number; data_len: number; data: Uint8Array };
  DeleteProperty: { window: number; property: number };
  GetProperty: { delete: boolean; window: number; property: number; type: number; long_offset: number; long_length: number };
  ListProperties: { window: number };
  SetSelectionOwner: { owner: number; selection: number; time: number };
  GetSelectionOwner: { selection: number };
  ConvertSelection: { requestor: number; selection: number; target: number; property: number; time: number };
  SendEvent: { propagate: boolean; destination: number; event_mask: number; event: Uint8Array };
  QueryPointer: { window: number };
  TranslateCoordinates: { src_window: number; dst_window: number; src_x: number; src_y: number };
  WarpPointer: { src_window: number; dst_window: number; src_x: number; src_y: number; src_width: number; src_height: number; dst_x: number; dst_y: number };
  SetInputFocus: { revert_to: number; focus: number; time: number };
  GetInputFocus: Record<never, never>;
  QueryKeymap: Record<never, never>;
  GrabServer: Record<never, never>;
  KillClient: { resource: number };
  QueryExtension: { name: string };
  CreatePixmap: { depth: number; pid: number; drawable: number; width: number; height: number };
  FreePixmap: { pixmap: number };
  CreateGC: { cid: number; drawable: number; function?: number; plane_mask?: number; foreground?: number; background?: number; line_width?: number; line_style?: number; cap_style?: number; join_style?: number; fill_style?: number; fill_rule?: number; tile?: number; stipple?: number; tile_stipple_x_origin?: number; tile_stipple_y_origin?: number; font?: number; subwindow_mode?: number; graphics_exposures?: boolean; clip_x_origin?: number; clip_y_origin?: number; clip_mask?: number; dash_offset?: number; dashes?: number; arc_mode?: number };
  FreeGC: { gc: number };
  PutImage: { format: number; drawable: number; gc: number; width: number; height: number; dst_x: number; dst_y: number; left_pad: number; depth: number; data: Uint8Array };
  OpenFont: { fid: number; name: string };
  CloseFont: { font: number };
  CreateGlyphCursor: { cid: number; source_font: number; mask_font: number; source_char: number; mask_char: number; fore_red: number; fore_green: number; fore_blue: number; back_red: number; back_green: number; back_blue: number };
  FreeCursor: { cursor: number };
  GrabKeyboard: { owner_events: boolean; grab_window: number; time: number; pointer_mode: number; keyboard_mode: number };
  UngrabKeyboard: { time: number };
  GrabPointer: { owner_events: boolean; grab_window: number; event_mask: number; pointer_mode: number; keyboard_mode: number; confine_to: number; cursor: number; time: number };
  UngrabPointer: { time: number };
  "BigRequests.Enable": Record<never, never>;
  "Composite.QueryVersion": { client_major_version: number; client_minor_version: number };
  "Composite.RedirectSubwindows": { window: number; update: number };
  "XFixes.QueryVersion": { client_major_version: number; client_minor_version: number };
  "XFixes.SelectSelectionInput": { window: number; selection: number; event_mask: number };
  "XFixes.SetClientDisconnectMode": { disconnect_mode: number };
  "XFixes.HideCursor": { window: number };
  "XFixes.ShowCursor": { window: number };
  "Res.QueryVersion": { client_major: number; client_minor: number };
  "Res.QueryClientIds": { specs: readonly { client: number; mask: number }[] };
  "RandR.QueryVersion": { major_version: number; minor_version: number };
  "RandR.SelectInput": { window: number; enable: number };
  "RandR.GetScreenResourcesCurrent": { window: number };
  "RandR.GetOutputInfo": { output: number; config_timestamp: number };
  "RandR.GetCrtcInfo": { crtc: number; config_timestamp: number };
  "RandR.SetOutputPrimary": { window: number; output: number };
  "RandR.GetOutputPrimary": { window: number };
  "Sync.Initialize": { desired_major_version: number; desired_minor_version: number };
  "Sync.CreateCounter": { id: number; initial_value: bigint };
  "Sync.SetCounter": { counter: number; value: bigint };
  "Sync.QueryCounter": { counter: number };
  "Sync.CreateAlarm": { id: number; counter?: number; valueType?: number; value?: bigint; testType?: number; delta?: bigint; events?: number };
  "Sync.ChangeAlarm": { id: number; counter?: number; valueType?: number; value?: bigint; testType?: number; delta?: bigint; events?: number };
  "Sync.DestroyAlarm": { alarm: number };
  "Shape.QueryVersion": Record<never, never>;
  "Shape.QueryExtents": { destination_window: number };
  "Render.QueryVersion": { client_major_version: number; client_minor_version: number };
  "Render.QueryPictFormats": Record<never, never>;
  "Render.CreatePicture": { pid: number; drawable: number; format: number; repeat?: number; alphamap?: number; alphaxorigin?: number; alphayorigin?: number; clipxorigin?: number; clipyorigin?: number; clipmask?: number; graphicsexposure?: number; subwindowmode?: number; polyedge?: number; polymode?: number; dither?: number; componentalpha?: number };
  "Render.FreePicture": { picture: number };
  "Render.CreateCursor": { cid: number; source: number; x: number; y: number };
}

/** What every request with a reply is answered with. */
export interface Replies {
  GetWindowAttributes: { backing_store: number; visual: number; class: number; bit_gravity: number; win_gravity: number; backing_planes: number; backing_pixel: number; save_under: boolean; map_is_installed: boolean; map_state: number; override_redirect: boolean; colormap: number; all_event_masks: number; your_event_mask: number; do_not_propagate_mask: number };
  GetGeometry: { depth: number; root: number; x: number; y: number; width: number; height: number; border_width: number };
  QueryTree: { root: number; parent: number; children: readonly number[] };
  InternAtom: { atom: number };
  GetAtomName: { name: string };
  GetProperty: { format: number; type: number; bytes_after: number; value_len: number; value: Uint8Array };
  ListProperties: { atoms: readonly number[] };
  GetSelectionOwner: { owner: number };
  QueryPointer: { same_screen: boolean; root: number; child: number; root_x: number; root_y: number; win_x: number; win_y: number; mask: number };
  TranslateCoordinates: { same_screen: boolean; child: number; dst_x: number; dst_y: number };
  GetInputFocus: { revert_to: number; focus: number };
  QueryKeymap: { keys: Uint8Array };
  QueryExtension: { present: boolean; major_opcode: number; first_event: number; first_error: number };
  GrabKeyboard: { status: number };
  GrabPointer: { status: number };
  "BigRequests.Enable": { maximum_request_length: number };
  "Composite.QueryVersion": { major_version: number; minor_version: number };
  "XFixes.QueryVersion": { major_version: number; minor_version: number };
  "Res.QueryVersion": { server_major: number; server_minor: number };
  "Res.QueryClientIds": { ids: readonly { spec: { client: number; mask: number }; length: number; value: readonly number[] }[] };
  "RandR.QueryVersion": { major_version: number; minor_version: number };
  "RandR.GetScreenResourcesCurrent": { timestamp: number; config_timestamp: number; crtcs: readonly number[]; outputs: readonly number[]; modes: readonly { id: number; width: number; height: number; dot_clock: number; hsync_start: number; hsync_end: number; htotal: number; hskew: number; vsync_start: number; vsync_end: number; vtotal: number; name_len: number; mode_flags: number }[]; names: Uint8Array };
  "RandR.GetOutputInfo": { status: number; timestamp: number; crtc: number; mm_width: number; mm_height: number; connection: number; subpixel_order: number; num_preferred: number; crtcs: readonly number[]; modes: readonly number[]; clones: readonly number[]; name: Uint8Array };
  "RandR.GetCrtcInfo": { status: number; timestamp: number; x: number; y: number; width: number; height: number; mode: number; rotation: number; rotations: number; outputs: readonly number[]; possible: readonly number[] };
  "RandR.GetOutputPrimary": { output: number };
  "Sync.Initialize": { major_version: number; minor_version: number };
  "Sync.QueryCounter": { counter_value: bigint };
  "Shape.QueryVersion": { major_version: number; minor_version: number };
  "Shape.QueryExtents": { bounding_shaped: boolean; clip_shaped: boolean; bounding_shape_extents_x: number; bounding_shape_extents_y: number; bounding_shape_extents_width: number; bounding_shape_extents_height: number; clip_shape_extents_x: number; clip_shape_extents_y: number; clip_shape_extents_width: number; clip_shape_extents_height: number };
  "Render.QueryVersion": { major_version: number; minor_version: number };
  "Render.QueryPictFormats": { num_depths: number; num_visuals: number; formats: readonly { id: number; type: number; depth: number; direct: { red_shift: number; red_mask: number; green_shift: number; green_mask: number; blue_shift: number; blue_mask: number; alpha_shift: number; alpha_mask: number }; colormap: number }[]; screens: readonly { fallback: number; depths: readonly { depth: number; visuals: readonly { visual: number; format: number }[] }[] }[]; subpixels: readonly number[] };
}

/** The fields of every event. */
export interface Events {
  KeyPress: { detail: number; time: number; root: number; event: number; child: number; root_x: number; root_y: number; event_x: number; event_y: number; state: number; same_screen: boolean };
  KeyRelease: { detail: number; time: number; root: number; event: number; child: number; root_x: number; root_y: number; event_x: number; event_y: number; state: number; same_screen: boolean };
  ButtonPress: { detail: number; time: number; root: number; event: number; child: number; root_x: number; root_y: number; event_x: number; event_y: number; state: number; same_screen: boolean };
  ButtonRelease: { detail: number; time: number; root: number; event: number; child: number; root_x: number; root_y: number; event_x: number; event_y: number; state: number; same_screen: boolean };
  EnterNotify: { detail: number; time: number; root: number; event: number; child: number; root_x: number; root_y: number; event_x: number; event_y: number; state: number; mode: number; same_screen_focus: number };
  FocusIn: { detail: number; event: number; mode: number };
  FocusOut: { detail: number; event: number; mode: number };
  CreateNotify: { parent: number; window: number; x: number; y: number; width: number; height: number; border_width: number; override_redirect: boolean };
  DestroyNotify: { event: number; window: number };
  UnmapNotify: { event: number; window: number; from_configure: boolean };
  MapNotify: { event: number; window: number; override_redirect: boolean };
  MapRequest: { parent: number; window: number };
  ReparentNotify: { event: number; window: number; parent: number; x: number; y: number; override_redirect: boolean };
  ConfigureNotify: { event: number; window: number; above_sibling: number; x: number; y: number; width: number; height: number; border_width: number; override_redirect: boolean };
  ConfigureRequest: { stack_mode: number; parent: number; window: number; sibling: number; x: number; y: number; width: number; height: number; border_width: number; value_mask: number };
  CirculateRequest: { event: number; window: number; place: number };
  PropertyNotify: { window: number; atom: number; time: number; state: number };
  SelectionClear: { time: number; owner: number; selection: number };
  SelectionRequest: { time: number; owner: number; requestor: number; selection: number; target: number; property: number };
  SelectionNotify: { time: number; requestor: number; selection: number; target: number; property: number };
  ClientMessage: { format: number; window: number; type: number; data: readonly number[] };
  "XFixes.SelectionNotify": { subtype: number; window: number; owner: number; selection: number; timestamp: number; selection_timestamp: number };
  "RandR.ScreenChangeNotify": { rotation: number; timestamp: number; config_timestamp: number; root: number; request_window: number; sizeID: number; subpixel_order: number; width: number; height: number; mwidth: number; mheight: number };
  "RandR.Notify": { subCode: number };
  "Sync.AlarmNotify": { kind: number; alarm: number; counter_value: bigint; alarm_value: bigint; timestamp: number; state: number };
}
