// sha256 of the rest: ec39a5ebbb1f06acfee9eb050b7a5ea592b83f312f00ab5722f0bfb7e9a49da0
// SPDX-License-Identifier: Apache-2.0
// Made by `node dist/scripts/generate.js`; do not edit. Names, types and numbers of these protocols:
//   libwayland-dev 1.26.0-1
//   wayland-protocols 1.49-1
//   plasma-wayland-protocols 1.23.0-1
//   librust-wayland-protocols-wlr-dev 0.3.12-1
//   librust-wayland-protocols-misc-dev 0.3.12-1
//   hyprland-protocols 0.8.0-1
//   libweston-16-dev 16.0.0-1
//   protocols/ in this repository
import type { ProtocolTable } from "../table.ts";

export const tables: readonly ProtocolTable[] = [
  {
    protocol: "wayland",
    interfaces: [
      {
        name: "wl_display",
        version: 1,
        requests: [
          "sync callback:new_id:wl_callback",
          "get_registry registry:new_id:wl_registry",
        ],
        events: [
          "error object_id:object code:uint message:string",
          "delete_id id:uint",
        ],
        enums: [
          "error invalid_object=0 invalid_method=1 no_memory=2 implementation=3",
        ],
      },
      {
        name: "wl_registry",
        version: 1,
        requests: [
          "bind name:uint id:new_id",
        ],
        events: [
          "global name:uint interface:string version:uint",
          "global_remove name:uint",
        ],
        enums: [],
      },
      {
        name: "wl_callback",
        version: 1,
        requests: [],
        events: [
          "done! callback_data:uint",
        ],
        enums: [],
      },
      {
        name: "wl_compositor",
        version: 7,
        requests: [
          "create_surface id:new_id:wl_surface",
          "create_region id:new_id:wl_region",
          "release!@7",
        ],
        events: [],
        enums: [],
      },
      {
        name: "wl_shm_pool",
        version: 3,
        requests: [
          "create_buffer id:new_id:wl_buffer offset:int width:int height:int stride:int format:uint:wl_shm.format",
          "destroy!",
          "resize size:int",
        ],
        events: [],
        enums: [
          "error@3 invalid_format=0 invalid_stride=1",
        ],
      },
      {
        name: "wl_shm",
        version: 3,
        requests: [
          "create_pool id:new_id:wl_shm_pool fd:fd size:int",
          "release!@2",
        ],
        events: [
          "format format:uint:format",
        ],
        enums: [
          "error@3 invalid_format=0 invalid_stride=1 invalid_fd=2",
          "format argb8888=0 xrgb8888=1 c8=538982467 rgb332=943867730 bgr233=944916290 xrgb4444=842093144 xbgr4444=842089048 rgbx4444=842094674 bgrx4444=842094658 argb4444=842093121 abgr4444=842089025 rgba4444=842088786 bgra4444=842088770 xrgb1555=892424792 xbgr1555=892420696 rgbx5551=892426322 bgrx5551=892426306 argb1555=892424769 abgr1555=892420673 rgba5551=892420434 bgra5551=892420418 rgb565=909199186 bgr565=909199170 rgb888=875710290 bgr888=875710274 xbgr8888=875709016 rgbx8888=875714642 bgrx8888=875714626 abgr8888=875708993 rgba8888=875708754 bgra8888=875708738 xrgb2101010=808669784 xbgr2101010=808665688 rgbx1010102=808671314 bgrx1010102=808671298 argb2101010=808669761 abgr2101010=808665665 rgba1010102=808665426 bgra1010102=808665410 yuyv=1448695129 yvyu=1431918169 uyvy=1498831189 vyuy=1498765654 ayuv=1448433985 nv12=842094158 nv21=825382478 nv16=909203022 nv61=825644622 yuv410=961959257 yvu410=961893977 yuv411=825316697 yvu411=825316953 yuv420=842093913 yvu420=842094169 yuv422=909202777 yvu422=909203033 yuv444=875713881 yvu444=875714137 r8=538982482 r16=540422482 rg88=943212370 gr88=943215175 rg1616=842221394 gr1616=842224199 xrgb16161616f=1211388504 xbgr16161616f=1211384408 argb16161616f=1211388481 abgr16161616f=1211384385 xyuv8888=1448434008 vuy888=875713878 vuy101010=808670550 y210=808530521 y212=842084953 y216=909193817 y410=808531033 y412=842085465 y416=909194329 xvyu2101010=808670808 xvyu12_16161616=909334104 xvyu16161616=942954072 y0l0=810299481 x0l0=810299480 y0l2=843853913 x0l2=843853912 yuv420_8bit=942691673 yuv420_10bit=808539481 xrgb8888_a8=943805016 xbgr8888_a8=943800920 rgbx8888_a8=943806546 bgrx8888_a8=943806530 rgb888_a8=943798354 bgr888_a8=943798338 rgb565_a8=943797586 bgr565_a8=943797570 nv24=875714126 nv42=842290766 p210=808530512 p010=808530000 p012=842084432 p016=909193296 axbxgxrx106106106106=808534593 nv15=892425806 q410=808531025 q401=825242705 xrgb16161616=942953048 xbgr16161616=942948952 argb16161616=942953025 abgr16161616=942948929 c1=538980675 c2=538980931 c4=538981443 d1=538980676 d2=538980932 d4=538981444 d8=538982468 r1=538980690 r2=538980946 r4=538981458 r10=540029266 r12=540160338 avuy8888=1498764865 xvuy8888=1498764888 p030=808661072 rgb161616=942950226 bgr161616=942950210 r16f=1210064978 gr1616f=1210077767 bgr161616f=1213351746 r32f=1176510546 gr3232f=1176523335 bgr323232f=1179797314 abgr32323232f=1178092097 nv20=808605262 nv30=808670798 s010=808530003 s210=808530515 s410=808531027 s012=842084435 s212=842084947 s412=842085459 s016=909193299 s216=909193811 s416=909194323 xvuy2101010=808671576 p230=808661584 t430=808662100 y8=1497715271 xyyy2101010=876695641",
        ],
      },
      {
        name: "wl_buffer",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "release",
        ],
        enums: [],
      },
      {
        name: "wl_data_offer",
        version: 4,
        requests: [
          "accept serial:uint mime_type:string?",
          "receive mime_type:string fd:fd",
          "destroy!",
          "finish@3",
          "set_actions@3 dnd_actions:uint:wl_data_device_manager.dnd_action preferred_action:uint:wl_data_device_manager.dnd_action",
        ],
        events: [
          "offer mime_type:string",
          "source_actions@3 source_actions:uint:wl_data_device_manager.dnd_action",
          "action@3 dnd_action:uint:wl_data_device_manager.dnd_action",
        ],
        enums: [
          "error invalid_finish=0 invalid_action_mask=1 invalid_action=2 invalid_offer=3",
        ],
      },
      {
        name: "wl_data_source",
        version: 4,
        requests: [
          "offer mime_type:string",
          "destroy!",
          "set_actions@3 dnd_actions:uint:wl_data_device_manager.dnd_action",
        ],
        events: [
          "target mime_type:string?",
          "send mime_type:string fd:fd",
          "cancelled",
          "dnd_drop_performed@3",
          "dnd_finished@3",
          "action@3 dnd_action:uint:wl_data_device_manager.dnd_action",
        ],
        enums: [
          "error invalid_action_mask=0 invalid_source=1",
        ],
      },
      {
        name: "wl_data_device",
        version: 4,
        requests: [
          "start_drag source:object?:wl_data_source origin:object:wl_surface icon:object?:wl_surface serial:uint",
          "set_selection source:object?:wl_data_source serial:uint",
          "release!@2",
        ],
        events: [
          "data_offer id:new_id:wl_data_offer",
          "enter serial:uint surface:object:wl_surface x:fixed y:fixed id:object?:wl_data_offer",
          "leave",
          "motion time:uint x:fixed y:fixed",
          "drop",
          "selection id:object?:wl_data_offer",
        ],
        enums: [
          "error role=0 used_source=1",
        ],
      },
      {
        name: "wl_data_device_manager",
        version: 4,
        requests: [
          "create_data_source id:new_id:wl_data_source",
          "get_data_device id:new_id:wl_data_device seat:object:wl_seat",
          "release!@4",
        ],
        events: [],
        enums: [
          "dnd_action|@3 none=0 copy=1 move=2 ask=4",
        ],
      },
      {
        name: "wl_shell",
        version: 1,
        requests: [
          "get_shell_surface id:new_id:wl_shell_surface surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error role=0",
        ],
      },
      {
        name: "wl_shell_surface",
        version: 1,
        requests: [
          "pong serial:uint",
          "move seat:object:wl_seat serial:uint",
          "resize seat:object:wl_seat serial:uint edges:uint:resize",
          "set_toplevel",
          "set_transient parent:object:wl_surface x:int y:int flags:uint:transient",
          "set_fullscreen method:uint:fullscreen_method framerate:uint output:object?:wl_output",
          "set_popup seat:object:wl_seat serial:uint parent:object:wl_surface x:int y:int flags:uint:transient",
          "set_maximized output:object?:wl_output",
          "set_title title:string",
          "set_class class_:string",
        ],
        events: [
          "ping serial:uint",
          "configure edges:uint:resize width:int height:int",
          "popup_done",
        ],
        enums: [
          "resize| none=0 top=1 bottom=2 left=4 top_left=5 bottom_left=6 right=8 top_right=9 bottom_right=10",
          "transient| inactive=1",
          "fullscreen_method default=0 scale=1 driver=2 fill=3",
        ],
      },
      {
        name: "wl_surface",
        version: 7,
        requests: [
          "destroy!",
          "attach buffer:object?:wl_buffer x:int y:int",
          "damage x:int y:int width:int height:int",
          "frame callback:new_id:wl_callback",
          "set_opaque_region region:object?:wl_region",
          "set_input_region region:object?:wl_region",
          "commit",
          "set_buffer_transform@2 transform:int:wl_output.transform",
          "set_buffer_scale@3 scale:int",
          "damage_buffer@4 x:int y:int width:int height:int",
          "offset@5 x:int y:int",
          "get_release@7 callback:new_id:wl_callback",
        ],
        events: [
          "enter output:object:wl_output",
          "leave output:object:wl_output",
          "preferred_buffer_scale@6 factor:int",
          "preferred_buffer_transform@6 transform:uint:wl_output.transform",
        ],
        enums: [
          "error invalid_scale=0 invalid_transform=1 invalid_size=2 invalid_offset=3 defunct_role_object=4 no_buffer=5",
        ],
      },
      {
        name: "wl_seat",
        version: 11,
        requests: [
          "get_pointer id:new_id:wl_pointer",
          "get_keyboard id:new_id:wl_keyboard",
          "get_touch id:new_id:wl_touch",
          "release!@5",
        ],
        events: [
          "capabilities capabilities:uint:capability",
          "name@2 name:string",
        ],
        enums: [
          "capability| pointer=1 keyboard=2 touch=4",
          "error missing_capability=0",
        ],
      },
      {
        name: "wl_pointer",
        version: 11,
        requests: [
          "set_cursor serial:uint surface:object?:wl_surface hotspot_x:int hotspot_y:int",
          "release!@3",
        ],
        events: [
          "enter serial:uint surface:object:wl_surface surface_x:fixed surface_y:fixed",
          "leave serial:uint surface:object:wl_surface",
          "motion time:uint surface_x:fixed surface_y:fixed",
          "button serial:uint time:uint button:uint state:uint:button_state",
          "axis time:uint axis:uint:axis value:fixed",
          "frame@5",
          "axis_source@5 axis_source:uint:axis_source",
          "axis_stop@5 time:uint axis:uint:axis",
          "axis_discrete@5 axis:uint:axis discrete:int",
          "axis_value120@8 axis:uint:axis value120:int",
          "axis_relative_direction@9 axis:uint:axis direction:uint:axis_relative_direction",
          "warp@11 surface_x:fixed surface_y:fixed",
        ],
        enums: [
          "error role=0",
          "button_state released=0 pressed=1",
          "axis vertical_scroll=0 horizontal_scroll=1",
          "axis_source wheel=0 finger=1 continuous=2 wheel_tilt=3@6",
          "axis_relative_direction identical=0 inverted=1",
        ],
      },
      {
        name: "wl_keyboard",
        version: 11,
        requests: [
          "release!@3",
        ],
        events: [
          "keymap format:uint:keymap_format fd:fd size:uint",
          "enter serial:uint surface:object:wl_surface keys:array",
          "leave serial:uint surface:object:wl_surface",
          "key serial:uint time:uint key:uint state:uint:key_state",
          "modifiers serial:uint mods_depressed:uint mods_latched:uint mods_locked:uint group:uint",
          "repeat_info@4 rate:int delay:int",
        ],
        enums: [
          "keymap_format no_keymap=0 xkb_v1=1",
          "key_state released=0 pressed=1 repeated=2@10",
        ],
      },
      {
        name: "wl_touch",
        version: 11,
        requests: [
          "release!@3",
        ],
        events: [
          "down serial:uint time:uint surface:object:wl_surface id:int x:fixed y:fixed",
          "up serial:uint time:uint id:int",
          "motion time:uint id:int x:fixed y:fixed",
          "frame",
          "cancel",
          "shape@6 id:int major:fixed minor:fixed",
          "orientation@6 id:int orientation:fixed",
        ],
        enums: [],
      },
      {
        name: "wl_output",
        version: 4,
        requests: [
          "release!@3",
        ],
        events: [
          "geometry x:int y:int physical_width:int physical_height:int subpixel:int:subpixel make:string model:string transform:int:transform",
          "mode flags:uint:mode width:int height:int refresh:int",
          "done@2",
          "scale@2 factor:int",
          "name@4 name:string",
          "description@4 description:string",
        ],
        enums: [
          "subpixel unknown=0 none=1 horizontal_rgb=2 horizontal_bgr=3 vertical_rgb=4 vertical_bgr=5",
          "transform normal=0 90=1 180=2 270=3 flipped=4 flipped_90=5 flipped_180=6 flipped_270=7",
          "mode| current=1 preferred=2",
        ],
      },
      {
        name: "wl_region",
        version: 7,
        requests: [
          "destroy!",
          "add x:int y:int width:int height:int",
          "subtract x:int y:int width:int height:int",
        ],
        events: [],
        enums: [],
      },
      {
        name: "wl_subcompositor",
        version: 1,
        requests: [
          "destroy!",
          "get_subsurface id:new_id:wl_subsurface surface:object:wl_surface parent:object:wl_surface",
        ],
        events: [],
        enums: [
          "error bad_surface=0 bad_parent=1",
        ],
      },
      {
        name: "wl_subsurface",
        version: 1,
        requests: [
          "destroy!",
          "set_position x:int y:int",
          "place_above sibling:object:wl_surface",
          "place_below sibling:object:wl_surface",
          "set_sync",
          "set_desync",
        ],
        events: [],
        enums: [
          "error bad_surface=0",
        ],
      },
      {
        name: "wl_fixes",
        version: 2,
        requests: [
          "destroy!",
          "destroy_registry registry:object:wl_registry",
          "ack_global_remove@2 registry:object:wl_registry name:uint",
        ],
        events: [],
        enums: [
          "error invalid_ack_remove=0",
        ],
      },
    ],
  },
  {
    protocol: "linux_dmabuf_v1",
    interfaces: [
      {
        name: "zwp_linux_dmabuf_v1",
        version: 6,
        requests: [
          "destroy!",
          "create_params params_id:new_id:zwp_linux_buffer_params_v1",
          "get_default_feedback@4 id:new_id:zwp_linux_dmabuf_feedback_v1",
          "get_surface_feedback@4 id:new_id:zwp_linux_dmabuf_feedback_v1 surface:object:wl_surface",
        ],
        events: [
          "format format:uint",
          "modifier@3 format:uint modifier_hi:uint modifier_lo:uint",
        ],
        enums: [],
      },
      {
        name: "zwp_linux_buffer_params_v1",
        version: 6,
        requests: [
          "destroy!",
          "add fd:fd plane_idx:uint offset:uint stride:uint modifier_hi:uint modifier_lo:uint",
          "create width:int height:int format:uint flags:uint:flags",
          "create_immed@2 buffer_id:new_id:wl_buffer width:int height:int format:uint flags:uint:flags",
          "set_sampling_device@6 device:array",
        ],
        events: [
          "created buffer:new_id:wl_buffer",
          "failed",
        ],
        enums: [
          "error already_used=0 plane_idx=1 plane_set=2 incomplete=3 invalid_format=4 invalid_dimensions=5 out_of_bounds=6 invalid_wl_buffer=7 invalid_dev_t_size=8",
          "flags| y_invert=1 interlaced=2 bottom_first=4",
        ],
      },
      {
        name: "zwp_linux_dmabuf_feedback_v1",
        version: 6,
        requests: [
          "destroy!",
        ],
        events: [
          "done",
          "format_table fd:fd size:uint",
          "main_device device:array",
          "tranche_done",
          "tranche_target_device device:array",
          "tranche_formats indices:array",
          "tranche_flags flags:uint:tranche_flags",
        ],
        enums: [
          "tranche_flags| scanout=1@4 sampling=2@6",
        ],
      },
    ],
  },
  {
    protocol: "presentation_time",
    interfaces: [
      {
        name: "wp_presentation",
        version: 2,
        requests: [
          "destroy!",
          "feedback surface:object:wl_surface callback:new_id:wp_presentation_feedback",
        ],
        events: [
          "clock_id clk_id:uint",
        ],
        enums: [
          "error invalid_timestamp=0 invalid_flag=1",
        ],
      },
      {
        name: "wp_presentation_feedback",
        version: 2,
        requests: [],
        events: [
          "sync_output output:object:wl_output",
          "presented! tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint refresh:uint seq_hi:uint seq_lo:uint flags:uint:kind",
          "discarded!",
        ],
        enums: [
          "kind| vsync=1 hw_clock=2 hw_completion=4 zero_copy=8",
        ],
      },
    ],
  },
  {
    protocol: "tablet_v2",
    interfaces: [
      {
        name: "zwp_tablet_manager_v2",
        version: 2,
        requests: [
          "get_tablet_seat tablet_seat:new_id:zwp_tablet_seat_v2 seat:object:wl_seat",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_tablet_seat_v2",
        version: 2,
        requests: [
          "destroy!",
        ],
        events: [
          "tablet_added id:new_id:zwp_tablet_v2",
          "tool_added id:new_id:zwp_tablet_tool_v2",
          "pad_added id:new_id:zwp_tablet_pad_v2",
        ],
        enums: [],
      },
      {
        name: "zwp_tablet_tool_v2",
        version: 2,
        requests: [
          "set_cursor serial:uint surface:object?:wl_surface hotspot_x:int hotspot_y:int",
          "destroy!",
        ],
        events: [
          "type tool_type:uint:type",
          "hardware_serial hardware_serial_hi:uint hardware_serial_lo:uint",
          "hardware_id_wacom hardware_id_hi:uint hardware_id_lo:uint",
          "capability capability:uint:capability",
          "done",
          "removed",
          "proximity_in serial:uint tablet:object:zwp_tablet_v2 surface:object:wl_surface",
          "proximity_out",
          "down serial:uint",
          "up",
          "motion x:fixed y:fixed",
          "pressure pressure:uint",
          "distance distance:uint",
          "tilt tilt_x:fixed tilt_y:fixed",
          "rotation degrees:fixed",
          "slider position:int",
          "wheel degrees:fixed clicks:int",
          "button serial:uint button:uint state:uint:button_state",
          "frame time:uint",
        ],
        enums: [
          "type pen=320 eraser=321 brush=322 pencil=323 airbrush=324 finger=325 mouse=326 lens=327",
          "capability tilt=1 pressure=2 distance=3 rotation=4 slider=5 wheel=6",
          "button_state released=0 pressed=1",
          "error role=0",
        ],
      },
      {
        name: "zwp_tablet_v2",
        version: 2,
        requests: [
          "destroy!",
        ],
        events: [
          "name name:string",
          "id vid:uint pid:uint",
          "path path:string",
          "done",
          "removed",
          "bustype@2 bustype:uint:bustype",
        ],
        enums: [
          "bustype@2 usb=3 bluetooth=5 virtual=6 serial=17 i2c=24",
        ],
      },
      {
        name: "zwp_tablet_pad_ring_v2",
        version: 2,
        requests: [
          "set_feedback description:string serial:uint",
          "destroy!",
        ],
        events: [
          "source source:uint:source",
          "angle degrees:fixed",
          "stop",
          "frame time:uint",
        ],
        enums: [
          "source finger=1",
        ],
      },
      {
        name: "zwp_tablet_pad_strip_v2",
        version: 2,
        requests: [
          "set_feedback description:string serial:uint",
          "destroy!",
        ],
        events: [
          "source source:uint:source",
          "position position:uint",
          "stop",
          "frame time:uint",
        ],
        enums: [
          "source finger=1",
        ],
      },
      {
        name: "zwp_tablet_pad_group_v2",
        version: 2,
        requests: [
          "destroy!",
        ],
        events: [
          "buttons buttons:array",
          "ring ring:new_id:zwp_tablet_pad_ring_v2",
          "strip strip:new_id:zwp_tablet_pad_strip_v2",
          "modes modes:uint",
          "done",
          "mode_switch time:uint serial:uint mode:uint",
          "dial@2 dial:new_id:zwp_tablet_pad_dial_v2",
        ],
        enums: [],
      },
      {
        name: "zwp_tablet_pad_v2",
        version: 2,
        requests: [
          "set_feedback button:uint description:string serial:uint",
          "destroy!",
        ],
        events: [
          "group pad_group:new_id:zwp_tablet_pad_group_v2",
          "path path:string",
          "buttons buttons:uint",
          "done",
          "button time:uint button:uint state:uint:button_state",
          "enter serial:uint tablet:object:zwp_tablet_v2 surface:object:wl_surface",
          "leave serial:uint surface:object:wl_surface",
          "removed",
        ],
        enums: [
          "button_state released=0 pressed=1",
        ],
      },
      {
        name: "zwp_tablet_pad_dial_v2",
        version: 2,
        requests: [
          "set_feedback description:string serial:uint",
          "destroy!",
        ],
        events: [
          "delta value120:int",
          "frame time:uint",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "viewporter",
    interfaces: [
      {
        name: "wp_viewporter",
        version: 1,
        requests: [
          "destroy!",
          "get_viewport id:new_id:wp_viewport surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error viewport_exists=0",
        ],
      },
      {
        name: "wp_viewport",
        version: 1,
        requests: [
          "destroy!",
          "set_source x:fixed y:fixed width:fixed height:fixed",
          "set_destination width:int height:int",
        ],
        events: [],
        enums: [
          "error bad_value=0 bad_size=1 out_of_buffer=2 no_surface=3",
        ],
      },
    ],
  },
  {
    protocol: "xdg_shell",
    interfaces: [
      {
        name: "xdg_wm_base",
        version: 7,
        requests: [
          "destroy!",
          "create_positioner id:new_id:xdg_positioner",
          "get_xdg_surface id:new_id:xdg_surface surface:object:wl_surface",
          "pong serial:uint",
        ],
        events: [
          "ping serial:uint",
        ],
        enums: [
          "error role=0 defunct_surfaces=1 not_the_topmost_popup=2 invalid_popup_parent=3 invalid_surface_state=4 invalid_positioner=5 unresponsive=6",
        ],
      },
      {
        name: "xdg_positioner",
        version: 7,
        requests: [
          "destroy!",
          "set_size width:int height:int",
          "set_anchor_rect x:int y:int width:int height:int",
          "set_anchor anchor:uint:anchor",
          "set_gravity gravity:uint:gravity",
          "set_constraint_adjustment constraint_adjustment:uint:constraint_adjustment",
          "set_offset x:int y:int",
          "set_reactive@3",
          "set_parent_size@3 parent_width:int parent_height:int",
          "set_parent_configure@3 serial:uint",
        ],
        events: [],
        enums: [
          "error invalid_input=0",
          "anchor none=0 top=1 bottom=2 left=3 right=4 top_left=5 bottom_left=6 top_right=7 bottom_right=8",
          "gravity none=0 top=1 bottom=2 left=3 right=4 top_left=5 bottom_left=6 top_right=7 bottom_right=8",
          "constraint_adjustment| none=0 slide_x=1 slide_y=2 flip_x=4 flip_y=8 resize_x=16 resize_y=32",
        ],
      },
      {
        name: "xdg_surface",
        version: 7,
        requests: [
          "destroy!",
          "get_toplevel id:new_id:xdg_toplevel",
          "get_popup id:new_id:xdg_popup parent:object?:xdg_surface positioner:object:xdg_positioner",
          "set_window_geometry x:int y:int width:int height:int",
          "ack_configure serial:uint",
        ],
        events: [
          "configure serial:uint",
        ],
        enums: [
          "error not_constructed=1 already_constructed=2 unconfigured_buffer=3 invalid_serial=4 invalid_size=5 defunct_role_object=6",
        ],
      },
      {
        name: "xdg_toplevel",
        version: 7,
        requests: [
          "destroy!",
          "set_parent parent:object?:xdg_toplevel",
          "set_title title:string",
          "set_app_id app_id:string",
          "show_window_menu seat:object:wl_seat serial:uint x:int y:int",
          "move seat:object:wl_seat serial:uint",
          "resize seat:object:wl_seat serial:uint edges:uint:resize_edge",
          "set_max_size width:int height:int",
          "set_min_size width:int height:int",
          "set_maximized",
          "unset_maximized",
          "set_fullscreen output:object?:wl_output",
          "unset_fullscreen",
          "set_minimized",
        ],
        events: [
          "configure width:int height:int states:array",
          "close",
          "configure_bounds@4 width:int height:int",
          "wm_capabilities@5 capabilities:array",
        ],
        enums: [
          "error invalid_resize_edge=0 invalid_parent=1 invalid_size=2",
          "resize_edge none=0 top=1 bottom=2 left=4 top_left=5 bottom_left=6 right=8 top_right=9 bottom_right=10",
          "state maximized=1 fullscreen=2 resizing=3 activated=4 tiled_left=5@2 tiled_right=6@2 tiled_top=7@2 tiled_bottom=8@2 suspended=9@6 constrained_left=10@7 constrained_right=11@7 constrained_top=12@7 constrained_bottom=13@7",
          "wm_capabilities@5 window_menu=1 maximize=2 fullscreen=3 minimize=4",
        ],
      },
      {
        name: "xdg_popup",
        version: 7,
        requests: [
          "destroy!",
          "grab seat:object:wl_seat serial:uint",
          "reposition@3 positioner:object:xdg_positioner token:uint",
        ],
        events: [
          "configure x:int y:int width:int height:int",
          "popup_done",
          "repositioned@3 token:uint",
        ],
        enums: [
          "error invalid_grab=0",
        ],
      },
    ],
  },
  {
    protocol: "alpha_modifier_v1",
    interfaces: [
      {
        name: "wp_alpha_modifier_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_surface id:new_id:wp_alpha_modifier_surface_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error already_constructed=0",
        ],
      },
      {
        name: "wp_alpha_modifier_surface_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_multiplier factor:uint",
        ],
        events: [],
        enums: [
          "error no_surface=0",
        ],
      },
    ],
  },
  {
    protocol: "color_management_v1",
    interfaces: [
      {
        name: "wp_color_manager_v1",
        version: 3,
        requests: [
          "destroy!",
          "get_output id:new_id:wp_color_management_output_v1 output:object:wl_output",
          "get_surface id:new_id:wp_color_management_surface_v1 surface:object:wl_surface",
          "get_surface_feedback id:new_id:wp_color_management_surface_feedback_v1 surface:object:wl_surface",
          "create_icc_creator obj:new_id:wp_image_description_creator_icc_v1",
          "create_parametric_creator obj:new_id:wp_image_description_creator_params_v1",
          "create_windows_scrgb image_description:new_id:wp_image_description_v1",
          "get_image_description@2 image_description:new_id:wp_image_description_v1 reference:object:wp_image_description_reference_v1",
          "create_windows_bt2100@3 image_description:new_id:wp_image_description_v1",
        ],
        events: [
          "supported_intent render_intent:uint:render_intent",
          "supported_feature feature:uint:feature",
          "supported_tf_named tf:uint:transfer_function",
          "supported_primaries_named primaries:uint:primaries",
          "done",
        ],
        enums: [
          "error unsupported_feature=0 surface_exists=1",
          "render_intent perceptual=0 relative=1 saturation=2 absolute=3 relative_bpc=4 absolute_no_adaptation=5@2",
          "feature icc_v2_v4=0 parametric=1 set_primaries=2 set_tf_power=3 set_luminances=4 set_mastering_display_primaries=5 extended_target_volume=6 windows_scrgb=7 windows_bt2100=8",
          "primaries srgb=1 pal_m=2 pal=3 ntsc=4 generic_film=5 bt2020=6 cie1931_xyz=7 dci_p3=8 display_p3=9 adobe_rgb=10",
          "transfer_function bt1886=1 gamma22=2 gamma28=3 st240=4 ext_linear=5 log_100=6 log_316=7 xvycc=8 srgb=9 ext_srgb=10 st2084_pq=11 st428=12 hlg=13 compound_power_2_4=14@2",
        ],
      },
      {
        name: "wp_color_management_output_v1",
        version: 3,
        requests: [
          "destroy!",
          "get_image_description image_description:new_id:wp_image_description_v1",
        ],
        events: [
          "image_description_changed",
        ],
        enums: [],
      },
      {
        name: "wp_color_management_surface_v1",
        version: 3,
        requests: [
          "destroy!",
          "set_image_description image_description:object:wp_image_description_v1 render_intent:uint:wp_color_manager_v1.render_intent",
          "unset_image_description",
        ],
        events: [],
        enums: [
          "error render_intent=0 image_description=1 inert=2",
        ],
      },
      {
        name: "wp_color_management_surface_feedback_v1",
        version: 3,
        requests: [
          "destroy!",
          "get_preferred image_description:new_id:wp_image_description_v1",
          "get_preferred_parametric image_description:new_id:wp_image_description_v1",
        ],
        events: [
          "preferred_changed identity:uint",
          "preferred_changed2@2 identity_hi:uint identity_lo:uint",
        ],
        enums: [
          "error inert=0 unsupported_feature=1",
        ],
      },
      {
        name: "wp_image_description_creator_icc_v1",
        version: 3,
        requests: [
          "create! image_description:new_id:wp_image_description_v1",
          "set_icc_file icc_profile:fd offset:uint length:uint",
        ],
        events: [],
        enums: [
          "error incomplete_set=0 already_set=1 bad_fd=2 bad_size=3 out_of_file=4",
        ],
      },
      {
        name: "wp_image_description_creator_params_v1",
        version: 3,
        requests: [
          "create! image_description:new_id:wp_image_description_v1",
          "set_tf_named tf:uint:wp_color_manager_v1.transfer_function",
          "set_tf_power eexp:uint",
          "set_primaries_named primaries:uint:wp_color_manager_v1.primaries",
          "set_primaries r_x:int r_y:int g_x:int g_y:int b_x:int b_y:int w_x:int w_y:int",
          "set_luminances min_lum:uint max_lum:uint reference_lum:uint",
          "set_mastering_display_primaries r_x:int r_y:int g_x:int g_y:int b_x:int b_y:int w_x:int w_y:int",
          "set_mastering_luminance min_lum:uint max_lum:uint",
          "set_max_cll max_cll:uint",
          "set_max_fall max_fall:uint",
        ],
        events: [],
        enums: [
          "error incomplete_set=0 already_set=1 unsupported_feature=2 invalid_tf=3 invalid_primaries_named=4 invalid_luminance=5",
        ],
      },
      {
        name: "wp_image_description_v1",
        version: 3,
        requests: [
          "destroy!",
          "get_information information:new_id:wp_image_description_info_v1",
        ],
        events: [
          "failed cause:uint:cause msg:string",
          "ready identity:uint",
          "ready2@2 identity_hi:uint identity_lo:uint",
        ],
        enums: [
          "error not_ready=0 no_information=1",
          "cause low_version=0 unsupported=1 operating_system=2 no_output=3",
        ],
      },
      {
        name: "wp_image_description_info_v1",
        version: 3,
        requests: [],
        events: [
          "done!",
          "icc_file icc:fd icc_size:uint",
          "primaries r_x:int r_y:int g_x:int g_y:int b_x:int b_y:int w_x:int w_y:int",
          "primaries_named primaries:uint:wp_color_manager_v1.primaries",
          "tf_power eexp:uint",
          "tf_named tf:uint:wp_color_manager_v1.transfer_function",
          "luminances min_lum:uint max_lum:uint reference_lum:uint",
          "target_primaries r_x:int r_y:int g_x:int g_y:int b_x:int b_y:int w_x:int w_y:int",
          "target_luminance min_lum:uint max_lum:uint",
          "target_max_cll max_cll:uint",
          "target_max_fall max_fall:uint",
        ],
        enums: [],
      },
      {
        name: "wp_image_description_reference_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "color_representation_v1",
    interfaces: [
      {
        name: "wp_color_representation_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_surface id:new_id:wp_color_representation_surface_v1 surface:object:wl_surface",
        ],
        events: [
          "supported_alpha_mode alpha_mode:uint:wp_color_representation_surface_v1.alpha_mode",
          "supported_coefficients_and_ranges coefficients:uint:wp_color_representation_surface_v1.coefficients range:uint:wp_color_representation_surface_v1.range",
          "done",
        ],
        enums: [
          "error surface_exists=1",
        ],
      },
      {
        name: "wp_color_representation_surface_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_alpha_mode alpha_mode:uint:alpha_mode",
          "set_coefficients_and_range coefficients:uint:coefficients range:uint:range",
          "set_chroma_location chroma_location:uint:chroma_location",
        ],
        events: [],
        enums: [
          "error alpha_mode=1 coefficients=2 pixel_format=3 inert=4 chroma_location=5",
          "alpha_mode premultiplied_electrical=0 premultiplied_optical=1 straight=2",
          "coefficients identity=1 bt709=2 fcc=3 bt601=4 smpte240=5 bt2020=6 bt2020_cl=7 ictcp=8",
          "range full=1 limited=2",
          "chroma_location type_0=1 type_1=2 type_2=3 type_3=4 type_4=5 type_5=6",
        ],
      },
    ],
  },
  {
    protocol: "commit_timing_v1",
    interfaces: [
      {
        name: "wp_commit_timing_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_timer id:new_id:wp_commit_timer_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error commit_timer_exists=0",
        ],
      },
      {
        name: "wp_commit_timer_v1",
        version: 1,
        requests: [
          "set_timestamp tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint",
          "destroy!",
        ],
        events: [],
        enums: [
          "error invalid_timestamp=0 timestamp_exists=1 surface_destroyed=2",
        ],
      },
    ],
  },
  {
    protocol: "content_type_v1",
    interfaces: [
      {
        name: "wp_content_type_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_surface_content_type id:new_id:wp_content_type_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error already_constructed=0",
        ],
      },
      {
        name: "wp_content_type_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_content_type content_type:uint:type",
        ],
        events: [],
        enums: [
          "type none=0 photo=1 video=2 game=3",
        ],
      },
    ],
  },
  {
    protocol: "cursor_shape_v1",
    interfaces: [
      {
        name: "wp_cursor_shape_manager_v1",
        version: 2,
        requests: [
          "destroy!",
          "get_pointer cursor_shape_device:new_id:wp_cursor_shape_device_v1 pointer:object:wl_pointer",
          "get_tablet_tool_v2 cursor_shape_device:new_id:wp_cursor_shape_device_v1 tablet_tool:object:zwp_tablet_tool_v2",
        ],
        events: [],
        enums: [],
      },
      {
        name: "wp_cursor_shape_device_v1",
        version: 2,
        requests: [
          "destroy!",
          "set_shape serial:uint shape:uint:shape",
        ],
        events: [],
        enums: [
          "shape default=1 context_menu=2 help=3 pointer=4 progress=5 wait=6 cell=7 crosshair=8 text=9 vertical_text=10 alias=11 copy=12 move=13 no_drop=14 not_allowed=15 grab=16 grabbing=17 e_resize=18 n_resize=19 ne_resize=20 nw_resize=21 s_resize=22 se_resize=23 sw_resize=24 w_resize=25 ew_resize=26 ns_resize=27 nesw_resize=28 nwse_resize=29 col_resize=30 row_resize=31 all_scroll=32 zoom_in=33 zoom_out=34 dnd_ask=35@2 all_resize=36@2",
          "error invalid_shape=1",
        ],
      },
    ],
  },
  {
    protocol: "drm_lease_v1",
    interfaces: [
      {
        name: "wp_drm_lease_device_v1",
        version: 1,
        requests: [
          "create_lease_request id:new_id:wp_drm_lease_request_v1",
          "release",
        ],
        events: [
          "drm_fd fd:fd",
          "connector id:new_id:wp_drm_lease_connector_v1",
          "done",
          "released!",
        ],
        enums: [],
      },
      {
        name: "wp_drm_lease_connector_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "name name:string",
          "description description:string",
          "connector_id connector_id:uint",
          "done",
          "withdrawn",
        ],
        enums: [],
      },
      {
        name: "wp_drm_lease_request_v1",
        version: 1,
        requests: [
          "request_connector connector:object:wp_drm_lease_connector_v1",
          "submit! id:new_id:wp_drm_lease_v1",
        ],
        events: [],
        enums: [
          "error wrong_device=0 duplicate_connector=1 empty_lease=2",
        ],
      },
      {
        name: "wp_drm_lease_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "lease_fd leased_fd:fd",
          "finished",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "ext_background_effect_v1",
    interfaces: [
      {
        name: "ext_background_effect_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_background_effect id:new_id:ext_background_effect_surface_v1 surface:object:wl_surface",
        ],
        events: [
          "capabilities flags:uint:capability",
        ],
        enums: [
          "error background_effect_exists=0",
          "capability| blur=1",
        ],
      },
      {
        name: "ext_background_effect_surface_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_blur_region region:object?:wl_region",
        ],
        events: [],
        enums: [
          "error surface_destroyed=0",
        ],
      },
    ],
  },
  {
    protocol: "ext_data_control_v1",
    interfaces: [
      {
        name: "ext_data_control_manager_v1",
        version: 1,
        requests: [
          "create_data_source id:new_id:ext_data_control_source_v1",
          "get_data_device id:new_id:ext_data_control_device_v1 seat:object:wl_seat",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "ext_data_control_device_v1",
        version: 1,
        requests: [
          "set_selection source:object?:ext_data_control_source_v1",
          "destroy!",
          "set_primary_selection source:object?:ext_data_control_source_v1",
        ],
        events: [
          "data_offer id:new_id:ext_data_control_offer_v1",
          "selection id:object?:ext_data_control_offer_v1",
          "finished",
          "primary_selection id:object?:ext_data_control_offer_v1",
        ],
        enums: [
          "error used_source=1",
        ],
      },
      {
        name: "ext_data_control_source_v1",
        version: 1,
        requests: [
          "offer mime_type:string",
          "destroy!",
        ],
        events: [
          "send mime_type:string fd:fd",
          "cancelled",
        ],
        enums: [
          "error invalid_offer=1",
        ],
      },
      {
        name: "ext_data_control_offer_v1",
        version: 1,
        requests: [
          "receive mime_type:string fd:fd",
          "destroy!",
        ],
        events: [
          "offer mime_type:string",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "ext_foreign_toplevel_list_v1",
    interfaces: [
      {
        name: "ext_foreign_toplevel_list_v1",
        version: 1,
        requests: [
          "stop",
          "destroy!",
        ],
        events: [
          "toplevel toplevel:new_id:ext_foreign_toplevel_handle_v1",
          "finished",
        ],
        enums: [],
      },
      {
        name: "ext_foreign_toplevel_handle_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "closed",
          "done",
          "title title:string",
          "app_id app_id:string",
          "identifier identifier:string",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "ext_idle_notify_v1",
    interfaces: [
      {
        name: "ext_idle_notifier_v1",
        version: 2,
        requests: [
          "destroy!",
          "get_idle_notification id:new_id:ext_idle_notification_v1 timeout:uint seat:object:wl_seat",
          "get_input_idle_notification@2 id:new_id:ext_idle_notification_v1 timeout:uint seat:object:wl_seat",
        ],
        events: [],
        enums: [],
      },
      {
        name: "ext_idle_notification_v1",
        version: 2,
        requests: [
          "destroy!",
        ],
        events: [
          "idled",
          "resumed",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "ext_image_capture_source_v1",
    interfaces: [
      {
        name: "ext_image_capture_source_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "ext_output_image_capture_source_manager_v1",
        version: 1,
        requests: [
          "create_source source:new_id:ext_image_capture_source_v1 output:object:wl_output",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "ext_foreign_toplevel_image_capture_source_manager_v1",
        version: 1,
        requests: [
          "create_source source:new_id:ext_image_capture_source_v1 toplevel_handle:object:ext_foreign_toplevel_handle_v1",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "ext_image_copy_capture_v1",
    interfaces: [
      {
        name: "ext_image_copy_capture_manager_v1",
        version: 1,
        requests: [
          "create_session session:new_id:ext_image_copy_capture_session_v1 source:object:ext_image_capture_source_v1 options:uint:options",
          "create_pointer_cursor_session session:new_id:ext_image_copy_capture_cursor_session_v1 source:object:ext_image_capture_source_v1 pointer:object:wl_pointer",
          "destroy!",
        ],
        events: [],
        enums: [
          "error invalid_option=1",
          "options| paint_cursors=1",
        ],
      },
      {
        name: "ext_image_copy_capture_session_v1",
        version: 1,
        requests: [
          "create_frame frame:new_id:ext_image_copy_capture_frame_v1",
          "destroy!",
        ],
        events: [
          "buffer_size width:uint height:uint",
          "shm_format format:uint:wl_shm.format",
          "dmabuf_device device:array",
          "dmabuf_format format:uint modifiers:array",
          "done",
          "stopped",
        ],
        enums: [
          "error duplicate_frame=1",
        ],
      },
      {
        name: "ext_image_copy_capture_frame_v1",
        version: 1,
        requests: [
          "destroy!",
          "attach_buffer buffer:object:wl_buffer",
          "damage_buffer x:int y:int width:int height:int",
          "capture",
        ],
        events: [
          "transform transform:uint:wl_output.transform",
          "damage x:int y:int width:int height:int",
          "presentation_time tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint",
          "ready",
          "failed reason:uint:failure_reason",
        ],
        enums: [
          "error no_buffer=1 invalid_buffer_damage=2 already_captured=3",
          "failure_reason unknown=0 buffer_constraints=1 stopped=2",
        ],
      },
      {
        name: "ext_image_copy_capture_cursor_session_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_capture_session session:new_id:ext_image_copy_capture_session_v1",
        ],
        events: [
          "enter",
          "leave",
          "position x:int y:int",
          "hotspot x:int y:int",
        ],
        enums: [
          "error duplicate_session=1",
        ],
      },
    ],
  },
  {
    protocol: "ext_session_lock_v1",
    interfaces: [
      {
        name: "ext_session_lock_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "lock id:new_id:ext_session_lock_v1",
        ],
        events: [],
        enums: [],
      },
      {
        name: "ext_session_lock_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_lock_surface id:new_id:ext_session_lock_surface_v1 surface:object:wl_surface output:object:wl_output",
          "unlock_and_destroy!",
        ],
        events: [
          "locked",
          "finished",
        ],
        enums: [
          "error invalid_destroy=0 invalid_unlock=1 role=2 duplicate_output=3 already_constructed=4",
        ],
      },
      {
        name: "ext_session_lock_surface_v1",
        version: 1,
        requests: [
          "destroy!",
          "ack_configure serial:uint",
        ],
        events: [
          "configure serial:uint width:uint height:uint",
        ],
        enums: [
          "error commit_before_first_ack=0 null_buffer=1 dimensions_mismatch=2 invalid_serial=3",
        ],
      },
    ],
  },
  {
    protocol: "ext_transient_seat_v1",
    interfaces: [
      {
        name: "ext_transient_seat_manager_v1",
        version: 1,
        requests: [
          "create seat:new_id:ext_transient_seat_v1",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "ext_transient_seat_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "ready global_name:uint",
          "denied",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "ext_workspace_v1",
    interfaces: [
      {
        name: "ext_workspace_manager_v1",
        version: 1,
        requests: [
          "commit",
          "stop",
        ],
        events: [
          "workspace_group workspace_group:new_id:ext_workspace_group_handle_v1",
          "workspace workspace:new_id:ext_workspace_handle_v1",
          "done",
          "finished!",
        ],
        enums: [],
      },
      {
        name: "ext_workspace_group_handle_v1",
        version: 1,
        requests: [
          "create_workspace workspace:string",
          "destroy!",
        ],
        events: [
          "capabilities capabilities:uint:group_capabilities",
          "output_enter output:object:wl_output",
          "output_leave output:object:wl_output",
          "workspace_enter workspace:object:ext_workspace_handle_v1",
          "workspace_leave workspace:object:ext_workspace_handle_v1",
          "removed",
        ],
        enums: [
          "group_capabilities| create_workspace=1",
        ],
      },
      {
        name: "ext_workspace_handle_v1",
        version: 1,
        requests: [
          "destroy!",
          "activate",
          "deactivate",
          "assign workspace_group:object:ext_workspace_group_handle_v1",
          "remove",
        ],
        events: [
          "id id:string",
          "name name:string",
          "coordinates coordinates:array",
          "state state:uint:state",
          "capabilities capabilities:uint:workspace_capabilities",
          "removed",
        ],
        enums: [
          "state| active=1 urgent=2 hidden=4",
          "workspace_capabilities| activate=1 deactivate=2 remove=4 assign=8",
        ],
      },
    ],
  },
  {
    protocol: "fifo_v1",
    interfaces: [
      {
        name: "wp_fifo_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_fifo id:new_id:wp_fifo_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error already_exists=0",
        ],
      },
      {
        name: "wp_fifo_v1",
        version: 1,
        requests: [
          "set_barrier",
          "wait_barrier",
          "destroy!",
        ],
        events: [],
        enums: [
          "error surface_destroyed=0",
        ],
      },
    ],
  },
  {
    protocol: "fractional_scale_v1",
    interfaces: [
      {
        name: "wp_fractional_scale_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_fractional_scale id:new_id:wp_fractional_scale_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error fractional_scale_exists=0",
        ],
      },
      {
        name: "wp_fractional_scale_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "preferred_scale scale:uint",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "linux_drm_syncobj_v1",
    interfaces: [
      {
        name: "wp_linux_drm_syncobj_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_surface id:new_id:wp_linux_drm_syncobj_surface_v1 surface:object:wl_surface",
          "import_timeline id:new_id:wp_linux_drm_syncobj_timeline_v1 fd:fd",
        ],
        events: [],
        enums: [
          "error surface_exists=0 invalid_timeline=1",
        ],
      },
      {
        name: "wp_linux_drm_syncobj_timeline_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "wp_linux_drm_syncobj_surface_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_acquire_point timeline:object:wp_linux_drm_syncobj_timeline_v1 point_hi:uint point_lo:uint",
          "set_release_point timeline:object:wp_linux_drm_syncobj_timeline_v1 point_hi:uint point_lo:uint",
        ],
        events: [],
        enums: [
          "error no_surface=1 unsupported_buffer=2 no_buffer=3 no_acquire_point=4 no_release_point=5 conflicting_points=6",
        ],
      },
    ],
  },
  {
    protocol: "pointer_warp_v1",
    interfaces: [
      {
        name: "wp_pointer_warp_v1",
        version: 1,
        requests: [
          "destroy!",
          "warp_pointer surface:object:wl_surface pointer:object:wl_pointer x:fixed y:fixed serial:uint",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "security_context_v1",
    interfaces: [
      {
        name: "wp_security_context_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "create_listener id:new_id:wp_security_context_v1 listen_fd:fd close_fd:fd",
        ],
        events: [],
        enums: [
          "error invalid_listen_fd=1 nested=2",
        ],
      },
      {
        name: "wp_security_context_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_sandbox_engine name:string",
          "set_app_id app_id:string",
          "set_instance_id instance_id:string",
          "commit",
        ],
        events: [],
        enums: [
          "error already_used=1 already_set=2 invalid_metadata=3",
        ],
      },
    ],
  },
  {
    protocol: "single_pixel_buffer_v1",
    interfaces: [
      {
        name: "wp_single_pixel_buffer_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "create_u32_rgba_buffer id:new_id:wl_buffer r:uint g:uint b:uint a:uint",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "tearing_control_v1",
    interfaces: [
      {
        name: "wp_tearing_control_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_tearing_control id:new_id:wp_tearing_control_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error tearing_control_exists=0",
        ],
      },
      {
        name: "wp_tearing_control_v1",
        version: 1,
        requests: [
          "set_presentation_hint hint:uint:presentation_hint",
          "destroy!",
        ],
        events: [],
        enums: [
          "presentation_hint vsync=0 async=1",
        ],
      },
    ],
  },
  {
    protocol: "xdg_activation_v1",
    interfaces: [
      {
        name: "xdg_activation_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_activation_token id:new_id:xdg_activation_token_v1",
          "activate token:string surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "xdg_activation_token_v1",
        version: 1,
        requests: [
          "set_serial serial:uint seat:object:wl_seat",
          "set_app_id app_id:string",
          "set_surface surface:object:wl_surface",
          "commit",
          "destroy!",
        ],
        events: [
          "done token:string",
        ],
        enums: [
          "error already_used=0",
        ],
      },
    ],
  },
  {
    protocol: "xdg_dialog_v1",
    interfaces: [
      {
        name: "xdg_wm_dialog_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_xdg_dialog id:new_id:xdg_dialog_v1 toplevel:object:xdg_toplevel",
        ],
        events: [],
        enums: [
          "error already_used=0",
        ],
      },
      {
        name: "xdg_dialog_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_modal",
          "unset_modal",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "xdg_session_management_v1",
    interfaces: [
      {
        name: "xdg_session_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_session id:new_id:xdg_session_v1 reason:uint:reason session_id:string?",
        ],
        events: [],
        enums: [
          "error in_use=1 invalid_session_id=2 invalid_reason=3",
          "reason launch=1 recover=2 session_restore=3",
        ],
      },
      {
        name: "xdg_session_v1",
        version: 1,
        requests: [
          "destroy!",
          "remove!",
          "add_toplevel id:new_id:xdg_toplevel_session_v1 toplevel:object:xdg_toplevel name:string",
          "restore_toplevel id:new_id:xdg_toplevel_session_v1 toplevel:object:xdg_toplevel name:string",
          "remove_toplevel name:string",
        ],
        events: [
          "created session_id:string",
          "restored",
          "replaced",
        ],
        enums: [
          "error name_in_use=1 already_mapped=2 invalid_name=3 already_added=4",
        ],
      },
      {
        name: "xdg_toplevel_session_v1",
        version: 1,
        requests: [
          "destroy!",
          "rename name:string",
        ],
        events: [
          "restored",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "xdg_system_bell_v1",
    interfaces: [
      {
        name: "xdg_system_bell_v1",
        version: 1,
        requests: [
          "destroy!",
          "ring surface:object?:wl_surface",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "xdg_toplevel_drag_v1",
    interfaces: [
      {
        name: "xdg_toplevel_drag_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_xdg_toplevel_drag id:new_id:xdg_toplevel_drag_v1 data_source:object:wl_data_source",
        ],
        events: [],
        enums: [
          "error invalid_source=0",
        ],
      },
      {
        name: "xdg_toplevel_drag_v1",
        version: 1,
        requests: [
          "destroy!",
          "attach toplevel:object:xdg_toplevel x_offset:int y_offset:int",
        ],
        events: [],
        enums: [
          "error toplevel_attached=0 ongoing_drag=1",
        ],
      },
    ],
  },
  {
    protocol: "xdg_toplevel_icon_v1",
    interfaces: [
      {
        name: "xdg_toplevel_icon_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "create_icon id:new_id:xdg_toplevel_icon_v1",
          "set_icon toplevel:object:xdg_toplevel icon:object?:xdg_toplevel_icon_v1",
        ],
        events: [
          "icon_size size:int",
          "done",
        ],
        enums: [],
      },
      {
        name: "xdg_toplevel_icon_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_name icon_name:string",
          "add_buffer buffer:object:wl_buffer scale:int",
        ],
        events: [],
        enums: [
          "error invalid_buffer=1 immutable=2 no_buffer=3",
        ],
      },
    ],
  },
  {
    protocol: "xdg_toplevel_tag_v1",
    interfaces: [
      {
        name: "xdg_toplevel_tag_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_toplevel_tag toplevel:object:xdg_toplevel tag:string",
          "set_toplevel_description toplevel:object:xdg_toplevel description:string",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "xwayland_shell_v1",
    interfaces: [
      {
        name: "xwayland_shell_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_xwayland_surface id:new_id:xwayland_surface_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error role=0",
        ],
      },
      {
        name: "xwayland_surface_v1",
        version: 1,
        requests: [
          "set_serial serial_lo:uint serial_hi:uint",
          "destroy!",
        ],
        events: [],
        enums: [
          "error already_associated=0 invalid_serial=1",
        ],
      },
    ],
  },
  {
    protocol: "fullscreen_shell_unstable_v1",
    interfaces: [
      {
        name: "zwp_fullscreen_shell_v1",
        version: 1,
        requests: [
          "release!",
          "present_surface surface:object?:wl_surface method:uint:present_method output:object?:wl_output",
          "present_surface_for_mode surface:object:wl_surface output:object:wl_output framerate:int feedback:new_id:zwp_fullscreen_shell_mode_feedback_v1",
        ],
        events: [
          "capability capability:uint:capability",
        ],
        enums: [
          "capability arbitrary_modes=1 cursor_plane=2",
          "present_method default=0 center=1 zoom=2 zoom_crop=3 stretch=4",
          "error invalid_method=0 role=1",
        ],
      },
      {
        name: "zwp_fullscreen_shell_mode_feedback_v1",
        version: 1,
        requests: [],
        events: [
          "mode_successful!",
          "mode_failed!",
          "present_cancelled!",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "idle_inhibit_unstable_v1",
    interfaces: [
      {
        name: "zwp_idle_inhibit_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "create_inhibitor id:new_id:zwp_idle_inhibitor_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_idle_inhibitor_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "input_method_unstable_v1",
    interfaces: [
      {
        name: "zwp_input_method_context_v1",
        version: 1,
        requests: [
          "destroy!",
          "commit_string serial:uint text:string",
          "preedit_string serial:uint text:string commit:string",
          "preedit_styling index:uint length:uint style:uint",
          "preedit_cursor index:int",
          "delete_surrounding_text index:int length:uint",
          "cursor_position index:int anchor:int",
          "modifiers_map map:array",
          "keysym serial:uint time:uint sym:uint state:uint modifiers:uint",
          "grab_keyboard keyboard:new_id:wl_keyboard",
          "key serial:uint time:uint key:uint state:uint",
          "modifiers serial:uint mods_depressed:uint mods_latched:uint mods_locked:uint group:uint",
          "language serial:uint language:string",
          "text_direction serial:uint direction:uint",
        ],
        events: [
          "surrounding_text text:string cursor:uint anchor:uint",
          "reset",
          "content_type hint:uint purpose:uint",
          "invoke_action button:uint index:uint",
          "commit_state serial:uint",
          "preferred_language language:string",
        ],
        enums: [],
      },
      {
        name: "zwp_input_method_v1",
        version: 1,
        requests: [],
        events: [
          "activate id:new_id:zwp_input_method_context_v1",
          "deactivate context:object:zwp_input_method_context_v1",
        ],
        enums: [],
      },
      {
        name: "zwp_input_panel_v1",
        version: 1,
        requests: [
          "get_input_panel_surface id:new_id:zwp_input_panel_surface_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_input_panel_surface_v1",
        version: 1,
        requests: [
          "set_toplevel output:object:wl_output position:uint",
          "set_overlay_panel",
        ],
        events: [],
        enums: [
          "position center_bottom=0",
        ],
      },
    ],
  },
  {
    protocol: "input_timestamps_unstable_v1",
    interfaces: [
      {
        name: "zwp_input_timestamps_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_keyboard_timestamps id:new_id:zwp_input_timestamps_v1 keyboard:object:wl_keyboard",
          "get_pointer_timestamps id:new_id:zwp_input_timestamps_v1 pointer:object:wl_pointer",
          "get_touch_timestamps id:new_id:zwp_input_timestamps_v1 touch:object:wl_touch",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_input_timestamps_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "timestamp tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "keyboard_shortcuts_inhibit_unstable_v1",
    interfaces: [
      {
        name: "zwp_keyboard_shortcuts_inhibit_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "inhibit_shortcuts id:new_id:zwp_keyboard_shortcuts_inhibitor_v1 surface:object:wl_surface seat:object:wl_seat",
        ],
        events: [],
        enums: [
          "error already_inhibited=0",
        ],
      },
      {
        name: "zwp_keyboard_shortcuts_inhibitor_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "active",
          "inactive",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "zwp_linux_explicit_synchronization_unstable_v1",
    interfaces: [
      {
        name: "zwp_linux_explicit_synchronization_v1",
        version: 2,
        requests: [
          "destroy!",
          "get_synchronization id:new_id:zwp_linux_surface_synchronization_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error synchronization_exists=0",
        ],
      },
      {
        name: "zwp_linux_surface_synchronization_v1",
        version: 2,
        requests: [
          "destroy!",
          "set_acquire_fence fd:fd",
          "get_release release:new_id:zwp_linux_buffer_release_v1",
        ],
        events: [],
        enums: [
          "error invalid_fence=0 duplicate_fence=1 duplicate_release=2 no_surface=3 unsupported_buffer=4 no_buffer=5",
        ],
      },
      {
        name: "zwp_linux_buffer_release_v1",
        version: 1,
        requests: [],
        events: [
          "fenced_release! fence:fd",
          "immediate_release!",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "pointer_constraints_unstable_v1",
    interfaces: [
      {
        name: "zwp_pointer_constraints_v1",
        version: 1,
        requests: [
          "destroy!",
          "lock_pointer id:new_id:zwp_locked_pointer_v1 surface:object:wl_surface pointer:object:wl_pointer region:object?:wl_region lifetime:uint:lifetime",
          "confine_pointer id:new_id:zwp_confined_pointer_v1 surface:object:wl_surface pointer:object:wl_pointer region:object?:wl_region lifetime:uint:lifetime",
        ],
        events: [],
        enums: [
          "error already_constrained=1",
          "lifetime oneshot=1 persistent=2",
        ],
      },
      {
        name: "zwp_locked_pointer_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_cursor_position_hint surface_x:fixed surface_y:fixed",
          "set_region region:object?:wl_region",
        ],
        events: [
          "locked",
          "unlocked",
        ],
        enums: [],
      },
      {
        name: "zwp_confined_pointer_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_region region:object?:wl_region",
        ],
        events: [
          "confined",
          "unconfined",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "pointer_gestures_unstable_v1",
    interfaces: [
      {
        name: "zwp_pointer_gestures_v1",
        version: 3,
        requests: [
          "get_swipe_gesture id:new_id:zwp_pointer_gesture_swipe_v1 pointer:object:wl_pointer",
          "get_pinch_gesture id:new_id:zwp_pointer_gesture_pinch_v1 pointer:object:wl_pointer",
          "release!@2",
          "get_hold_gesture@3 id:new_id:zwp_pointer_gesture_hold_v1 pointer:object:wl_pointer",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_pointer_gesture_swipe_v1",
        version: 3,
        requests: [
          "destroy!",
        ],
        events: [
          "begin serial:uint time:uint surface:object:wl_surface fingers:uint",
          "update time:uint dx:fixed dy:fixed",
          "end serial:uint time:uint cancelled:int",
        ],
        enums: [],
      },
      {
        name: "zwp_pointer_gesture_pinch_v1",
        version: 3,
        requests: [
          "destroy!",
        ],
        events: [
          "begin serial:uint time:uint surface:object:wl_surface fingers:uint",
          "update time:uint dx:fixed dy:fixed scale:fixed rotation:fixed",
          "end serial:uint time:uint cancelled:int",
        ],
        enums: [],
      },
      {
        name: "zwp_pointer_gesture_hold_v1",
        version: 3,
        requests: [
          "destroy!@3",
        ],
        events: [
          "begin@3 serial:uint time:uint surface:object:wl_surface fingers:uint",
          "end@3 serial:uint time:uint cancelled:int",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "wp_primary_selection_unstable_v1",
    interfaces: [
      {
        name: "zwp_primary_selection_device_manager_v1",
        version: 1,
        requests: [
          "create_source id:new_id:zwp_primary_selection_source_v1",
          "get_device id:new_id:zwp_primary_selection_device_v1 seat:object:wl_seat",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_primary_selection_device_v1",
        version: 1,
        requests: [
          "set_selection source:object?:zwp_primary_selection_source_v1 serial:uint",
          "destroy!",
        ],
        events: [
          "data_offer offer:new_id:zwp_primary_selection_offer_v1",
          "selection id:object?:zwp_primary_selection_offer_v1",
        ],
        enums: [],
      },
      {
        name: "zwp_primary_selection_offer_v1",
        version: 1,
        requests: [
          "receive mime_type:string fd:fd",
          "destroy!",
        ],
        events: [
          "offer mime_type:string",
        ],
        enums: [],
      },
      {
        name: "zwp_primary_selection_source_v1",
        version: 1,
        requests: [
          "offer mime_type:string",
          "destroy!",
        ],
        events: [
          "send mime_type:string fd:fd",
          "cancelled",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "relative_pointer_unstable_v1",
    interfaces: [
      {
        name: "zwp_relative_pointer_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_relative_pointer id:new_id:zwp_relative_pointer_v1 pointer:object:wl_pointer",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_relative_pointer_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "relative_motion utime_hi:uint utime_lo:uint dx:fixed dy:fixed dx_unaccel:fixed dy_unaccel:fixed",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "tablet_unstable_v1",
    interfaces: [
      {
        name: "zwp_tablet_manager_v1",
        version: 1,
        requests: [
          "get_tablet_seat tablet_seat:new_id:zwp_tablet_seat_v1 seat:object:wl_seat",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_tablet_seat_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "tablet_added id:new_id:zwp_tablet_v1",
          "tool_added id:new_id:zwp_tablet_tool_v1",
        ],
        enums: [],
      },
      {
        name: "zwp_tablet_tool_v1",
        version: 1,
        requests: [
          "set_cursor serial:uint surface:object?:wl_surface hotspot_x:int hotspot_y:int",
          "destroy!",
        ],
        events: [
          "type tool_type:uint:type",
          "hardware_serial hardware_serial_hi:uint hardware_serial_lo:uint",
          "hardware_id_wacom hardware_id_hi:uint hardware_id_lo:uint",
          "capability capability:uint:capability",
          "done",
          "removed",
          "proximity_in serial:uint tablet:object:zwp_tablet_v1 surface:object:wl_surface",
          "proximity_out",
          "down serial:uint",
          "up",
          "motion x:fixed y:fixed",
          "pressure pressure:uint",
          "distance distance:uint",
          "tilt tilt_x:int tilt_y:int",
          "rotation degrees:int",
          "slider position:int",
          "wheel degrees:int clicks:int",
          "button serial:uint button:uint state:uint:button_state",
          "frame time:uint",
        ],
        enums: [
          "type pen=320 eraser=321 brush=322 pencil=323 airbrush=324 finger=325 mouse=326 lens=327",
          "capability tilt=1 pressure=2 distance=3 rotation=4 slider=5 wheel=6",
          "button_state released=0 pressed=1",
          "error role=0",
        ],
      },
      {
        name: "zwp_tablet_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "name name:string",
          "id vid:uint pid:uint",
          "path path:string",
          "done",
          "removed",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "text_input_unstable_v1",
    interfaces: [
      {
        name: "zwp_text_input_v1",
        version: 1,
        requests: [
          "activate seat:object:wl_seat surface:object:wl_surface",
          "deactivate seat:object:wl_seat",
          "show_input_panel",
          "hide_input_panel",
          "reset",
          "set_surrounding_text text:string cursor:uint anchor:uint",
          "set_content_type hint:uint:content_hint purpose:uint:content_purpose",
          "set_cursor_rectangle x:int y:int width:int height:int",
          "set_preferred_language language:string",
          "commit_state serial:uint",
          "invoke_action button:uint index:uint",
        ],
        events: [
          "enter surface:object:wl_surface",
          "leave",
          "modifiers_map map:array",
          "input_panel_state state:uint",
          "preedit_string serial:uint text:string commit:string",
          "preedit_styling index:uint length:uint style:uint:preedit_style",
          "preedit_cursor index:int",
          "commit_string serial:uint text:string",
          "cursor_position index:int anchor:int",
          "delete_surrounding_text index:int length:uint",
          "keysym serial:uint time:uint sym:uint state:uint modifiers:uint",
          "language serial:uint language:string",
          "text_direction serial:uint direction:uint:text_direction",
        ],
        enums: [
          "content_hint| none=0 default=7 password=192 auto_completion=1 auto_correction=2 auto_capitalization=4 lowercase=8 uppercase=16 titlecase=32 hidden_text=64 sensitive_data=128 latin=256 multiline=512",
          "content_purpose normal=0 alpha=1 digits=2 number=3 phone=4 url=5 email=6 name=7 password=8 date=9 time=10 datetime=11 terminal=12",
          "preedit_style default=0 none=1 active=2 inactive=3 highlight=4 underline=5 selection=6 incorrect=7",
          "text_direction auto=0 ltr=1 rtl=2",
        ],
      },
      {
        name: "zwp_text_input_manager_v1",
        version: 1,
        requests: [
          "create_text_input id:new_id:zwp_text_input_v1",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "text_input_unstable_v3",
    interfaces: [
      {
        name: "zwp_text_input_v3",
        version: 2,
        requests: [
          "destroy!",
          "enable",
          "disable",
          "set_surrounding_text text:string cursor:int anchor:int",
          "set_text_change_cause cause:uint:change_cause",
          "set_content_type hint:uint:content_hint purpose:uint:content_purpose",
          "set_cursor_rectangle x:int y:int width:int height:int",
          "commit",
          "set_available_actions@2 available_actions:array",
          "show_input_panel@2",
          "hide_input_panel@2",
        ],
        events: [
          "enter surface:object:wl_surface",
          "leave surface:object:wl_surface",
          "preedit_string text:string? cursor_begin:int cursor_end:int",
          "commit_string text:string?",
          "delete_surrounding_text before_length:uint after_length:uint",
          "done serial:uint",
          "action@2 action:uint:action serial:uint",
          "language@2 language:string",
          "preedit_hint@2 start:uint end:uint hint:uint:preedit_hint",
        ],
        enums: [
          "change_cause input_method=0 other=1",
          "content_hint| none=0 completion=1 spellcheck=2 auto_capitalization=4 lowercase=8 uppercase=16 titlecase=32 hidden_text=64 sensitive_data=128 latin=256 multiline=512 on_screen_input_provided=1024@2 no_emoji=2048@2 preedit_shown=4096@2",
          "content_purpose normal=0 alpha=1 digits=2 number=3 phone=4 url=5 email=6 name=7 password=8 pin=9 date=10 time=11 datetime=12 terminal=13",
          "error@2 invalid_action=0",
          "action@2 none=0 submit=1",
          "preedit_hint whole=1 selection=2 prediction=3 prefix=4 suffix=5 spelling_error=6 compose_error=7",
        ],
      },
      {
        name: "zwp_text_input_manager_v3",
        version: 2,
        requests: [
          "destroy!",
          "get_text_input id:new_id:zwp_text_input_v3 seat:object:wl_seat",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "xdg_decoration_unstable_v1",
    interfaces: [
      {
        name: "zxdg_decoration_manager_v1",
        version: 2,
        requests: [
          "destroy!",
          "get_toplevel_decoration id:new_id:zxdg_toplevel_decoration_v1 toplevel:object:xdg_toplevel",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zxdg_toplevel_decoration_v1",
        version: 2,
        requests: [
          "destroy!",
          "set_mode mode:uint:mode",
          "unset_mode",
        ],
        events: [
          "configure mode:uint:mode",
        ],
        enums: [
          "error unconfigured_buffer=0 already_constructed=1 orphaned=2 invalid_mode=3",
          "mode client_side=1 server_side=2",
        ],
      },
    ],
  },
  {
    protocol: "xdg_foreign_unstable_v1",
    interfaces: [
      {
        name: "zxdg_exporter_v1",
        version: 1,
        requests: [
          "destroy!",
          "export id:new_id:zxdg_exported_v1 surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zxdg_importer_v1",
        version: 1,
        requests: [
          "destroy!",
          "import id:new_id:zxdg_imported_v1 handle:string",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zxdg_exported_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "handle handle:string",
        ],
        enums: [],
      },
      {
        name: "zxdg_imported_v1",
        version: 1,
        requests: [
          "destroy!",
          "set_parent_of surface:object:wl_surface",
        ],
        events: [
          "destroyed",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "xdg_foreign_unstable_v2",
    interfaces: [
      {
        name: "zxdg_exporter_v2",
        version: 1,
        requests: [
          "destroy!",
          "export_toplevel id:new_id:zxdg_exported_v2 surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error invalid_surface=0",
        ],
      },
      {
        name: "zxdg_importer_v2",
        version: 1,
        requests: [
          "destroy!",
          "import_toplevel id:new_id:zxdg_imported_v2 handle:string",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zxdg_exported_v2",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "handle handle:string",
        ],
        enums: [],
      },
      {
        name: "zxdg_imported_v2",
        version: 1,
        requests: [
          "destroy!",
          "set_parent_of surface:object:wl_surface",
        ],
        events: [
          "destroyed",
        ],
        enums: [
          "error invalid_surface=0",
        ],
      },
    ],
  },
  {
    protocol: "xdg_output_unstable_v1",
    interfaces: [
      {
        name: "zxdg_output_manager_v1",
        version: 3,
        requests: [
          "destroy!",
          "get_xdg_output id:new_id:zxdg_output_v1 output:object:wl_output",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zxdg_output_v1",
        version: 3,
        requests: [
          "destroy!",
        ],
        events: [
          "logical_position x:int y:int",
          "logical_size width:int height:int",
          "done",
          "name@2 name:string",
          "description@2 description:string",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "xdg_shell_unstable_v6",
    interfaces: [
      {
        name: "zxdg_shell_v6",
        version: 1,
        requests: [
          "destroy!",
          "create_positioner id:new_id:zxdg_positioner_v6",
          "get_xdg_surface id:new_id:zxdg_surface_v6 surface:object:wl_surface",
          "pong serial:uint",
        ],
        events: [
          "ping serial:uint",
        ],
        enums: [
          "error role=0 defunct_surfaces=1 not_the_topmost_popup=2 invalid_popup_parent=3 invalid_surface_state=4 invalid_positioner=5",
        ],
      },
      {
        name: "zxdg_positioner_v6",
        version: 1,
        requests: [
          "destroy!",
          "set_size width:int height:int",
          "set_anchor_rect x:int y:int width:int height:int",
          "set_anchor anchor:uint:anchor",
          "set_gravity gravity:uint:gravity",
          "set_constraint_adjustment constraint_adjustment:uint",
          "set_offset x:int y:int",
        ],
        events: [],
        enums: [
          "error invalid_input=0",
          "anchor| none=0 top=1 bottom=2 left=4 right=8",
          "gravity| none=0 top=1 bottom=2 left=4 right=8",
          "constraint_adjustment| none=0 slide_x=1 slide_y=2 flip_x=4 flip_y=8 resize_x=16 resize_y=32",
        ],
      },
      {
        name: "zxdg_surface_v6",
        version: 1,
        requests: [
          "destroy!",
          "get_toplevel id:new_id:zxdg_toplevel_v6",
          "get_popup id:new_id:zxdg_popup_v6 parent:object:zxdg_surface_v6 positioner:object:zxdg_positioner_v6",
          "set_window_geometry x:int y:int width:int height:int",
          "ack_configure serial:uint",
        ],
        events: [
          "configure serial:uint",
        ],
        enums: [
          "error not_constructed=1 already_constructed=2 unconfigured_buffer=3",
        ],
      },
      {
        name: "zxdg_toplevel_v6",
        version: 1,
        requests: [
          "destroy!",
          "set_parent parent:object?:zxdg_toplevel_v6",
          "set_title title:string",
          "set_app_id app_id:string",
          "show_window_menu seat:object:wl_seat serial:uint x:int y:int",
          "move seat:object:wl_seat serial:uint",
          "resize seat:object:wl_seat serial:uint edges:uint",
          "set_max_size width:int height:int",
          "set_min_size width:int height:int",
          "set_maximized",
          "unset_maximized",
          "set_fullscreen output:object?:wl_output",
          "unset_fullscreen",
          "set_minimized",
        ],
        events: [
          "configure width:int height:int states:array",
          "close",
        ],
        enums: [
          "resize_edge none=0 top=1 bottom=2 left=4 top_left=5 bottom_left=6 right=8 top_right=9 bottom_right=10",
          "state maximized=1 fullscreen=2 resizing=3 activated=4",
        ],
      },
      {
        name: "zxdg_popup_v6",
        version: 1,
        requests: [
          "destroy!",
          "grab seat:object:wl_seat serial:uint",
        ],
        events: [
          "configure x:int y:int width:int height:int",
          "popup_done",
        ],
        enums: [
          "error invalid_grab=0",
        ],
      },
    ],
  },
  {
    protocol: "xwayland_keyboard_grab_unstable_v1",
    interfaces: [
      {
        name: "zwp_xwayland_keyboard_grab_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "grab_keyboard id:new_id:zwp_xwayland_keyboard_grab_v1 surface:object:wl_surface seat:object:wl_seat",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwp_xwayland_keyboard_grab_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "appmenu",
    interfaces: [
      {
        name: "org_kde_kwin_appmenu_manager",
        version: 2,
        requests: [
          "create id:new_id:org_kde_kwin_appmenu surface:object:wl_surface",
          "release!@2",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_appmenu",
        version: 2,
        requests: [
          "set_address service_name:string object_path:string",
          "release!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "blur",
    interfaces: [
      {
        name: "org_kde_kwin_blur_manager",
        version: 1,
        requests: [
          "create id:new_id:org_kde_kwin_blur surface:object:wl_surface",
          "unset surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_blur",
        version: 1,
        requests: [
          "commit",
          "set_region region:object?:wl_region",
          "release!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "contrast",
    interfaces: [
      {
        name: "org_kde_kwin_contrast_manager",
        version: 2,
        requests: [
          "create id:new_id:org_kde_kwin_contrast surface:object:wl_surface",
          "unset surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_contrast",
        version: 2,
        requests: [
          "commit",
          "set_region region:object?:wl_region",
          "set_contrast contrast:fixed",
          "set_intensity intensity:fixed",
          "set_saturation saturation:fixed",
          "release!",
          "set_frost@2 red:int green:int blue:int alpha:int",
          "unset_frost@2",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "dpms",
    interfaces: [
      {
        name: "org_kde_kwin_dpms_manager",
        version: 1,
        requests: [
          "get id:new_id:org_kde_kwin_dpms output:object:wl_output",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_dpms",
        version: 1,
        requests: [
          "set mode:uint",
          "release!",
        ],
        events: [
          "supported supported:uint",
          "mode mode:uint",
          "done",
        ],
        enums: [
          "mode On=0 Standby=1 Suspend=2 Off=3",
        ],
      },
    ],
  },
  {
    protocol: "fake_input",
    interfaces: [
      {
        name: "org_kde_kwin_fake_input",
        version: 6,
        requests: [
          "authenticate application:string reason:string",
          "pointer_motion delta_x:fixed delta_y:fixed",
          "button button:uint state:uint",
          "axis axis:uint value:fixed",
          "touch_down@2 id:uint x:fixed y:fixed",
          "touch_motion@2 id:uint x:fixed y:fixed",
          "touch_up@2 id:uint",
          "touch_cancel@2",
          "touch_frame@2",
          "pointer_motion_absolute@3 x:fixed y:fixed",
          "keyboard_key@4 button:uint state:uint",
          "destroy!@5",
          "keyboard_keysym@6 keysym:uint state:uint",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "fullscreen_shell",
    interfaces: [
      {
        name: "_wl_fullscreen_shell",
        version: 1,
        requests: [
          "release!",
          "present_surface surface:object?:wl_surface method:uint output:object?:wl_output",
          "present_surface_for_mode surface:object:wl_surface output:object:wl_output framerate:int feedback:new_id:_wl_fullscreen_shell_mode_feedback",
        ],
        events: [
          "capability capability:uint",
        ],
        enums: [
          "capability arbitrary_modes=1 cursor_plane=2",
          "present_method default=0 center=1 zoom=2 zoom_crop=3 stretch=4",
          "error invalid_method=0",
        ],
      },
      {
        name: "_wl_fullscreen_shell_mode_feedback",
        version: 1,
        requests: [],
        events: [
          "mode_successful",
          "mode_failed",
          "present_cancelled",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "idle",
    interfaces: [
      {
        name: "org_kde_kwin_idle",
        version: 1,
        requests: [
          "get_idle_timeout id:new_id:org_kde_kwin_idle_timeout seat:object:wl_seat timeout:uint",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_idle_timeout",
        version: 1,
        requests: [
          "release!",
          "simulate_user_activity",
        ],
        events: [
          "idle",
          "resumed",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "kde_external_brightness_v1",
    interfaces: [
      {
        name: "kde_external_brightness_v1",
        version: 3,
        requests: [
          "destroy!",
          "create_brightness_control id:new_id:kde_external_brightness_device_v1",
        ],
        events: [],
        enums: [],
      },
      {
        name: "kde_external_brightness_device_v1",
        version: 3,
        requests: [
          "destroy!",
          "set_internal internal:uint",
          "set_edid string:string",
          "set_max_brightness value:uint",
          "commit",
          "set_observed_brightness@2 value:uint",
          "set_uses_ddc_ci@3 value:uint",
        ],
        events: [
          "requested_brightness value:uint",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "kde_lockscreen_overlay_v1",
    interfaces: [
      {
        name: "kde_lockscreen_overlay_v1",
        version: 1,
        requests: [
          "allow surface:object:wl_surface",
          "destroy!",
        ],
        events: [],
        enums: [
          "error invalid_surface_state=0",
        ],
      },
    ],
  },
  {
    protocol: "kde_output_device_v2",
    interfaces: [
      {
        name: "kde_output_device_registry_v2",
        version: 26,
        requests: [
          "stop@21",
        ],
        events: [
          "finished!@21",
          "output@21 output:new_id:kde_output_device_v2",
        ],
        enums: [
          "error unsupported_version=0",
        ],
      },
      {
        name: "kde_output_device_v2",
        version: 26,
        requests: [
          "release!@21",
        ],
        events: [
          "geometry x:int y:int physical_width:int physical_height:int subpixel:int make:string model:string transform:int",
          "current_mode mode:object:kde_output_device_mode_v2",
          "mode mode:new_id:kde_output_device_mode_v2",
          "done",
          "scale factor:fixed",
          "edid raw:string",
          "enabled enabled:int",
          "uuid uuid:string",
          "serial_number serialNumber:string",
          "eisa_id eisaId:string",
          "capabilities flags:uint:capability",
          "overscan overscan:uint",
          "vrr_policy vrr_policy:uint:vrr_policy",
          "rgb_range rgb_range:uint:rgb_range",
          "name@2 name:string",
          "high_dynamic_range@3 hdr_enabled:uint",
          "sdr_brightness@3 sdr_brightness:uint",
          "wide_color_gamut@3 wcg_enabled:uint",
          "auto_rotate_policy@4 policy:uint:auto_rotate_policy",
          "icc_profile_path@5 profile_path:string",
          "brightness_metadata@6 max_peak_brightness:uint max_frame_average_brightness:uint min_brightness:uint",
          "brightness_overrides@6 max_peak_brightness:int max_average_brightness:int min_brightness:int",
          "sdr_gamut_wideness@6 gamut_wideness:uint",
          "color_profile_source@7 source:uint:color_profile_source",
          "brightness@8 brightness:uint",
          "color_power_tradeoff@10 preference:uint:color_power_tradeoff",
          "dimming@11 multiplier:uint",
          "replication_source@13 source:string",
          "ddc_ci_allowed@14 allowed:uint",
          "max_bits_per_color@15 max_bpc:uint",
          "max_bits_per_color_range@15 min_value:uint max_value:uint",
          "automatic_max_bits_per_color_limit@15 max_bpc_limit:uint",
          "edr_policy@16 policy:uint:edr_policy",
          "sharpness@17 sharpness:uint",
          "priority@18 priority:uint",
          "auto_brightness@20 enabled:uint",
          "removed@21",
          "hdr_icc_profile_path@22 profile_path:string",
          "hdr_color_profile_source@22 source:uint:color_profile_source",
          "abm_level@23 level:uint",
        ],
        enums: [
          "subpixel unknown=0 none=1 horizontal_rgb=2 horizontal_bgr=3 vertical_rgb=4 vertical_bgr=5",
          "transform normal=0 90=1 180=2 270=3 flipped=4 flipped_90=5 flipped_180=6 flipped_270=7",
          "capability| overscan=1 vrr=2 rgb_range=4 high_dynamic_range=8@3 wide_color_gamut=16@3 auto_rotate=32@4 icc_profile=64@5 brightness=128@9 built_in_color=256@12 ddc_ci=512@14 max_bits_per_color=1024@15 edr=2048@16 sharpness=4096@17 custom_modes=8192@18 auto_brightness=16384@19 hdr_icc_profile=32768@22 abm_level=65536@23 disable=131072@25",
          "vrr_policy never=0 always=1 automatic=2",
          "rgb_range automatic=0 full=1 limited=2",
          "auto_rotate_policy never=0 in_tablet_mode=1 always=2",
          "color_profile_source@7 sRGB=0 ICC=1 EDID=2",
          "color_power_tradeoff efficiency=0 accuracy=1",
          "edr_policy@16 never=0 always=1",
        ],
      },
      {
        name: "kde_output_device_mode_v2",
        version: 26,
        requests: [
          "release!@26",
        ],
        events: [
          "size width:int height:int",
          "refresh refresh:int",
          "preferred",
          "removed",
          "flags@19 flags:uint:flags",
          "cvt@24 dot_clock:uint hdisplay:uint hsync_start:uint hsync_end:uint htotal:uint hskew:uint vdisplay:uint vsync_start:uint vsync_end:uint vtotal:uint vscan:uint flags:uint",
        ],
        enums: [
          "flags custom=1 reduced_blanking=2",
        ],
      },
    ],
  },
  {
    protocol: "kde_output_management_v2",
    interfaces: [
      {
        name: "kde_output_management_v2",
        version: 22,
        requests: [
          "create_configuration id:new_id:kde_output_configuration_v2",
          "create_mode_list id:new_id:kde_mode_list_v2",
        ],
        events: [],
        enums: [],
      },
      {
        name: "kde_output_configuration_v2",
        version: 22,
        requests: [
          "enable outputdevice:object:kde_output_device_v2 enable:int",
          "mode outputdevice:object:kde_output_device_v2 mode:object:kde_output_device_mode_v2",
          "transform outputdevice:object:kde_output_device_v2 transform:int",
          "position outputdevice:object:kde_output_device_v2 x:int y:int",
          "scale outputdevice:object:kde_output_device_v2 scale:fixed",
          "apply",
          "destroy!",
          "overscan outputdevice:object:kde_output_device_v2 overscan:uint",
          "set_vrr_policy outputdevice:object:kde_output_device_v2 policy:uint:vrr_policy",
          "set_rgb_range outputdevice:object:kde_output_device_v2 rgb_range:uint:rgb_range",
          "set_primary_output@2 output:object:kde_output_device_v2",
          "set_priority@3 outputdevice:object:kde_output_device_v2 priority:uint",
          "set_high_dynamic_range@4 outputdevice:object:kde_output_device_v2 enable_hdr:uint",
          "set_sdr_brightness@4 outputdevice:object:kde_output_device_v2 sdr_brightness:uint",
          "set_wide_color_gamut@4 outputdevice:object:kde_output_device_v2 enable_wcg:uint",
          "set_auto_rotate_policy@5 outputdevice:object:kde_output_device_v2 policy:uint:auto_rotate_policy",
          "set_icc_profile_path@6 outputdevice:object:kde_output_device_v2 profile_path:string",
          "set_brightness_overrides@7 outputdevice:object:kde_output_device_v2 max_peak_brightness:int max_frame_average_brightness:int min_brightness:int",
          "set_sdr_gamut_wideness@7 outputdevice:object:kde_output_device_v2 gamut_wideness:uint",
          "set_color_profile_source@8 outputdevice:object:kde_output_device_v2 color_profile_source:uint:color_profile_source",
          "set_brightness@9 outputdevice:object:kde_output_device_v2 brightness:uint",
          "set_color_power_tradeoff@10 outputdevice:object:kde_output_device_v2 preference:uint:color_power_tradeoff",
          "set_dimming@11 outputdevice:object:kde_output_device_v2 multiplier:uint",
          "set_replication_source@13 outputdevice:object:kde_output_device_v2 source:string",
          "set_ddc_ci_allowed@14 outputdevice:object:kde_output_device_v2 allowed:uint",
          "set_max_bits_per_color@15 outputdevice:object:kde_output_device_v2 max_bpc:uint",
          "set_edr_policy@16 outputdevice:object:kde_output_device_v2 policy:uint:edr_policy",
          "set_sharpness@17 outputdevice:object:kde_output_device_v2 sharpness:uint",
          "set_custom_modes@18 outputdevice:object:kde_output_device_v2 modes:object:kde_mode_list_v2",
          "set_auto_brightness@19 outputdevice:object:kde_output_device_v2 enabled:uint",
          "set_hdr_icc_profile_path@20 outputdevice:object:kde_output_device_v2 profile_path:string",
          "set_hdr_color_profile_source@20 outputdevice:object:kde_output_device_v2 color_profile_source:uint:color_profile_source",
          "set_abm_level@21 outputdevice:object:kde_output_device_v2 level:uint",
        ],
        events: [
          "applied",
          "failed",
          "failure_reason@12 reason:string",
        ],
        enums: [
          "error already_applied=0",
          "vrr_policy never=0 always=1 automatic=2",
          "rgb_range automatic=0 full=1 limited=2",
          "auto_rotate_policy never=0 in_tablet_mode=1 always=2",
          "color_profile_source@7 sRGB=0 ICC=1 EDID=2",
          "color_power_tradeoff efficiency=0 accuracy=1",
          "edr_policy@16 never=0 always=1",
        ],
      },
      {
        name: "kde_mode_list_v2",
        version: 22,
        requests: [
          "destroy!",
          "add_mode",
          "set_resolution width:uint height:uint",
          "set_refresh_rate rate:uint",
          "set_reduced_blanking reduced:uint",
          "add_cvt@22 dot_clock:uint hdisplay:uint hsync_start:uint hsync_end:uint htotal:uint hskew:uint vdisplay:uint vsync_start:uint vsync_end:uint vtotal:uint vscan:uint flags:uint",
        ],
        events: [],
        enums: [
          "error missing_parameters=0",
        ],
      },
    ],
  },
  {
    protocol: "kde_output_order_v1",
    interfaces: [
      {
        name: "kde_output_order_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "output output_name:string",
          "done",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "kde_primary_output_v1",
    interfaces: [
      {
        name: "kde_primary_output_v1",
        version: 2,
        requests: [
          "destroy!@2",
        ],
        events: [
          "primary_output output_name:string",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "kde_screen_edge_v1",
    interfaces: [
      {
        name: "kde_screen_edge_manager_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_auto_hide_screen_edge id:new_id:kde_auto_hide_screen_edge_v1 border:uint:border surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error invalid_border=0 invalid_role=1 already_constructed=2",
          "border top=1 bottom=2 left=3 right=4",
        ],
      },
      {
        name: "kde_auto_hide_screen_edge_v1",
        version: 1,
        requests: [
          "destroy!",
          "deactivate",
          "activate",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "keystate",
    interfaces: [
      {
        name: "org_kde_kwin_keystate",
        version: 5,
        requests: [
          "fetchStates",
          "destroy!@4",
        ],
        events: [
          "stateChanged key:uint state:uint",
        ],
        enums: [
          "key capslock=0 numlock=1 scrolllock=2 alt=3@5 control=4@5 shift=5@5 meta=6@5 altgr=7@5",
          "state unlocked=0 latched=1 locked=2 pressed=3@5",
        ],
      },
    ],
  },
  {
    protocol: "org_kde_plasma_virtual_desktop",
    interfaces: [
      {
        name: "org_kde_plasma_virtual_desktop_management",
        version: 4,
        requests: [
          "get_virtual_desktop id:new_id:org_kde_plasma_virtual_desktop desktop_id:string",
          "request_create_virtual_desktop name:string position:uint",
          "request_remove_virtual_desktop desktop_id:string",
        ],
        events: [
          "desktop_created desktop_id:string position:uint",
          "desktop_removed desktop_id:string",
          "done",
          "rows@2 rows:uint",
        ],
        enums: [],
      },
      {
        name: "org_kde_plasma_virtual_desktop",
        version: 4,
        requests: [
          "request_activate",
          "request_enter_output@4 output_name:string",
        ],
        events: [
          "desktop_id desktop_id:string",
          "name name:string",
          "activated",
          "deactivated",
          "done",
          "removed",
          "position@3 index:uint",
          "output_entered@4 output_name:string",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "outputmanagement",
    interfaces: [
      {
        name: "org_kde_kwin_outputmanagement",
        version: 4,
        requests: [
          "create_configuration id:new_id:org_kde_kwin_outputconfiguration",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_outputconfiguration",
        version: 4,
        requests: [
          "enable outputdevice:object:org_kde_kwin_outputdevice enable:int",
          "mode outputdevice:object:org_kde_kwin_outputdevice mode_id:int",
          "transform outputdevice:object:org_kde_kwin_outputdevice transform:int",
          "position outputdevice:object:org_kde_kwin_outputdevice x:int y:int",
          "scale outputdevice:object:org_kde_kwin_outputdevice scale:int",
          "apply",
          "scalef@2 outputdevice:object:org_kde_kwin_outputdevice scale:fixed",
          "colorcurves@2 outputdevice:object:org_kde_kwin_outputdevice red:array green:array blue:array",
          "destroy!@2",
          "overscan@3 outputdevice:object:org_kde_kwin_outputdevice overscan:uint",
          "set_vrr_policy@4 outputdevice:object:org_kde_kwin_outputdevice policy:uint:vrr_policy",
        ],
        events: [
          "applied",
          "failed",
        ],
        enums: [
          "vrr_policy@4 never=0 always=1 automatic=2",
        ],
      },
    ],
  },
  {
    protocol: "org_kde_kwin_outputdevice",
    interfaces: [
      {
        name: "org_kde_kwin_outputdevice",
        version: 4,
        requests: [],
        events: [
          "geometry x:int y:int physical_width:int physical_height:int subpixel:int make:string model:string transform:int",
          "mode flags:uint width:int height:int refresh:int mode_id:int",
          "done",
          "scale factor:int",
          "edid raw:string",
          "enabled enabled:int",
          "uuid uuid:string",
          "scalef@2 factor:fixed",
          "colorcurves@2 red:array green:array blue:array",
          "serial_number@2 serialNumber:string",
          "eisa_id@2 eisaId:string",
          "capabilities@3 flags:uint:capability",
          "overscan@3 overscan:uint",
          "vrr_policy@4 vrr_policy:uint:vrr_policy",
        ],
        enums: [
          "subpixel unknown=0 none=1 horizontal_rgb=2 horizontal_bgr=3 vertical_rgb=4 vertical_bgr=5",
          "transform normal=0 90=1 180=2 270=3 flipped=4 flipped_90=5 flipped_180=6 flipped_270=7",
          "mode current=1 preferred=2",
          "enablement disabled=0 enabled=1",
          "capability|@3 overscan=1 vrr=2@4",
          "vrr_policy@4 never=0 always=1 automatic=2",
        ],
      },
    ],
  },
  {
    protocol: "plasma_shell",
    interfaces: [
      {
        name: "org_kde_plasma_shell",
        version: 8,
        requests: [
          "get_surface id:new_id:org_kde_plasma_surface surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_plasma_surface",
        version: 8,
        requests: [
          "destroy!",
          "set_output output:object:wl_output",
          "set_position x:int y:int",
          "set_role role:uint",
          "set_panel_behavior flag:uint",
          "set_skip_taskbar@2 skip:uint",
          "panel_auto_hide_hide@4",
          "panel_auto_hide_show@4",
          "set_panel_takes_focus@4 takes_focus:uint",
          "set_skip_switcher@5 skip:uint",
          "open_under_cursor@7",
        ],
        events: [
          "auto_hidden_panel_hidden@4",
          "auto_hidden_panel_shown@4",
        ],
        enums: [
          "role normal=0 desktop=1 panel=2 onscreendisplay=3 notification=4 tooltip=5 criticalnotification=6@6 appletpopup=7@8",
          "panel_behavior always_visible=1 auto_hide=2 windows_can_cover=3 windows_go_below=4",
          "error@4 panel_not_auto_hide=0",
        ],
      },
    ],
  },
  {
    protocol: "plasma_window_management",
    interfaces: [
      {
        name: "org_kde_plasma_window_management",
        version: 21,
        requests: [
          "show_desktop state:uint",
          "get_window id:new_id:org_kde_plasma_window internal_window_id:uint",
          "get_window_by_uuid@12 id:new_id:org_kde_plasma_window internal_window_uuid:string",
          "get_stacking_order@17 stacking_order:new_id:org_kde_plasma_stacking_order",
        ],
        events: [
          "show_desktop_changed state:uint",
          "window id:uint",
          "stacking_order_changed@11 ids:array",
          "stacking_order_uuid_changed@12 uuids:string",
          "window_with_uuid@13 id:uint uuid:string",
          "stacking_order_changed_2@17",
        ],
        enums: [
          "state active=1 minimized=2 maximized=4 fullscreen=8 keep_above=16 keep_below=32 on_all_desktops=64 demands_attention=128 closeable=256 minimizable=512 maximizable=1024 fullscreenable=2048 skiptaskbar=4096@2 shadeable=8192@3 shaded=16384@3 movable=32768@3 resizable=65536@3 virtual_desktop_changeable=131072@3 skipswitcher=262144@9 no_border=524288@19 can_set_no_border=1048576@19 exclude_from_capture=2097152@20",
          "show_desktop disabled=0 enabled=1",
        ],
      },
      {
        name: "org_kde_plasma_window",
        version: 21,
        requests: [
          "set_state flags:uint state:uint",
          "set_virtual_desktop number:uint",
          "set_minimized_geometry panel:object:wl_surface x:uint y:uint width:uint height:uint",
          "unset_minimized_geometry panel:object:wl_surface",
          "close",
          "request_move@3",
          "request_resize@3",
          "destroy!@4",
          "get_icon@7 fd:fd",
          "request_enter_virtual_desktop@8 id:string",
          "request_enter_new_virtual_desktop@8",
          "request_leave_virtual_desktop@8 id:string",
          "request_enter_activity@14 id:string",
          "request_leave_activity@14 id:string",
          "send_to_output@15 output:object:wl_output",
        ],
        events: [
          "title_changed title:string",
          "app_id_changed app_id:string",
          "state_changed flags:uint",
          "virtual_desktop_changed number:int",
          "themed_icon_name_changed name:string",
          "unmapped",
          "initial_state@4",
          "parent_window@5 parent:object?:org_kde_plasma_window",
          "geometry@6 x:int y:int width:uint height:uint",
          "icon_changed@7",
          "pid_changed@8 pid:uint",
          "virtual_desktop_entered@8 id:string",
          "virtual_desktop_left@8 is:string",
          "application_menu@10 service_name:string object_path:string",
          "activity_entered@14 id:string",
          "activity_left@14 id:string",
          "resource_name_changed@16 resource_name:string",
          "client_geometry@18 x:int y:int width:uint height:uint",
          "mapped@21",
        ],
        enums: [],
      },
      {
        name: "org_kde_plasma_activation_feedback",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "activation id:new_id:org_kde_plasma_activation",
        ],
        enums: [],
      },
      {
        name: "org_kde_plasma_activation",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "app_id app_id:string",
          "finished",
        ],
        enums: [],
      },
      {
        name: "org_kde_plasma_stacking_order",
        version: 21,
        requests: [],
        events: [
          "window uuid:string",
          "done!",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "remote_access",
    interfaces: [
      {
        name: "org_kde_kwin_remote_access_manager",
        version: 1,
        requests: [
          "get_buffer buffer:new_id:org_kde_kwin_remote_buffer internal_buffer_id:int",
          "release!",
        ],
        events: [
          "buffer_ready id:int output:object:wl_output",
        ],
        enums: [],
      },
      {
        name: "org_kde_kwin_remote_buffer",
        version: 1,
        requests: [
          "release!",
        ],
        events: [
          "gbm_handle fd:fd width:uint height:uint stride:uint format:uint",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "zkde_screencast_unstable_v1",
    interfaces: [
      {
        name: "zkde_screencast_unstable_v1",
        version: 6,
        requests: [
          "stream_output stream:new_id:zkde_screencast_stream_unstable_v1 output:object:wl_output pointer:uint",
          "stream_window stream:new_id:zkde_screencast_stream_unstable_v1 window_uuid:string pointer:uint",
          "destroy!",
          "stream_virtual_output@2 stream:new_id:zkde_screencast_stream_unstable_v1 name:string width:int height:int scale:fixed pointer:uint",
          "stream_region@3 stream:new_id:zkde_screencast_stream_unstable_v1 x:int y:int width:uint height:uint scale:fixed pointer:uint",
          "stream_virtual_output_with_description@4 stream:new_id:zkde_screencast_stream_unstable_v1 name:string description:string width:int height:int scale:fixed pointer:uint",
        ],
        events: [],
        enums: [
          "pointer hidden=1 embedded=2 metadata=4",
        ],
      },
      {
        name: "zkde_screencast_stream_unstable_v1",
        version: 6,
        requests: [
          "close!",
        ],
        events: [
          "closed",
          "created node:uint",
          "failed error:string",
          "serial@6 object_serial_hi:uint object_serial_low:uint",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "server_decoration_palette",
    interfaces: [
      {
        name: "org_kde_kwin_server_decoration_palette_manager",
        version: 1,
        requests: [
          "create id:new_id:org_kde_kwin_server_decoration_palette surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_server_decoration_palette",
        version: 1,
        requests: [
          "set_palette palette:string",
          "release!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "server_decoration",
    interfaces: [
      {
        name: "org_kde_kwin_server_decoration_manager",
        version: 1,
        requests: [
          "create id:new_id:org_kde_kwin_server_decoration surface:object:wl_surface",
        ],
        events: [
          "default_mode mode:uint",
        ],
        enums: [
          "mode None=0 Client=1 Server=2",
        ],
      },
      {
        name: "org_kde_kwin_server_decoration",
        version: 1,
        requests: [
          "release!",
          "request_mode mode:uint",
        ],
        events: [
          "mode mode:uint",
        ],
        enums: [
          "mode None=0 Client=1 Server=2",
        ],
      },
    ],
  },
  {
    protocol: "shadow",
    interfaces: [
      {
        name: "org_kde_kwin_shadow_manager",
        version: 2,
        requests: [
          "create id:new_id:org_kde_kwin_shadow surface:object:wl_surface",
          "unset surface:object:wl_surface",
          "destroy!@2",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_shadow",
        version: 2,
        requests: [
          "commit",
          "attach_left buffer:object:wl_buffer",
          "attach_top_left buffer:object:wl_buffer",
          "attach_top buffer:object:wl_buffer",
          "attach_top_right buffer:object:wl_buffer",
          "attach_right buffer:object:wl_buffer",
          "attach_bottom_right buffer:object:wl_buffer",
          "attach_bottom buffer:object:wl_buffer",
          "attach_bottom_left buffer:object:wl_buffer",
          "set_left_offset offset:fixed",
          "set_top_offset offset:fixed",
          "set_right_offset offset:fixed",
          "set_bottom_offset offset:fixed",
          "destroy!@2",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "slide",
    interfaces: [
      {
        name: "org_kde_kwin_slide_manager",
        version: 1,
        requests: [
          "create id:new_id:org_kde_kwin_slide surface:object:wl_surface",
          "unset surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "org_kde_kwin_slide",
        version: 1,
        requests: [
          "commit",
          "set_location location:uint",
          "set_offset offset:int",
          "release!",
        ],
        events: [],
        enums: [
          "location left=0 top=1 right=2 bottom=3",
        ],
      },
    ],
  },
  {
    protocol: "surface_extension",
    interfaces: [
      {
        name: "qt_surface_extension",
        version: 1,
        requests: [
          "get_extended_surface id:new_id:qt_extended_surface surface:object:wl_surface",
        ],
        events: [],
        enums: [],
      },
      {
        name: "qt_extended_surface",
        version: 1,
        requests: [
          "update_generic_property name:string value:array",
          "set_content_orientation_mask orientation:int",
          "set_window_flags flags:int",
          "raise",
          "lower",
        ],
        events: [
          "onscreen_visibility visible:int",
          "set_generic_property name:string value:array",
          "close",
        ],
        enums: [
          "orientation PrimaryOrientation=0 PortraitOrientation=1 LandscapeOrientation=2 InvertedPortraitOrientation=4 InvertedLandscapeOrientation=8",
          "windowflag OverridesSystemGestures=1 StaysOnTop=2 BypassWindowManager=4",
        ],
      },
    ],
  },
  {
    protocol: "text_input_unstable_v2",
    interfaces: [
      {
        name: "zwp_text_input_v2",
        version: 1,
        requests: [
          "destroy!",
          "enable surface:object:wl_surface",
          "disable surface:object:wl_surface",
          "show_input_panel",
          "hide_input_panel",
          "set_surrounding_text text:string cursor:int anchor:int",
          "set_content_type hint:uint:content_hint purpose:uint:content_purpose",
          "set_cursor_rectangle x:int y:int width:int height:int",
          "set_preferred_language language:string",
          "update_state serial:uint reason:uint:update_state",
        ],
        events: [
          "enter serial:uint surface:object:wl_surface",
          "leave serial:uint surface:object:wl_surface",
          "input_panel_state state:uint:input_panel_visibility x:int y:int width:int height:int",
          "preedit_string text:string commit:string",
          "preedit_styling index:uint length:uint style:uint:preedit_style",
          "preedit_cursor index:int",
          "commit_string text:string",
          "cursor_position index:int anchor:int",
          "delete_surrounding_text before_length:uint after_length:uint",
          "modifiers_map map:array",
          "keysym time:uint sym:uint state:uint modifiers:uint",
          "language language:string",
          "text_direction direction:uint:text_direction",
          "configure_surrounding_text before_cursor:int after_cursor:int",
          "input_method_changed serial:uint flags:uint",
        ],
        enums: [
          "content_hint| none=0 auto_completion=1 auto_correction=2 auto_capitalization=4 lowercase=8 uppercase=16 titlecase=32 hidden_text=64 sensitive_data=128 latin=256 multiline=512",
          "content_purpose normal=0 alpha=1 digits=2 number=3 phone=4 url=5 email=6 name=7 password=8 date=9 time=10 datetime=11 terminal=12",
          "update_state change=0 full=1 reset=2 enter=3",
          "input_panel_visibility hidden=0 visible=1",
          "preedit_style default=0 none=1 active=2 inactive=3 highlight=4 underline=5 selection=6 incorrect=7",
          "text_direction auto=0 ltr=1 rtl=2",
        ],
      },
      {
        name: "zwp_text_input_manager_v2",
        version: 1,
        requests: [
          "destroy!",
          "get_text_input id:new_id:zwp_text_input_v2 seat:object:wl_seat",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "text",
    interfaces: [
      {
        name: "wl_text_input",
        version: 1,
        requests: [
          "activate seat:object:wl_seat surface:object:wl_surface",
          "deactivate seat:object:wl_seat",
          "show_input_panel",
          "hide_input_panel",
          "reset",
          "set_surrounding_text text:string cursor:uint anchor:uint",
          "set_content_type hint:uint purpose:uint",
          "set_cursor_rectangle x:int y:int width:int height:int",
          "set_preferred_language language:string",
          "commit_state serial:uint",
          "invoke_action button:uint index:uint",
        ],
        events: [
          "enter surface:object:wl_surface",
          "leave",
          "modifiers_map map:array",
          "input_panel_state state:uint",
          "preedit_string serial:uint text:string commit:string",
          "preedit_styling index:uint length:uint style:uint",
          "preedit_cursor index:int",
          "commit_string serial:uint text:string",
          "cursor_position index:int anchor:int",
          "delete_surrounding_text index:int length:uint",
          "keysym serial:uint time:uint sym:uint state:uint modifiers:uint",
          "language serial:uint language:string",
          "text_direction serial:uint direction:uint",
        ],
        enums: [
          "content_hint none=0 default=7 password=192 auto_completion=1 auto_correction=2 auto_capitalization=4 lowercase=8 uppercase=16 titlecase=32 hidden_text=64 sensitive_data=128 latin=256 multiline=512",
          "content_purpose normal=0 alpha=1 digits=2 number=3 phone=4 url=5 email=6 name=7 password=8 date=9 time=10 datetime=11 terminal=12",
          "preedit_style default=0 none=1 active=2 inactive=3 highlight=4 underline=5 selection=6 incorrect=7",
          "text_direction auto=0 ltr=1 rtl=2",
        ],
      },
      {
        name: "wl_text_input_manager",
        version: 1,
        requests: [
          "create_text_input id:new_id:wl_text_input",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "wlr_data_control_unstable_v1",
    interfaces: [
      {
        name: "zwlr_data_control_manager_v1",
        version: 2,
        requests: [
          "create_data_source id:new_id:zwlr_data_control_source_v1",
          "get_data_device id:new_id:zwlr_data_control_device_v1 seat:object:wl_seat",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwlr_data_control_device_v1",
        version: 2,
        requests: [
          "set_selection source:object?:zwlr_data_control_source_v1",
          "destroy!",
          "set_primary_selection@2 source:object?:zwlr_data_control_source_v1",
        ],
        events: [
          "data_offer id:new_id:zwlr_data_control_offer_v1",
          "selection id:object?:zwlr_data_control_offer_v1",
          "finished",
          "primary_selection@2 id:object?:zwlr_data_control_offer_v1",
        ],
        enums: [
          "error@2 used_source=1",
        ],
      },
      {
        name: "zwlr_data_control_source_v1",
        version: 1,
        requests: [
          "offer mime_type:string",
          "destroy!",
        ],
        events: [
          "send mime_type:string fd:fd",
          "cancelled",
        ],
        enums: [
          "error invalid_offer=1",
        ],
      },
      {
        name: "zwlr_data_control_offer_v1",
        version: 1,
        requests: [
          "receive mime_type:string fd:fd",
          "destroy!",
        ],
        events: [
          "offer mime_type:string",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "wlr_export_dmabuf_unstable_v1",
    interfaces: [
      {
        name: "zwlr_export_dmabuf_manager_v1",
        version: 1,
        requests: [
          "capture_output frame:new_id:zwlr_export_dmabuf_frame_v1 overlay_cursor:int output:object:wl_output",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwlr_export_dmabuf_frame_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "frame width:uint height:uint offset_x:uint offset_y:uint buffer_flags:uint flags:uint:flags format:uint mod_high:uint mod_low:uint num_objects:uint",
          "object index:uint fd:fd size:uint offset:uint stride:uint plane_index:uint",
          "ready tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint",
          "cancel reason:uint:cancel_reason",
        ],
        enums: [
          "flags transient=1",
          "cancel_reason temporary=0 permanent=1 resizing=2",
        ],
      },
    ],
  },
  {
    protocol: "wlr_foreign_toplevel_management_unstable_v1",
    interfaces: [
      {
        name: "zwlr_foreign_toplevel_manager_v1",
        version: 3,
        requests: [
          "stop",
        ],
        events: [
          "toplevel toplevel:new_id:zwlr_foreign_toplevel_handle_v1",
          "finished!",
        ],
        enums: [],
      },
      {
        name: "zwlr_foreign_toplevel_handle_v1",
        version: 3,
        requests: [
          "set_maximized",
          "unset_maximized",
          "set_minimized",
          "unset_minimized",
          "activate seat:object:wl_seat",
          "close",
          "set_rectangle surface:object:wl_surface x:int y:int width:int height:int",
          "destroy!",
          "set_fullscreen@2 output:object?:wl_output",
          "unset_fullscreen@2",
        ],
        events: [
          "title title:string",
          "app_id app_id:string",
          "output_enter output:object:wl_output",
          "output_leave output:object:wl_output",
          "state state:array",
          "done",
          "closed",
          "parent@3 parent:object?:zwlr_foreign_toplevel_handle_v1",
        ],
        enums: [
          "state maximized=0 minimized=1 activated=2 fullscreen=3@2",
          "error invalid_rectangle=0",
        ],
      },
    ],
  },
  {
    protocol: "wlr_gamma_control_unstable_v1",
    interfaces: [
      {
        name: "zwlr_gamma_control_manager_v1",
        version: 1,
        requests: [
          "get_gamma_control id:new_id:zwlr_gamma_control_v1 output:object:wl_output",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwlr_gamma_control_v1",
        version: 1,
        requests: [
          "set_gamma fd:fd",
          "destroy!",
        ],
        events: [
          "gamma_size size:uint",
          "failed",
        ],
        enums: [
          "error invalid_gamma=1",
        ],
      },
    ],
  },
  {
    protocol: "wlr_input_inhibit_unstable_v1",
    interfaces: [
      {
        name: "zwlr_input_inhibit_manager_v1",
        version: 1,
        requests: [
          "get_inhibitor id:new_id:zwlr_input_inhibitor_v1",
        ],
        events: [],
        enums: [
          "error already_inhibited=0",
        ],
      },
      {
        name: "zwlr_input_inhibitor_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "wlr_layer_shell_unstable_v1",
    interfaces: [
      {
        name: "zwlr_layer_shell_v1",
        version: 5,
        requests: [
          "get_layer_surface id:new_id:zwlr_layer_surface_v1 surface:object:wl_surface output:object?:wl_output layer:uint:layer namespace:string",
          "destroy!@3",
        ],
        events: [],
        enums: [
          "error role=0 invalid_layer=1 already_constructed=2",
          "layer background=0 bottom=1 top=2 overlay=3",
        ],
      },
      {
        name: "zwlr_layer_surface_v1",
        version: 5,
        requests: [
          "set_size width:uint height:uint",
          "set_anchor anchor:uint:anchor",
          "set_exclusive_zone zone:int",
          "set_margin top:int right:int bottom:int left:int",
          "set_keyboard_interactivity keyboard_interactivity:uint:keyboard_interactivity",
          "get_popup popup:object:xdg_popup",
          "ack_configure serial:uint",
          "destroy!",
          "set_layer@2 layer:uint:zwlr_layer_shell_v1.layer",
          "set_exclusive_edge@5 edge:uint:anchor",
        ],
        events: [
          "configure serial:uint width:uint height:uint",
          "closed",
        ],
        enums: [
          "keyboard_interactivity none=0 exclusive=1 on_demand=2@4",
          "error invalid_surface_state=0 invalid_size=1 invalid_anchor=2 invalid_keyboard_interactivity=3 invalid_exclusive_edge=4",
          "anchor| top=1 bottom=2 left=4 right=8",
        ],
      },
    ],
  },
  {
    protocol: "wlr_output_management_unstable_v1",
    interfaces: [
      {
        name: "zwlr_output_manager_v1",
        version: 4,
        requests: [
          "create_configuration id:new_id:zwlr_output_configuration_v1 serial:uint",
          "stop",
        ],
        events: [
          "head head:new_id:zwlr_output_head_v1",
          "done serial:uint",
          "finished!",
        ],
        enums: [],
      },
      {
        name: "zwlr_output_head_v1",
        version: 4,
        requests: [
          "release!@3",
        ],
        events: [
          "name name:string",
          "description description:string",
          "physical_size width:int height:int",
          "mode mode:new_id:zwlr_output_mode_v1",
          "enabled enabled:int",
          "current_mode mode:object:zwlr_output_mode_v1",
          "position x:int y:int",
          "transform transform:int:wl_output.transform",
          "scale scale:fixed",
          "finished",
          "make@2 make:string",
          "model@2 model:string",
          "serial_number@2 serial_number:string",
          "adaptive_sync@4 state:uint:adaptive_sync_state",
        ],
        enums: [
          "adaptive_sync_state@4 disabled=0 enabled=1",
        ],
      },
      {
        name: "zwlr_output_mode_v1",
        version: 3,
        requests: [
          "release!@3",
        ],
        events: [
          "size width:int height:int",
          "refresh refresh:int",
          "preferred",
          "finished",
        ],
        enums: [],
      },
      {
        name: "zwlr_output_configuration_v1",
        version: 4,
        requests: [
          "enable_head id:new_id:zwlr_output_configuration_head_v1 head:object:zwlr_output_head_v1",
          "disable_head head:object:zwlr_output_head_v1",
          "apply",
          "test",
          "destroy!",
        ],
        events: [
          "succeeded",
          "failed",
          "cancelled",
        ],
        enums: [
          "error already_configured_head=1 unconfigured_head=2 already_used=3",
        ],
      },
      {
        name: "zwlr_output_configuration_head_v1",
        version: 4,
        requests: [
          "set_mode mode:object:zwlr_output_mode_v1",
          "set_custom_mode width:int height:int refresh:int",
          "set_position x:int y:int",
          "set_transform transform:int:wl_output.transform",
          "set_scale scale:fixed",
          "set_adaptive_sync@4 state:uint:zwlr_output_head_v1.adaptive_sync_state",
        ],
        events: [],
        enums: [
          "error already_set=1 invalid_mode=2 invalid_custom_mode=3 invalid_transform=4 invalid_scale=5 invalid_adaptive_sync_state=6@4",
        ],
      },
    ],
  },
  {
    protocol: "wlr_output_power_management_unstable_v1",
    interfaces: [
      {
        name: "zwlr_output_power_manager_v1",
        version: 1,
        requests: [
          "get_output_power id:new_id:zwlr_output_power_v1 output:object:wl_output",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwlr_output_power_v1",
        version: 1,
        requests: [
          "set_mode mode:uint:mode",
          "destroy!",
        ],
        events: [
          "mode mode:uint:mode",
          "failed",
        ],
        enums: [
          "mode off=0 on=1",
          "error invalid_mode=1",
        ],
      },
    ],
  },
  {
    protocol: "wlr_screencopy_unstable_v1",
    interfaces: [
      {
        name: "zwlr_screencopy_manager_v1",
        version: 3,
        requests: [
          "capture_output frame:new_id:zwlr_screencopy_frame_v1 overlay_cursor:int output:object:wl_output",
          "capture_output_region frame:new_id:zwlr_screencopy_frame_v1 overlay_cursor:int output:object:wl_output x:int y:int width:int height:int",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "zwlr_screencopy_frame_v1",
        version: 3,
        requests: [
          "copy buffer:object:wl_buffer",
          "destroy!",
          "copy_with_damage@2 buffer:object:wl_buffer",
        ],
        events: [
          "buffer format:uint:wl_shm.format width:uint height:uint stride:uint",
          "flags flags:uint:flags",
          "ready tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint",
          "failed",
          "damage@2 x:uint y:uint width:uint height:uint",
          "linux_dmabuf@3 format:uint width:uint height:uint",
          "buffer_done@3",
        ],
        enums: [
          "error already_used=0 invalid_buffer=1",
          "flags| y_invert=1",
        ],
      },
    ],
  },
  {
    protocol: "wlr_virtual_pointer_unstable_v1",
    interfaces: [
      {
        name: "zwlr_virtual_pointer_v1",
        version: 2,
        requests: [
          "motion time:uint dx:fixed dy:fixed",
          "motion_absolute time:uint x:uint y:uint x_extent:uint y_extent:uint",
          "button time:uint button:uint state:uint:wl_pointer.button_state",
          "axis time:uint axis:uint:wl_pointer.axis value:fixed",
          "frame",
          "axis_source axis_source:uint:wl_pointer.axis_source",
          "axis_stop time:uint axis:uint:wl_pointer.axis",
          "axis_discrete time:uint axis:uint:wl_pointer.axis value:fixed discrete:int",
          "destroy!",
        ],
        events: [],
        enums: [
          "error invalid_axis=0 invalid_axis_source=1",
        ],
      },
      {
        name: "zwlr_virtual_pointer_manager_v1",
        version: 2,
        requests: [
          "create_virtual_pointer seat:object?:wl_seat id:new_id:zwlr_virtual_pointer_v1",
          "destroy!",
          "create_virtual_pointer_with_output@2 seat:object?:wl_seat output:object?:wl_output id:new_id:zwlr_virtual_pointer_v1",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "gtk_primary_selection",
    interfaces: [
      {
        name: "gtk_primary_selection_device_manager",
        version: 1,
        requests: [
          "create_source id:new_id:gtk_primary_selection_source",
          "get_device id:new_id:gtk_primary_selection_device seat:object:wl_seat",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "gtk_primary_selection_device",
        version: 1,
        requests: [
          "set_selection source:object?:gtk_primary_selection_source serial:uint",
          "destroy!",
        ],
        events: [
          "data_offer offer:new_id:gtk_primary_selection_offer",
          "selection id:object?:gtk_primary_selection_offer",
        ],
        enums: [],
      },
      {
        name: "gtk_primary_selection_offer",
        version: 1,
        requests: [
          "receive mime_type:string fd:fd",
          "destroy!",
        ],
        events: [
          "offer mime_type:string",
        ],
        enums: [],
      },
      {
        name: "gtk_primary_selection_source",
        version: 1,
        requests: [
          "offer mime_type:string",
          "destroy!",
        ],
        events: [
          "send mime_type:string fd:fd",
          "cancelled",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "input_method_unstable_v2",
    interfaces: [
      {
        name: "zwp_input_method_v2",
        version: 1,
        requests: [
          "commit_string text:string",
          "set_preedit_string text:string cursor_begin:int cursor_end:int",
          "delete_surrounding_text before_length:uint after_length:uint",
          "commit serial:uint",
          "get_input_popup_surface id:new_id:zwp_input_popup_surface_v2 surface:object:wl_surface",
          "grab_keyboard keyboard:new_id:zwp_input_method_keyboard_grab_v2",
          "destroy!",
        ],
        events: [
          "activate",
          "deactivate",
          "surrounding_text text:string cursor:uint anchor:uint",
          "text_change_cause cause:uint:zwp_text_input_v3.change_cause",
          "content_type hint:uint:zwp_text_input_v3.content_hint purpose:uint:zwp_text_input_v3.content_purpose",
          "done",
          "unavailable",
        ],
        enums: [],
      },
      {
        name: "zwp_input_popup_surface_v2",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "text_input_rectangle x:int y:int width:int height:int",
        ],
        enums: [],
      },
      {
        name: "zwp_input_method_keyboard_grab_v2",
        version: 1,
        requests: [
          "release!",
        ],
        events: [
          "keymap format:uint:wl_keyboard.keymap_format fd:fd size:uint",
          "key serial:uint time:uint key:uint state:uint:wl_keyboard.key_state",
          "modifiers serial:uint mods_depressed:uint mods_latched:uint mods_locked:uint group:uint",
          "repeat_info rate:int delay:int",
        ],
        enums: [],
      },
      {
        name: "zwp_input_method_manager_v2",
        version: 1,
        requests: [
          "get_input_method seat:object:wl_seat input_method:new_id:zwp_input_method_v2",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "virtual_keyboard_unstable_v1",
    interfaces: [
      {
        name: "zwp_virtual_keyboard_v1",
        version: 1,
        requests: [
          "keymap format:uint fd:fd size:uint",
          "key time:uint key:uint state:uint",
          "modifiers mods_depressed:uint mods_latched:uint mods_locked:uint group:uint",
          "destroy!",
        ],
        events: [],
        enums: [
          "error no_keymap=0",
        ],
      },
      {
        name: "zwp_virtual_keyboard_manager_v1",
        version: 1,
        requests: [
          "create_virtual_keyboard seat:object:wl_seat id:new_id:zwp_virtual_keyboard_v1",
        ],
        events: [],
        enums: [
          "error unauthorized=0",
        ],
      },
    ],
  },
  {
    protocol: "hyprland_ctm_control_v1",
    interfaces: [
      {
        name: "hyprland_ctm_control_manager_v1",
        version: 2,
        requests: [
          "set_ctm_for_output output:object:wl_output mat0:fixed mat1:fixed mat2:fixed mat3:fixed mat4:fixed mat5:fixed mat6:fixed mat7:fixed mat8:fixed",
          "commit",
          "destroy!",
        ],
        events: [
          "blocked",
        ],
        enums: [
          "error invalid_matrix=0",
        ],
      },
    ],
  },
  {
    protocol: "hyprland_focus_grab_v1",
    interfaces: [
      {
        name: "hyprland_focus_grab_manager_v1",
        version: 1,
        requests: [
          "create_grab grab:new_id:hyprland_focus_grab_v1",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "hyprland_focus_grab_v1",
        version: 1,
        requests: [
          "add_surface surface:object:wl_surface",
          "remove_surface surface:object:wl_surface",
          "commit",
          "destroy!",
        ],
        events: [
          "cleared",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "hyprland_global_shortcuts_v1",
    interfaces: [
      {
        name: "hyprland_global_shortcuts_manager_v1",
        version: 1,
        requests: [
          "register_shortcut shortcut:new_id:hyprland_global_shortcut_v1 id:string app_id:string description:string trigger_description:string",
          "destroy!",
        ],
        events: [],
        enums: [
          "error already_taken=0",
        ],
      },
      {
        name: "hyprland_global_shortcut_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "pressed tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint",
          "released tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "hyprland_input_capture_v1",
    interfaces: [
      {
        name: "hyprland_input_capture_manager_v1",
        version: 2,
        requests: [
          "create_session session:new_id:hyprland_input_capture_v1 handle:string",
        ],
        events: [],
        enums: [],
      },
      {
        name: "hyprland_input_capture_v1",
        version: 2,
        requests: [
          "clear_barriers",
          "add_barrier zone_set:uint id:uint x1:uint y1:uint x2:uint y2:uint",
          "enable",
          "disable",
          "release activation_id:uint x:fixed y:fixed",
          "destroy!@2",
        ],
        events: [
          "eis_fd fd:fd",
          "disabled",
          "activated activation_id:uint x:fixed y:fixed barrier_id:uint",
          "deactivated activation_id:uint",
        ],
        enums: [
          "error invalid_barrier_id=0 invalid_barrier=1 invalid_activation_id=2",
        ],
      },
    ],
  },
  {
    protocol: "hyprland_lock_notify_v1",
    interfaces: [
      {
        name: "hyprland_lock_notifier_v1",
        version: 1,
        requests: [
          "destroy!",
          "get_lock_notification id:new_id:hyprland_lock_notification_v1",
        ],
        events: [],
        enums: [],
      },
      {
        name: "hyprland_lock_notification_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "locked",
          "unlocked",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "hyprland_surface_v1",
    interfaces: [
      {
        name: "hyprland_surface_manager_v1",
        version: 2,
        requests: [
          "get_hyprland_surface id:new_id:hyprland_surface_v1 surface:object:wl_surface",
          "destroy!",
        ],
        events: [],
        enums: [
          "error already_constructed=0",
        ],
      },
      {
        name: "hyprland_surface_v1",
        version: 2,
        requests: [
          "set_opacity opacity:fixed",
          "destroy!",
          "set_visible_region@2 region:object?:wl_region",
        ],
        events: [],
        enums: [
          "error no_surface=0 out_of_range=1",
        ],
      },
    ],
  },
  {
    protocol: "hyprland_toplevel_export_v1",
    interfaces: [
      {
        name: "hyprland_toplevel_export_manager_v1",
        version: 2,
        requests: [
          "capture_toplevel frame:new_id:hyprland_toplevel_export_frame_v1 overlay_cursor:int handle:uint",
          "destroy!",
          "capture_toplevel_with_wlr_toplevel_handle@2 frame:new_id:hyprland_toplevel_export_frame_v1 overlay_cursor:int handle:object:zwlr_foreign_toplevel_handle_v1",
        ],
        events: [],
        enums: [],
      },
      {
        name: "hyprland_toplevel_export_frame_v1",
        version: 2,
        requests: [
          "copy buffer:object:wl_buffer ignore_damage:int",
          "destroy!",
        ],
        events: [
          "buffer format:uint:wl_shm.format width:uint height:uint stride:uint",
          "damage x:uint y:uint width:uint height:uint",
          "flags flags:uint:flags",
          "ready tv_sec_hi:uint tv_sec_lo:uint tv_nsec:uint",
          "failed",
          "linux_dmabuf format:uint width:uint height:uint",
          "buffer_done",
        ],
        enums: [
          "error already_used=0 invalid_buffer=1",
          "flags| y_invert=1",
        ],
      },
    ],
  },
  {
    protocol: "hyprland_toplevel_mapping_v1",
    interfaces: [
      {
        name: "hyprland_toplevel_mapping_manager_v1",
        version: 1,
        requests: [
          "get_window_for_toplevel handle:new_id:hyprland_toplevel_window_mapping_handle_v1 toplevel:object:ext_foreign_toplevel_handle_v1",
          "get_window_for_toplevel_wlr handle:new_id:hyprland_toplevel_window_mapping_handle_v1 toplevel:object:zwlr_foreign_toplevel_handle_v1",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
      {
        name: "hyprland_toplevel_window_mapping_handle_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "window_address address_hi:uint address:uint",
          "failed",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "hyprland_workspace_image_capture_source_v1",
    interfaces: [
      {
        name: "hyprland_workspace_image_capture_source_manager_v1",
        version: 1,
        requests: [
          "create_source source:new_id:ext_image_capture_source_v1 workspace:object:ext_workspace_handle_v1 mode:uint:capture_mode",
          "destroy!",
        ],
        events: [],
        enums: [
          "capture_mode windows_only=0 everything=1",
          "error invalid_mode=0",
        ],
      },
    ],
  },
  {
    protocol: "weston_content_protection",
    interfaces: [
      {
        name: "weston_content_protection",
        version: 1,
        requests: [
          "destroy!",
          "get_protection id:new_id:weston_protected_surface surface:object:wl_surface",
        ],
        events: [],
        enums: [
          "error surface_exists=0",
        ],
      },
      {
        name: "weston_protected_surface",
        version: 1,
        requests: [
          "destroy!",
          "set_type type:uint:type",
          "enforce",
          "relax",
        ],
        events: [
          "status type:uint:type",
        ],
        enums: [
          "error invalid_type=0",
          "type unprotected=0 hdcp_0=1 hdcp_1=2",
        ],
      },
    ],
  },
  {
    protocol: "weston_debug",
    interfaces: [
      {
        name: "weston_debug_v1",
        version: 1,
        requests: [
          "destroy!",
          "subscribe name:string streamfd:fd stream:new_id:weston_debug_stream_v1",
        ],
        events: [
          "available name:string description:string?",
        ],
        enums: [],
      },
      {
        name: "weston_debug_stream_v1",
        version: 1,
        requests: [
          "destroy!",
        ],
        events: [
          "complete",
          "failure message:string?",
        ],
        enums: [],
      },
    ],
  },
  {
    protocol: "weston_direct_display",
    interfaces: [
      {
        name: "weston_direct_display_v1",
        version: 1,
        requests: [
          "enable dmabuf:object:zwp_linux_buffer_params_v1",
          "destroy!",
        ],
        events: [],
        enums: [],
      },
    ],
  },
  {
    protocol: "weston_output_capture",
    interfaces: [
      {
        name: "weston_capture_v1",
        version: 2,
        requests: [
          "destroy!",
          "create output:object:wl_output source:uint:source capture_source_new_id:new_id:weston_capture_source_v1",
        ],
        events: [],
        enums: [
          "error invalid_source=0",
          "source writeback=0 framebuffer=1 full_framebuffer=2 blending=3",
        ],
      },
      {
        name: "weston_capture_source_v1",
        version: 2,
        requests: [
          "destroy!",
          "capture buffer:object:wl_buffer",
        ],
        events: [
          "format drm_format:uint",
          "size width:int height:int",
          "complete",
          "retry",
          "failed msg:string?",
          "formats_done@2",
        ],
        enums: [
          "error bad_buffer=0 sequence=1",
        ],
      },
    ],
  },
  {
    protocol: "gtk",
    interfaces: [
      {
        name: "gtk_shell1",
        version: 6,
        requests: [
          "get_gtk_surface gtk_surface:new_id:gtk_surface1 surface:object:wl_surface",
          "set_startup_id startup_id:string?",
          "system_bell surface:object?:gtk_surface1",
          "notify_launch@3 startup_id:string",
        ],
        events: [
          "capabilities capabilities:uint",
        ],
        enums: [
          "capability global_app_menu=1 global_menu_bar=2 desktop_icons=3",
        ],
      },
      {
        name: "gtk_surface1",
        version: 6,
        requests: [
          "set_dbus_properties application_id:string? app_menu_path:string? menubar_path:string? window_object_path:string? application_object_path:string? unique_bus_name:string?",
          "set_modal",
          "unset_modal",
          "present time:uint",
          "request_focus@3 startup_id:string?",
          "release!@4",
          "titlebar_gesture@5 serial:uint seat:object:wl_seat gesture:uint:gesture",
        ],
        events: [
          "configure states:array",
          "configure_edges@2 constraints:array",
        ],
        enums: [
          "state tiled=1 tiled_top=2@2 tiled_right=3@2 tiled_bottom=4@2 tiled_left=5@2",
          "edge_constraint@2 resizable_top=1 resizable_right=2 resizable_bottom=3 resizable_left=4",
          "gesture@5 double_click=1 right_click=2 middle_click=3",
          "error@5 invalid_gesture=0",
        ],
      },
    ],
  },
  {
    protocol: "drm",
    interfaces: [
      {
        name: "wl_drm",
        version: 2,
        requests: [
          "authenticate id:uint",
          "create_buffer id:new_id:wl_buffer name:uint width:int height:int stride:uint format:uint",
          "create_planar_buffer id:new_id:wl_buffer name:uint width:int height:int format:uint offset0:int stride0:int offset1:int stride1:int offset2:int stride2:int",
          "create_prime_buffer@2 id:new_id:wl_buffer name:fd width:int height:int format:uint offset0:int stride0:int offset1:int stride1:int offset2:int stride2:int",
        ],
        events: [
          "device name:string",
          "format format:uint",
          "authenticated",
          "capabilities value:uint",
        ],
        enums: [
          "error authenticate_fail=0 invalid_format=1 invalid_name=2",
          "capability@2 prime=1",
        ],
      },
    ],
  },
];
