#!/bin/sh
# restore_command: hands one file of an archive directory to a recovering server.
#
#   restore-wal.sh ARCHIVE PLANNED JOURNAL NAME PATH        (NAME is %f, PATH is %p)
#
# Exit 0:   the file is at PATH, whole.
# Exit 1:   PLANNED does not name the file. The server takes it for the end of the archive.
# Exit 200: PLANNED names the file, but it cannot be copied. With 1 the server would end recovery here, and open with
#           data missing; any code above 125 stops it instead.
#
# Every request is appended to JOURNAL as one line: name result size.

archive=$1
planned=$2
journal=$3
name=$4
path=$5
unfinished=$path.unfinished

answer() {
	printf '%s %s %s\n' "$name" "$1" "$2" >>"$journal" || {
		printf 'restore-wal.sh: cannot write to the journal "%s"\n' "$journal" >&2
		exit 200
	}
	exit "$3"
}

fail() {
	printf 'restore-wal.sh: %s\n' "$1" >&2
	rm -f "$unfinished"
	answer failed 0 200
}

if [ $# -ne 5 ]; then
	printf 'restore-wal.sh: expected 5 arguments: archive, planned, journal, name, path; got %s\n' $# >&2
	exit 200
fi

grep -Fxq -e "$name" "$planned"
case $? in
0) ;;
1) answer unknown 0 1 ;;
*) fail "cannot read the list of planned files \"$planned\"" ;;
esac

cp "$archive/$name" "$unfinished" || fail "cannot copy \"$archive/$name\""
size=$(wc -c <"$unfinished") || fail "cannot read \"$unfinished\""
mv -f "$unfinished" "$path" || fail "cannot rename \"$unfinished\" to \"$path\""
answer restored $((size)) 0
