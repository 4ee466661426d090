# The first process of a host of the lab: makes the host's file system, its network and its sshd, then reaps.
#
#   $1 name   $2 address/prefix   $3 size of its disk   $4 its directory at the lab: hidden/ and files/ are in it
#
# It says the number it has outside, waits until its link is there, and ends, with all the host, when whoever
# made it lets go of its standard input.
set -eu
name=$1 address=$2 size=$3 site=$4

read -r pid _ </proc/self/stat
echo "$pid"
read -r _

# A disk in memory over this machine's own: what is hidden is not there, what is written stays here.
mkdir "$site/disk"
mount -t tmpfs -o "size=$size,mode=700" disk "$site/disk"
cp -a "$site/hidden" "$site/disk/upper"
mkdir "$site/disk/work" "$site/disk/root"
mount -t overlay -o "lowerdir=/,upperdir=$site/disk/upper,workdir=$site/disk/work" disk "$site/disk/root"
cd "$site/disk/root"
cp -a "$site/files/." .

mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount --bind etc/lab/boot_id proc/sys/kernel/random/boot_id
mount -t tmpfs -o mode=755 dev dev
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev
ln -s /proc/self/fd dev/fd
ln -s pts/ptmx dev/ptmx
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
mkdir run/old run/disk
mount --bind "$site/disk" run/disk # so that it can be made smaller
pivot_root . run/old
cd /
umount -l /run/old
rmdir /run/old

echo "$name" >/proc/sys/kernel/hostname
ip link set lo up
ip address add "$address" dev eth0
ip link set eth0 up
/usr/sbin/sshd -E /var/log/sshd.log

cat >/dev/null # a shell that waits reaps whatever is orphaned
