# Boots systemd in namespaces, on a throw-away layer over this system, with PROBE run beside soc-agent.service.
# boot.sh FOLDER SOC_AGENT: FOLDER holds config.yaml and probe.sh, and gets install.log and probe.log.
set -eu
out=$1 program=$2 base=$1/boot root=$1/boot/root
mount --make-rprivate /
mkdir -p "$base"
mount -t tmpfs tmpfs "$base"
mkdir "$base/upper" "$base/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup" || true
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero random urandom full tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mkdir -p "$root/out" "$root/etc/soc-agent"
mount --bind "$out" "$root/out"
echo >"$root/etc/fstab"
# the interpreter of a checkout may lie in the home of root
chmod 755 "$root/root"
cp "$out/config.yaml" "$root/etc/soc-agent/config.yaml"
cat >"$root/etc/systemd/system/probe.service" <<'UNIT'
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
StandardOutput=file:/out/probe.log
StandardError=file:/out/probe.log
ExecStart=/bin/sh /out/probe.sh
UNIT
printf '[Unit]\nDefaultDependencies=no\nWants=probe.service\n' >"$root/etc/systemd/system/probe.target"
for unit in systemd-udevd systemd-udev-trigger systemd-networkd-wait-online systemd-logind networking systemd-random-seed; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit.service"
done
chroot "$root" "$program" --lang en install --systemd --yes >"$out/install.log" 2>&1
ip link set lo up
cd "$root"
pivot_root . .
umount -l .
exec chroot . /usr/bin/env -i container=probe "PATH=$PATH" /lib/systemd/systemd --unit=probe.target --log-target=null --show-status=0
