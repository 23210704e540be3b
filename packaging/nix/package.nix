# The package. `src` is what `npm pack` makes.
{ lib, stdenv, nodejs, src, version }:

stdenv.mkDerivation {
  pname = "wayland-proxy";
  inherit src version;

  # The headers of Node-API; the programs start the same Node.
  buildInputs = [ nodejs ];
  nativeBuildInputs = [ nodejs ];

  buildPhase = ''
    runHook preBuild
    PREBUILDS=built sh scripts/build-native.sh
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    PREFIX=$out PREBUILDS=built NODE=${nodejs}/bin/node sh scripts/install.sh
    for unit in $out/lib/systemd/user/*.service; do
      sed -i "s|/usr/bin/|$out/bin/|" $unit
    done
    runHook postInstall
  '';

  meta = {
    description = "Proxy for Wayland programs in VMs, containers and sandboxes";
    license = with lib.licenses; [ asl20 mit isc ];
    platforms = [ "x86_64-linux" "aarch64-linux" ];
    mainProgram = "wayland-proxy";
  };
}
