#!/bin/sh
# archive_command: puts one file into an archive directory, for good or not at all.
#
#   archive-wal.sh ARCHIVE PATH NAME        (PATH is %p, NAME is %f)
#
# Exit 0: the file is in the archive under its name, whole and synced to disk.
# Exit 1: it is not; the server tries again. Other codes would make the archiver give up or restart.
#
# The file is written under another name first and then linked: a link never replaces anything, and nobody ever sees
# half a file under a segment's name. The server may archive a file twice (after a crash), so the same content is
# accepted again; different content under the same name is another cluster's or another branch's, and is refused.

archive=$1
path=$2
name=$3
target=$archive/$name
unfinished=$archive/.$name.$$.unfinished

fail() {
	printf 'archive-wal.sh: %s\n' "$1" >&2
	exit 1
}

# fsync of one file or directory. Where sync cannot do that (it then fails on this script too), everything is synced.
sync_one() {
	sync "$1" 2>/dev/null && return 0
	sync "$0" 2>/dev/null && return 1
	sync
}

accept_if_same() {
	cmp -s "$path" "$target"
	case $? in
	0) ;;
	1) fail "\"$target\" is already archived with different content: refusing to overwrite it
HINT: two clusters must not share an archive; find out which of them wrote that file" ;;
	*) fail "cannot compare \"$path\" with \"$target\"" ;;
	esac
	sync_one "$target" && sync_one "$archive" || fail "cannot sync \"$target\" to disk"
	exit 0
}

[ $# -eq 3 ] || fail "expected 3 arguments: archive, path, name; got $#"
[ -f "$path" ] || fail "\"$path\" does not exist or is not a file"
[ -d "$archive" ] || fail "archive \"$archive\" is not a directory"
# what an attempt that was killed left behind
rm -f "$archive/.$name".*.unfinished
[ -e "$target" ] && accept_if_same

trap 'rm -f "$unfinished"' EXIT
trap 'exit 1' HUP INT TERM

cp "$path" "$unfinished" || fail "cannot write \"$unfinished\""
sync_one "$unfinished" || fail "cannot sync \"$unfinished\" to disk"
if ! ln "$unfinished" "$target" 2>/dev/null; then
	[ -e "$target" ] && accept_if_same
	# a file system without hard links
	mv -n "$unfinished" "$target" || fail "cannot rename \"$unfinished\" to \"$target\""
	[ -e "$unfinished" ] && accept_if_same
fi
rm -f "$unfinished"
sync_one "$archive" || fail "cannot sync directory \"$archive\" to disk"
exit 0
