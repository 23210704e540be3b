{
  description = "Proxy for Wayland programs in VMs, containers and sandboxes";

  inputs.nixpkgs.url = "nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      version = "0.2.0";
    in
    {
      packages = nixpkgs.lib.genAttrs systems (system: {
        default = nixpkgs.legacyPackages.${system}.callPackage ./package.nix {
          inherit version;
          # Made by `npm pack`; put it beside this file.
          src = ./. + "/wayland-proxy-${version}.tgz";
        };
      });

      nixosModules.default = import ./module.nix self;
    };
}
