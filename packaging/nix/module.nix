# NixOS: in a guest, programs of every user reach the host's compositor; on a host, VMs get their device.
self:
{ config, lib, pkgs, ... }:

let
  cfg = config.programs.wayland-proxy;
in
{
  options.programs.wayland-proxy = {
    enable = lib.mkEnableOption "wayland-proxy, and its units for users";

    package = lib.mkOption {
      type = lib.types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
      description = "The package to use.";
    };

    guest = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether this machine is a guest whose programs open windows on its host.";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    systemd.packages = [ cfg.package ];
    systemd.user.sockets.wayland-proxy-guest = lib.mkIf cfg.guest {
      wantedBy = [ "sockets.target" ];
    };
    boot.kernelModules = lib.mkIf cfg.guest [ "virtio-gpu" ];
  };
}
